from . import test_session
from . import test_session_races
