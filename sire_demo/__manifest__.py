{
    "name": "SIRE Demo",
    "summary": "A Kenyan service firm with a history",
    "version": "19.0.1.0.0",
    "category": "Services",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": [
        "sire_billing",
        "sire_cashier",
        "sire_audit",
        "sire_reminder",
        "l10n_ke",
    ],
    "pre_init_hook": "pre_init_hook",
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
