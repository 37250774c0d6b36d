from . import test_ladder
from . import test_letter
from . import test_pause
from . import test_preview
from . import test_races
from . import test_roles
from . import test_statements
from . import test_working_days
