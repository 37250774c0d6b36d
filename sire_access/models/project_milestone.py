from odoo import fields, models

from odoo.addons.sire_access.const import GROUPS_SEE_MONEY_OR_PORTAL


class ProjectMilestone(models.Model):
    """Fields that lead to sales documents are hidden from who sees no money."""

    _inherit = "project.milestone"

    product_uom_id = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    product_uom_qty = fields.Float(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    quantity_percentage = fields.Float(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    sale_line_display_name = fields.Char(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    sale_line_id = fields.Many2one(groups=GROUPS_SEE_MONEY_OR_PORTAL)
