{
    "name": "SIRE Access",
    "summary": "Five roles for a service firm",
    "version": "19.0.1.0.0",
    "category": "Services",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": [
        "sire_base",
        "sale_project",
        "account_payment",
        "hr_timesheet",
        "sale_timesheet",
    ],
    "data": [
        "security/sire_access_groups.xml",
        "security/ir.model.access.csv",
        "security/sire_access_security.xml",
    ],
}
