from . import sire_reminder_document  # first: the documents below inherit it

# isort: split
from . import account_move
from . import account_move_late_fee
from . import account_move_line_late_fee
from . import account_move_of_late_fees
from . import account_move_reminder
from . import project_project
from . import res_company
from . import res_company_late_fee
from . import res_company_reminder
from . import res_config_settings
from . import res_partner
from . import sire_late_fee
from . import sire_reminder
from . import sire_reminder_holiday
from . import sire_reminder_ladder
from . import sire_reminder_letter
from . import sire_reminder_pause
from . import sire_reminder_step
from . import sire_statement_sending
