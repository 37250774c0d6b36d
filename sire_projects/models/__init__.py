from . import project_project
from . import project_task
from . import project_task_type
from . import res_users
