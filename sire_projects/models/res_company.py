from odoo import fields, models

from odoo.addons.sire_access.const import GROUP_SEE_MONEY
from odoo.addons.sire_projects.const import HOURLY_RATE_DEFAULT


class ResCompany(models.Model):
    _inherit = "res.company"

    sire_hourly_rate = fields.Monetary(
        string="Hourly Rate",
        currency_field="currency_id",
        default=HOURLY_RATE_DEFAULT,
        groups=GROUP_SEE_MONEY,
        help="Price of an hour without tax, proposed for new projects.",
    )

    _sire_hourly_rate_positive = models.Constraint(
        "CHECK(sire_hourly_rate >= 0)",
        "An hourly rate cannot be negative.",
    )
