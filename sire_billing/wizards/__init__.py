from . import account_payment_register
from . import payment_link_wizard
from . import sale_advance_payment_inv
from . import sire_cash_payment_wizard
from . import sire_quotation_approve_wizard
from . import sire_receipt_wizard
from . import sire_statement_wizard
