from . import (
    test_access,
    test_api_keys,
    test_google,
    test_hooks,
    test_lockout,
    test_password,
    test_races,
    test_second_factor,
    test_sessions,
    test_sms,
)
