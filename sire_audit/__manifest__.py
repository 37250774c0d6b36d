{
    "name": "SIRE Audit",
    "summary": "A log that cannot be quietly changed: append-only, chained, signed",
    "version": "19.0.1.0.0",
    "category": "Services",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": ["sire_base"],
    "data": [
        "security/sire_audit_groups.xml",
        "security/ir.model.access.csv",
        "security/sire_audit_security.xml",
        "data/ir_cron.xml",
    ],
    "external_dependencies": {"python": ["cryptography"]},
    "post_init_hook": "post_init_hook",
}
