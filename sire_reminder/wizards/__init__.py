from . import sire_reminder_pause_wizard
from . import sire_reminder_preview
from . import sire_statement_wizard
