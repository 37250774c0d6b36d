from . import account_payment_register, sire_amount_wizard, sire_provider_setup
