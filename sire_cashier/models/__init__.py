from . import account_move
from . import account_payment
from . import res_company
from . import res_config_settings
from . import sire_cashier_movement
from . import sire_cashier_session
from . import sire_cashier_session_closing
