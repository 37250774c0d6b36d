from . import (
    account_analytic_account,
    account_analytic_line,
    ir_http,
    ir_model_access,
    mail_thread,
    project_milestone,
    project_project,
    project_task,
    res_partner,
    res_users,
)
