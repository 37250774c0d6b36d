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
    "data": [
        "data/product_data.xml",
        "data/mail_layout.xml",
        "data/mail_template_data.xml",
        "views/sale_order_views.xml",
        "views/account_move_views.xml",
        "views/project_project_views.xml",
        "views/sire_billing_menus.xml",
    ],
}
