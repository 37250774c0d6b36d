from . import (
    test_eat,
    test_empty_list,
    test_phone,
    test_reason,
    test_settings,
    test_triggers,
    test_utils,
    test_webhook_access,
    test_webhook_batch,
    test_webhook_inbox,
    test_webhook_reminder,
    test_webhook_waking,
)
