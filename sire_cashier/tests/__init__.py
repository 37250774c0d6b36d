from . import test_foreign_documents
from . import test_session
from . import test_session_races
