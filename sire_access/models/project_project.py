from odoo import fields, models

from odoo.addons.sire_access.const import GROUPS_SEE_MONEY_OR_PORTAL


class ProjectProject(models.Model):
    """Fields that lead to sales documents and amounts are hidden from who sees no money."""

    _inherit = "project.project"

    analytic_account_balance = fields.Monetary(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    has_any_so_to_invoice = fields.Boolean(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    has_any_so_with_nothing_to_invoice = fields.Boolean(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    pricing_type = fields.Selection(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    sale_line_employee_ids = fields.One2many(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    sale_line_id = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    sale_order_id = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    sale_order_state = fields.Selection(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    timesheet_product_id = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    warning_employee_rate = fields.Boolean(groups=GROUPS_SEE_MONEY_OR_PORTAL)
