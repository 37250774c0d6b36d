{
    "name": "SIRE Projects",
    "summary": "Projects and clients of a service firm",
    "version": "19.0.1.0.0",
    "category": "Services",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": [
        "sire_access",
        "sale_project",
    ],
    "data": [
        "security/ir.model.access.csv",
        "security/sire_project_document_security.xml",
        "data/project_task_type_data.xml",
        "wizards/sire_project_finish_wizard_views.xml",
        "views/res_config_settings_views.xml",
        "views/res_partner_views.xml",
        "views/sire_project_document_views.xml",
        "views/project_project_views.xml",
        "views/project_task_views.xml",
        "views/sire_projects_menus.xml",
    ],
}
