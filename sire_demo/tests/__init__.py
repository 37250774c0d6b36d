from . import test_demo_audit, test_demo_logins, test_demo_start, test_demo_story, test_role_table
