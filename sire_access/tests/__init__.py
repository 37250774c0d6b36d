from . import (
    test_accountant,
    test_developer,
    test_home,
    test_project_manager,
    test_roles,
    test_viewer,
)
