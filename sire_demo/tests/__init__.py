from . import test_demo_logins
from . import test_demo_start
from . import test_demo_story
