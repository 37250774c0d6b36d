from . import (
    test_clients,
    test_documents,
    test_document_rules,
    test_home,
    test_portal_time,
    test_projects,
    test_tasks,
)
