from . import (
    test_callback,
    test_client,
    test_external_api,
    test_provider,
    test_push,
    test_races,
    test_receipt,
    test_resolver,
    test_sandbox,
    test_status,
    test_storm,
    test_utils,
)
