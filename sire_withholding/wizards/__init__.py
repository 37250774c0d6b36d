from . import (
    account_payment_register,
    sire_cash_payment_wizard,
    sire_mpesa_request_wizard,
    sire_withholding_spread_form,  # the two below are made of it
    sire_withholding_spread_line,
    sire_withholding_spread_wizard,
    sire_withholding_void_wizard,
)
