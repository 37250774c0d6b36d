from odoo import fields, models


class SireReminderHoliday(models.Model):
    """A day that is free for a company beside the public holidays: gazetted at short notice, or its own."""

    _name = "sire.reminder.holiday"
    _inherit = "sire.named.documents"
    _description = "Holiday"
    _order = "date desc, id"
    # for sire_audit, where it is installed
    _sire_audit = {"fields": ("name", "date", "company_id"), "name": "name", "kind": "settings"}

    name = fields.Char(required=True, translate=True)
    date = fields.Date(required=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)

    _day_unique = models.Constraint("UNIQUE(company_id, date)", "This day is a holiday already.")

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")  # it may lead out of the company, and rules looked at what was there before
        return result
