from . import test_lockout, test_password, test_sms
