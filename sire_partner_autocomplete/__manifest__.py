{
    "name": "SIRE Partner Autocomplete",
    "summary": "Names of clients stay in the house",
    "version": "19.0.1.0.0",
    "category": "Services",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": [
        "sire_base",
        "partner_autocomplete",
    ],
    "data": [
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
}
