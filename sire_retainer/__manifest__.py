{
    "name": "SIRE Retainer",
    "summary": "Monthly, quarterly and yearly invoices for retainers: each period exactly once",
    "version": "19.0.1.0.0",
    "category": "Services",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": ["sire_billing"],
    "data": [
        "security/ir.model.access.csv",
        "security/sire_retainer_security.xml",
        "data/sire.access.resource.csv",
        "data/sire.access.permission.csv",
        "data/sire.access.gate.csv",
        "data/ir_cron.xml",
        "views/sire_retainer_views.xml",
        "views/sire_retainer_menus.xml",
    ],
}
