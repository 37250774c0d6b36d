from . import base
from . import ir_config_parameter
from . import res_company
from . import res_config_settings
from . import res_lang
from . import sire_webhook_event
from . import sire_webhook_event_reminder
from . import sire_webhook_event_worker
