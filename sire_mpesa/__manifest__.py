{
    "name": "SIRE M-Pesa",
    "summary": "Payment provider: Lipa na M-Pesa (Daraja)",
    "version": "19.0.1.0.0",
    "category": "Accounting/Payment Providers",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": [
        "sire_payment",
    ],
}
