from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sire_base.utils.eat import eat_today, utc_to_eat

from ..utils import is_working_day, next_working_day

USUAL_STEPS = ((-3, "friendly"), (0, "due"), (7, "late"), (14, "late"), (30, "last"))


class ResCompany(models.Model):
    """When a company writes to those who owe it, and by which ladder."""

    _inherit = "res.company"
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": (
            "sire_reminder_on",
            "sire_reminder_ladder_id",
            "sire_reminder_from",
            "sire_reminder_to",
            "sire_reminder_days",
            "sire_statement_monthly",
            "sire_late_fee_on",
            "sire_late_fee_kind",
            "sire_late_fee_percent",
            "sire_late_fee_fixed",
            "sire_late_fee_grace",
            "sire_late_fee_least",
            "sire_late_fee_most",
            "sire_late_fee_product_id",
            "sire_late_fee_send",
        ),
        "kind": "settings",
    }

    sire_reminder_on = fields.Boolean(
        "Send Reminders", help="Off, nothing is sent by itself; what is due can still be looked at and sent by hand."
    )
    sire_reminder_ladder_id = fields.Many2one(
        "sire.reminder.ladder",
        string="Reminder Ladder",
        domain="[('company_id', '=', id)]",
        ondelete="restrict",
        help="For clients that have no ladder of their own.",
    )
    sire_reminder_from = fields.Float("Reminders From", default=8.0, help="Hour of the day in Nairobi.")
    sire_reminder_to = fields.Float("Reminders Until", default=17.0, help="Hour of the day in Nairobi.")
    sire_reminder_days = fields.Selection(
        [("5", "Monday to Friday"), ("6", "Monday to Saturday"), ("7", "Every day")],
        string="Reminder Days",
        default="5",
        required=True,
    )
    sire_statement_monthly = fields.Boolean(
        "Monthly Statements", help="By e-mail, for the month before, to clients for whom nothing else was chosen."
    )

    # === CONSTRAINTS === #

    @api.constrains("sire_reminder_from", "sire_reminder_to")
    def _check_sire_reminder_hours(self):
        for company in self:
            if not 0 <= company.sire_reminder_from < company.sire_reminder_to <= 24:
                raise ValidationError(
                    self.env._("Reminders leave between two hours of one day, such as 08:00 and 17:00.")
                )

    @api.constrains("sire_reminder_ladder_id")
    def _check_sire_reminder_ladder_id(self):
        for company in self:
            if company.sire_reminder_ladder_id and company.sire_reminder_ladder_id.company_id != company:
                raise ValidationError(self.env._("The ladder of a company is one of its own."))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._sire_setup_reminders()
        return companies

    # === BUSINESS === #

    def _sire_setup_reminders(self):
        """Give each company that has none the usual ladder. Reminders stay off."""
        ladders_sudo = self.env["sire.reminder.ladder"].sudo()  # whoever makes a company need not edit ladders
        for company in self.filtered(lambda one: not one.sire_reminder_ladder_id):
            company.sudo().sire_reminder_ladder_id = ladders_sudo.create(
                {
                    "name": self.env._("Usual reminders"),
                    "company_id": company.id,
                    "step_ids": [(0, 0, {"days": days, "tone": tone}) for days, tone in USUAL_STEPS],
                }
            )

    def _sire_free_days(self):
        """:return: dates that this company added to the public holidays
        :rtype: set
        """
        self.ensure_one()
        # sudo: whoever sees a reminder may know when it leaves
        holidays_sudo = self.env["sire.reminder.holiday"].sudo().search([("company_id", "=", self.id)])
        return set(holidays_sudo.mapped("date"))

    def _sire_next_working_day(self, day):
        """:return: that day in Nairobi, or the next one on which this company writes to clients
        :rtype: date
        """
        return next_working_day(day, int(self.sire_reminder_days), self._sire_free_days())

    def _sire_is_working_time(self, now=None):
        """:param datetime now: naive UTC; now when None
        :return: whether this company writes to clients at this moment
        """
        moment = utc_to_eat(now or fields.Datetime.now())
        hour = moment.hour + moment.minute / 60 + moment.second / 3600
        is_day = is_working_day(moment.date(), int(self.sire_reminder_days), self._sire_free_days())
        return is_day and self.sire_reminder_from <= hour < self.sire_reminder_to

    def _sire_month_before(self, day=None):
        """:return: first and last day of the month before that of a day in Nairobi
        :rtype: tuple[date, date]
        """
        last = (day or eat_today()).replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
