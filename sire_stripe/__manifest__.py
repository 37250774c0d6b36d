{
    "name": "SIRE Stripe",
    "summary": "Cards by the host's Stripe: every event kept, every shilling, fee and dispute in the books once",
    "version": "19.0.1.0.0",
    "category": "Accounting/Payment Providers",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": [
        "sire_payment",
        "payment_stripe",
    ],
    "data": [
        "security/ir.model.access.csv",
        "security/sire_stripe_security.xml",
        "data/ir_cron.xml",
        "views/sire_stripe_movement_views.xml",
        "views/sire_stripe_dispute_views.xml",
        "views/payment_provider_views.xml",
        "views/account_payment_views.xml",
        "views/account_move_views.xml",
        "wizards/sire_stripe_setup_views.xml",
        "views/sire_stripe_menus.xml",
    ],
}
