from . import ir_qweb
from . import report_paperformat
from . import res_company
from . import sire_pdf_asset
from . import ir_actions_report
from . import ir_actions_report_lookup
from . import ir_actions_report_reading
from . import res_config_settings
