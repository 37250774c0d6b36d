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
        "security/ir.model.access.csv",
        "security/sire_webhook_event_security.xml",
        "data/ir_cron.xml",
        "views/sire_base_menus.xml",
    ],
    "external_dependencies": {"python": ["phonenumbers"]},
    "pre_init_hook": "pre_init_hook",
    "post_init_hook": "post_init_hook",
}
