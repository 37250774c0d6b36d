# First: projects that are there already get their rate from the company when the module is installed.
from . import res_company

# isort: split
from . import account_analytic_line
from . import hr_employee
from . import project_milestone
from . import project_project
from . import project_task
from . import project_task_type
from . import res_config_settings
from . import res_partner
from . import res_partner_business
from . import res_users
from . import sire_project_document
