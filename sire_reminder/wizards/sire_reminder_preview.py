from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, groupby

from odoo.addons.sire_base.utils.eat import utc_to_eat


class SireReminderPreview(models.TransientModel):
    """Today's run, before it runs: one row for each instalment with a step that is due. Rows are made anew each time."""

    _name = "sire.reminder.preview"
    _description = "Today's Reminders"
    _order = "reason, partner_id, date_due, id"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", required=True, readonly=True, ondelete="cascade")
    number = fields.Char(related="move_id.name")
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    email = fields.Char("Address", readonly=True)
    instalment = fields.Integer(readonly=True)
    date_due = fields.Date("Due", readonly=True)
    step_id = fields.Many2one("sire.reminder.step", readonly=True, ondelete="cascade")
    tone = fields.Selection(related="step_id.tone")
    missed = fields.Integer(readonly=True, help="Earlier steps that were not sent and will not be.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary("Balance", currency_field="currency_id", readonly=True)
    outcome = fields.Selection(
        [("go", "To be sent"), ("stop", "Not sent"), ("sent", "Sent"), ("skipped", "Skipped")], readonly=True
    )
    reason = fields.Char("Why Not", readonly=True)

    @api.model
    def action_open(self):
        """Work out today's run of the current company and show it."""
        self.env["sire.reminder"].check_access("read")
        self.env["account.move"].check_access("read")
        rows_sudo = self.sudo()  # the rows are only shown
        rows_sudo.search([("create_uid", "=", self.env.uid)]).unlink()
        company = self.env.company
        moves = self.env["account.move"].search([("id", "in", company.sudo()._sire_reminder_moves().ids)])
        rows_sudo.create([self._row(plan) for plan in moves._sire_reminder_plans()])
        action = self.env["ir.actions.act_window"]._for_xml_id("sire_reminder.action_sire_reminder_preview")
        if note := self._note(company):
            action["name"] = action["display_name"] = f"{action['name']} ({note})"
        return action

    @api.model
    def _note(self, company):
        """:return: when they leave, where that is not at once"""
        if not company.sire_reminder_on:
            return self.env._("nothing is sent by itself")
        if company._sire_is_working_time():
            return ""
        now = utc_to_eat(fields.Datetime.now())
        over = now.hour + now.minute / 60 >= company.sire_reminder_to
        day = company._sire_next_working_day(now.date() + timedelta(days=1) if over else now.date())
        minutes = round(company.sire_reminder_from * 60)
        return self.env._(
            "they leave on %(date)s at %(hour)s",
            date=format_date(self.env, day),
            hour=f"{minutes // 60:02}:{minutes % 60:02}",
        )

    @api.model
    def _row(self, plan):
        return {
            "company_id": plan.move.company_id.id,
            "move_id": plan.move.id,
            "partner_id": plan.move.commercial_partner_id.id,
            "email": plan.move.partner_id.email_normalized,
            "instalment": plan.instalment,
            "date_due": plan.date_due,
            "step_id": plan.step.id,
            "missed": len(plan.missed),
            "currency_id": plan.move.currency_id.id,
            "amount": plan.amount,
            "outcome": "stop" if plan.reason else "go",
            "reason": plan.reason or False,
        }

    def action_send(self):
        """Button: send now, whatever the hour. One e-mail for each client, with all that is due from it.

        :raise UserError: what stands in the way
        """
        self._check_rows()
        today = self.search([("outcome", "=", "go")])
        whom = {(row.partner_id, row.email) for row in self}
        moves = (self | today.filtered(lambda row: (row.partner_id, row.email) in whom)).move_id
        for _address, group in groupby(moves, lambda move: move._sire_reminder_address()):
            letters = self.env["sire.reminder.letter"]
            letter = letters._remind(moves.browse([move.id for move in group]), by_hand=True)
            lines_sudo = letter.sudo().line_ids  # which rows it was about
            for row in today | self:
                if (row.move_id, row.instalment) in [(line.move_id, line.instalment) for line in lines_sudo]:
                    row.sudo().write({"outcome": "sent", "reason": False})  # the rows are only shown
        return self._reload()

    def action_skip(self):
        """Button: pass over this step; the next one comes on its day."""
        self._check_rows()
        for row in self:
            row.move_id._sire_lock_payable()
            plans = [plan for plan in row.move_id._sire_reminder_plans() if plan.instalment == row.instalment]
            if not plans or plans[0].step != row.step_id:
                raise UserError(self.env._("%s: this step is not due any more.", row.move_id.display_name))
            words = self.env._("Skipped by %s", self.env.user.name)
            self.env["sire.reminder"]._record(plans[0], "skipped", words)
            row.sudo().write({"outcome": "skipped", "reason": words})  # the rows are only shown
        return self._reload()

    def action_open_invoice(self):
        """Open the invoice of a row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(self.env.ref("account.view_move_form").id, "form")],
        }

    def _check_rows(self):
        self.check_access("read")
        self.move_id.check_access("read")
        if not self:
            raise UserError(self.env._("Choose what is to be sent."))
        done = self.filtered(lambda row: row.outcome in ("sent", "skipped"))
        if done:
            raise UserError(self.env._("%s was dealt with already.", done[0].move_id.display_name))

    def _reload(self):
        return {"type": "ir.actions.client", "tag": "soft_reload"}
