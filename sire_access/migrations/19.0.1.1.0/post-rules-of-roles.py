"""What these rules said is in the role permissions now, where an administrator changes it."""

from odoo import SUPERUSER_ID, api

GONE = (
    "project_task_developer_write_rule",
    "project_task_developer_unlink_rule",
    "sale_order_accountant_rule",
    "sale_order_line_accountant_rule",
)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in GONE:
        rule = env.ref(f"sire_access.{name}", raise_if_not_found=False)
        if rule:
            rule.unlink()
