from odoo import api, fields, models


class SireReminderStep(models.Model):
    _name = "sire.reminder.step"
    _inherit = "sire.named.documents"
    _description = "Reminder Step"
    _order = "ladder_id, days, id"
    # for sire_audit, where it is installed
    _sire_audit = {"fields": ("days", "tone", "ladder_id"), "parent": "ladder_id", "kind": "settings"}

    ladder_id = fields.Many2one("sire.reminder.ladder", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="ladder_id.company_id", store=True, index=True)
    days = fields.Integer(
        "Days After the Due Date", required=True, help="Negative: before. 0: on the day. Counted in days of Nairobi."
    )
    tone = fields.Selection(
        [("friendly", "Friendly, ahead of time"), ("due", "On the day"), ("late", "Late"), ("last", "Last")],
        string="E-mail",
        required=True,
        default="late",
        help="Its words are in Settings ▸ Technical ▸ Email Templates, “SIRE: reminder …”.",
    )

    _day_unique = models.Constraint("UNIQUE(ladder_id, days)", "This ladder has a step on that day already.")
    _days_sensible = models.Constraint(
        "CHECK(days BETWEEN -90 AND 730)", "A step is 90 days before the due date at most, and two years after it."
    )

    def write(self, vals):
        if vals.get("ladder_id"):
            # what is written may lead out of the company, and rules look at what was there before
            self.env["sire.reminder.ladder"].browse(vals["ladder_id"]).check_access("write")
        return super().write(vals)

    @api.depends("days")
    def _compute_display_name(self):
        for step in self:
            step.display_name = self._describe(step.days)

    @api.model
    def _describe(self, days):
        """:return: when a step is, in words"""
        if days == 0:
            return self.env._("on the day")
        if days == -1:
            return self.env._("1 day before")
        if days == 1:
            return self.env._("1 day after")
        if days < 0:
            return self.env._("%s days before", -days)
        return self.env._("%s days after", days)
