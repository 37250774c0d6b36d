from . import base_partner_merge_automatic_wizard
from . import sire_late_fee_waiver
from . import sire_reminder_pause_wizard
from . import sire_reminder_preview
from . import sire_statement_wizard
