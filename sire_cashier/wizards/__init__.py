from . import sire_cash_payment_wizard
from . import sire_cashier_wizard
