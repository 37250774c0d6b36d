{
    "name": "SIRE Payment",
    "summary": "One rule for what may be paid now, whatever the channel",
    "version": "19.0.1.0.0",
    "category": "Accounting/Payment Providers",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": [
        "sire_base",
        "account_payment",
    ],
}
