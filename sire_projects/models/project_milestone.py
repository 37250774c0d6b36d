from odoo import fields, models

from odoo.addons.sire_access.const import GROUP_SEE_MONEY


class ProjectMilestone(models.Model):
    _inherit = "project.milestone"

    sire_currency_id = fields.Many2one(related="project_id.currency_id", string="Project Currency")
    sire_price = fields.Monetary(
        string="Price",
        currency_field="sire_currency_id",
        groups=GROUP_SEE_MONEY,
        copy=True,
        help="Price of all the work up to this milestone, without tax. Empty: its tasks are quoted each for itself.",
    )

    _sire_price_positive = models.Constraint(
        "CHECK(sire_price >= 0)",
        "The price of a milestone cannot be negative.",
    )
