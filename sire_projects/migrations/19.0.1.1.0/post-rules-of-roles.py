"""What this rule said is in the role permissions now, where an administrator changes it."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("sire_projects.sire_project_document_developer_rule", raise_if_not_found=False)
    if rule:
        rule.unlink()
