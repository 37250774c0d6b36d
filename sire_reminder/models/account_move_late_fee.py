from odoo import api, fields, models

from odoo.addons.sire_base.utils.eat import eat_today


class AccountMove(models.Model):
    """An invoice that is late, and what that costs."""

    _inherit = "account.move"

    sire_late_fee_ids = fields.One2many(
        "sire.late.fee", "move_id", string="Late Fees", groups="sire_access.group_role", copy=False
    )
    sire_late_fee_said = fields.Char(
        "Late Fee", compute="_compute_sire_late_fee_said", compute_sudo=True, groups="sire_access.group_role"
    )

    @api.depends("sire_late_fee_ids.state", "sire_late_fee_ids.amount", "payment_state", "state")
    def _compute_sire_late_fee_said(self):
        for move in self:
            fees = move.sire_late_fee_ids.filtered(lambda fee: fee.state == "charged")
            if fees:
                move.sire_late_fee_said = move._sire_money(sum(fees.mapped("amount")))
            elif move.sire_late_fee_ids:
                move.sire_late_fee_said = self.env._("None")
            else:
                is_on = move.company_id.sire_late_fee_on and move._sire_may_have_late_fee() and move.sire_overdue
                move.sire_late_fee_said = is_on and self.env._("None so far")

    # === BUSINESS === #

    def _sire_may_have_late_fee(self):
        self.ensure_one()
        move_sudo = self.sudo()  # that it is an invoice of fees, for whoever reads it
        return self._sire_is_remindable() and not move_sudo.sire_late_fee_month

    def _sire_late_fee_bases(self, last_day):
        """Work out what of these invoices is late at the end of a month and still expected as money now.

        What live prompts hold and what clients have paid and no invoice took yet is taken away, from the earliest.

        :param date last_day: of the month, in Nairobi
        :return: ``{move: (amount in its currency, days late)}`` of those that are late by more than the days of grace
        :rtype: dict
        """
        payables = self._sire_get_payables()
        credit = self._sire_reminder_credit(payables)
        dues = self._sire_get_due_amounts()
        result = {}
        for move in self.sorted(lambda one: (one.invoice_date_due or one.date, one.id)):
            grace = move.company_id.sire_late_fee_grace
            late = [(day, amount) for day, amount in dues[move] if (last_day - day).days > grace]
            if not late:
                continue
            payable, residual, _holds = payables[move.id]
            # money that waits without an entry is out of the amounts that are due already
            held = max(residual - payable - move._sire_get_waiting(), 0.0)
            base = min(max(sum(amount for _day, amount in late) - held, 0.0), payable)
            key = (move.company_id, move.commercial_partner_id, move.currency_id)
            taken = min(max(credit[key], 0.0), base)
            credit[key] -= taken
            result[move] = (move.currency_id.round(base - taken), (last_day - late[0][0]).days)
        return result

    def _sire_late_fee(self, base):
        """:param float base: what is late, in the currency of this invoice
        :return: the fee by the company's rule, before VAT, in the same currency: at least the least, at most what is left of
            the most; 0 when the most was charged
        :rtype: float
        """
        self.ensure_one()
        company, currency = self.company_id, self.currency_id

        def convert(amount):
            return company.currency_id._convert(amount, currency, company, eat_today())

        if company.sire_late_fee_kind == "percent":
            fee = max(base * company.sire_late_fee_percent / 100, convert(company.sire_late_fee_least))
        else:
            fee = convert(company.sire_late_fee_fixed)
        if company.sire_late_fee_most:
            charged = self.sire_late_fee_ids.filtered(lambda one: one.state == "charged")
            notes = self.reversal_move_ids.filtered(lambda note: note.state == "posted")
            owed = self.amount_total - sum(notes.mapped("amount_total"))
            most = currency.round(owed * company.sire_late_fee_most / 100)
            fee = min(fee, most - sum(charged.mapped("amount")))
        return max(currency.round(fee), 0.0)

    def _sire_late_fee_obstacle(self, pause, base, amount):
        """:param pause: what stops reminders of this invoice, if anything
        :param float base: what is late
        :param float amount: the fee
        :return: why it has none, in words; empty when it has
        :rtype: str
        """
        self.ensure_one()
        if pause:
            return pause._sire_words()
        if (
            self.commercial_partner_id.with_company(self.company_id).sudo().sire_late_fee_off
        ):  # the choice is the firm's
            return self.env._("This client has no late fees")
        if self.currency_id.is_zero(base):
            return self.env._("Paid, or a payment is under way")
        if self.currency_id.is_zero(amount):
            return self.env._("The most was charged already")
        return ""

    # === ACTIONS === #

    def action_sire_late_fees(self):
        """Button: what was decided, month by month."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sire_reminder.action_sire_late_fee")
        return {**action, "domain": [("move_id", "=", self.id)], "context": {}}

    def action_sire_waive_late_fee(self):
        """Button: no late fee for a month."""
        self.ensure_one()
        return self.env["sire.late.fee.waiver"]._open(self, eat_today().replace(day=1))
