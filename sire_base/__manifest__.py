{
    "name": "SIRE Base",
    "summary": "The webhook inbox, Kenyan phone numbers and East Africa Time",
    "version": "19.0.1.0.0",
    "category": "Services",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": [
        "base_setup",
        "mail",
        "phone_validation",
        "web",
    ],
    "data": [
        "views/sire_base_menus.xml",
    ],
}
