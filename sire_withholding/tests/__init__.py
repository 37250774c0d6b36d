from . import (
    test_certificate,
    test_chase,
    test_expected,
    test_json_2,
    test_property_withholding,
    test_races,
    test_roles,
)
