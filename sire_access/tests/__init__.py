from . import (
    test_accountant,
    test_break_out,
    test_developer,
    test_guards,
    test_home,
    test_matrix,
    test_period,
    test_project_manager,
    test_roles,
    test_viewer,
)
