from odoo import fields, models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    sire_hourly_rate = fields.Monetary(
        string="Billed per Hour",
        currency_field="currency_id",
        groups="hr.group_hr_user",  # as the host's hourly cost beside it
        help="Price without tax of an hour of this person in quotations of logged time. Empty: the rate of the task.",
    )

    _sire_hourly_rate_positive = models.Constraint(
        "CHECK(sire_hourly_rate >= 0)",
        "An hourly rate cannot be negative.",
    )
