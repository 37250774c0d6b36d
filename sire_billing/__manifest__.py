{
    "name": "SIRE Billing",
    "summary": "From quotation to receipt",
    "version": "19.0.1.0.0",
    "category": "Services",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": [
        "sire_projects",
        "sire_mpesa",
        "sale_management",
    ],
}
