from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.sire_base.utils.eat import eat_today


class AccountMove(models.Model):
    """What is seen of reminders on an invoice, and its buttons."""

    _inherit = "account.move"

    sire_reminder_ids = fields.One2many("sire.reminder", "move_id", string="Reminders", groups="sire_access.group_role")
    sire_reminder_count = fields.Integer(
        string="Reminders Sent",
        compute="_compute_sire_reminder_count",
        compute_sudo=True,
        groups="sire_access.group_role",
    )
    # for staff alone: clients read their invoices in the portal, and it says what was written about them
    sire_reminder_next = fields.Char(
        string="Next Reminder",
        compute="_compute_sire_reminder_next",
        compute_sudo=True,
        groups="sire_access.group_role",
    )
    sire_reminder_pause_id = fields.Many2one(
        "sire.reminder.pause",
        string="Reminders Stopped By",
        compute="_compute_sire_reminder_pause_id",
        compute_sudo=True,
        groups="sire_access.group_role",
    )

    @api.depends("sire_reminder_ids.state")
    def _compute_sire_reminder_count(self):
        for move in self:
            move.sire_reminder_count = len(move.sire_reminder_ids.filtered(lambda one: one.state == "sent"))

    def _compute_sire_reminder_pause_id(self):
        found = self.env["sire.reminder.pause"]._find(self._origin, eat_today())
        for move in self:
            move.sire_reminder_pause_id = found.get(move._origin.id, False)

    @api.depends("state", "payment_state", "invoice_date_due", "partner_id", "sire_reminder_ids")
    def _compute_sire_reminder_next(self):
        # what is saved: a form that is being edited asks, too
        moves = self._origin.filtered(lambda move: move._sire_is_remindable())
        payables = moves._sire_reminder_payables()
        obstacles = moves._sire_reminder_obstacles(payables, eat_today())
        for move in self:
            move.sire_reminder_next = move._origin in moves and (
                obstacles[move._origin.id] or move._origin._sire_reminder_forecast(payables[move._origin.id])
            )

    def _sire_reminder_forecast(self, payable):
        """:return: "24/11/2026, step 2", or why there is none
        :rtype: str
        """
        steps, company, nexts = self._sire_reminder_steps(), self.company_id, []
        for number, date_due, _amount in self._sire_reminder_instalments(payable):
            days = [
                (date_due + timedelta(days=step.days), step)
                for step in self._sire_reminder_open_steps(steps, number, date_due)
            ]
            if days:
                leaves = company._sire_next_working_day(max(days[0][0], eat_today()))
                # of those that are due by then, the last one
                nexts.append((leaves, [step for day, step in days if day <= leaves][-1]))
        if not nexts:
            return self.env._("None: every step was taken")
        leaves, step = min(nexts, key=lambda found: found[0])
        values = {
            "date": format_date(self.env, leaves),
            "number": steps.ids.index(step.id) + 1,
            "step": step.display_name,
        }
        if not company.sire_reminder_on:
            return self.env._("By hand (reminders are off): %(date)s, step %(number)s, %(step)s", **values)
        return self.env._("%(date)s, step %(number)s, %(step)s", **values)

    # === ACTIONS === #

    def action_sire_promise(self):
        """Button: the client promised to pay on a day."""
        return self._sire_open_pause("promise")

    def action_sire_dispute(self):
        """Button: the client does not agree."""
        return self._sire_open_pause("dispute")

    def action_sire_hold(self):
        """Button: no reminders for a while."""
        return self._sire_open_pause("hold")

    def _sire_open_pause(self, kind):
        self.ensure_one()
        if not self._sire_is_remindable():
            raise UserError(
                self.env._("%s is not waiting for money: there is nothing to remind of.", self.display_name)
            )
        return self.env["sire.reminder.pause.wizard"]._open(self, kind)

    def action_sire_end_pause(self):
        """Button: what stops reminders of this invoice is over."""
        self.ensure_one()
        self.check_access("read")
        if not self.sire_reminder_pause_id:
            raise UserError(self.env._("Nothing stops the reminders of %s.", self.display_name))
        return self.sire_reminder_pause_id.action_end()

    def action_sire_reminders(self):
        """Button: what was sent for this invoice, and what was not."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sire_reminder.action_sire_reminder")
        return {**action, "domain": [("move_id", "=", self.id)], "context": {}}
