from . import account_payment_register, sire_amount_wizard
