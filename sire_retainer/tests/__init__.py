from . import test_foreign_documents
from . import test_periods
from . import test_retainer
from . import test_retainer_forged
from . import test_retainer_races
from . import test_retainer_roles
