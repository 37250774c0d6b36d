{
    "name": "SIRE M-Pesa",
    "summary": "Payment provider: Lipa na M-Pesa (Daraja)",
    "version": "19.0.1.2.0",
    "category": "Accounting/Payment Providers",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": [
        "sire_payment",
    ],
    "data": [
        "security/ir.model.access.csv",
        "security/sire_mpesa_receipt_security.xml",
        "views/payment_mpesa_templates.xml",
        "data/ir_cron.xml",
        "data/payment_provider_data.xml",
        "views/account_move_views.xml",
        "views/payment_provider_views.xml",
        "views/payment_transaction_views.xml",
        "views/sire_mpesa_command_views.xml",
        "views/sire_mpesa_day_views.xml",
        "views/sire_mpesa_receipt_views.xml",
        "wizards/sire_mpesa_assign_wizard_views.xml",
        "wizards/sire_mpesa_request_wizard_views.xml",
        "wizards/sire_mpesa_statement_wizard_views.xml",
        "views/sire_mpesa_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "sire_mpesa/static/src/status/**/*",
        ],
        "web.assets_frontend": [
            "sire_mpesa/static/src/interactions/**/*",
        ],
    },
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
