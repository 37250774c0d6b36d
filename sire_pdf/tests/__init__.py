from . import test_print_server
from . import test_attacks
from . import test_documents
from . import test_engine_choice
from . import test_every_report
from . import test_kept_files
from . import test_less_work
from . import test_letterhead
