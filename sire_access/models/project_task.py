from odoo import fields, models

from odoo.addons.sire_access.const import GROUPS_SEE_MONEY_OR_PORTAL


class ProjectTask(models.Model):
    """Fields that lead to sales documents are hidden from who sees no money."""

    _inherit = "project.task"

    display_sale_order_button = fields.Boolean(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    last_sol_of_customer = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    pricing_type = fields.Selection(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    project_sale_order_id = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    remaining_hours_available = fields.Boolean(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    remaining_hours_so = fields.Float(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    sale_line_id = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    sale_order_id = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    sale_order_state = fields.Selection(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    timesheet_product_id = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)

    def _inverse_partner_id(self):
        # The host compares the task's sales order with its new client; a developer reads no sales order.
        task_sudo = self.sudo()
        return super(ProjectTask, task_sudo)._inverse_partner_id()
