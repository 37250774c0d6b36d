from . import (
    account_payment_register,
    sire_cash_payment_wizard,
    sire_mpesa_request_wizard,
    sire_withholding_spread_line,
    sire_withholding_spread_wizard,
    sire_withholding_void_wizard,
)
