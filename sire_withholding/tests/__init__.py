from . import (
    test_certificate,
    test_chase,
    test_foreign_documents,
    test_expected,
    test_forged,
    test_json_2,
    test_property_withholding,
    test_proposed,
    test_races,
    test_roles,
    test_spread,
    test_statement_page,
)
