{
    "name": "SIRE Projects",
    "summary": "Projects and clients of a service firm",
    "version": "19.0.1.0.0",
    "category": "Services",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": [
        "sire_access",
        "sale_project",
    ],
}
