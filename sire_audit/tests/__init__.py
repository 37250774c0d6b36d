from . import test_attacks
from . import test_entries
from . import test_reading
from . import test_requests
