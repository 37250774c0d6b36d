from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from odoo.addons.sire_base.utils.eat import eat_today

from ..utils import Plan


class AccountMove(models.Model):
    """What is due to be reminded of, and what stands in the way. Nothing is written here."""

    _inherit = "account.move"

    def _sire_is_remindable(self):
        self.ensure_one()
        return (
            self.move_type == "out_invoice" and self.state == "posted" and self.payment_state in ("not_paid", "partial")
        )

    def _sire_reminder_plans(self, day=None):
        """Work out which instalments of these invoices have a step that is due, what is left of them now, and why nothing
        would be sent, where that is so. A step that was missed is not made up for: the last one that is due counts.

        :param date day: in Nairobi; today when None
        :return: one for each instalment with a step that is due, in the order of the invoices
        :rtype: list[Plan]
        """
        day = day or eat_today()
        # sudo: the system decides, nobody edits. Most of what is late had all its steps: it is left out first.
        moves_sudo = self.sudo().filtered(lambda move: move._sire_is_remindable() and move._sire_reminder_has_due(day))
        payables = moves_sudo._sire_reminder_payables()
        obstacles = moves_sudo._sire_reminder_obstacles(payables, day)
        told_today = moves_sudo._sire_reminded_on(day)
        plans = []
        for move in moves_sudo:
            steps = move._sire_reminder_steps()
            reason = obstacles[move.id]
            if not reason and move._sire_reminder_address() in told_today:
                reason = self.env._("Had a reminder today: one e-mail a day")
            for number, date_due, amount in move._sire_reminder_instalments(payables[move.id]):
                due = move._sire_reminder_due_steps(steps, number, date_due, day)
                if due:
                    plans.append(Plan(move, number, date_due, amount, due[-1], due[:-1], reason))
        return plans

    def _sire_reminder_payables(self):
        """:return: as `_sire_get_payables`, without what will not come as money (withheld tax): nobody is reminded of it
        :rtype: dict
        """
        withheld = self._sire_get_not_expected()
        result = self._sire_get_payables()
        for move in self:
            payable, residual, holds = result[move.id]
            result[move.id] = (move.currency_id.round(max(payable - withheld[move], 0.0)), residual, holds)
        return result

    def _sire_get_not_expected(self):
        """:return: what is open of each and will not come as money
        :rtype: dict
        """
        opened, dues = self._sire_get_open_amounts(), self._sire_get_due_amounts()
        return {
            move: sum(amount for _day, amount in opened[move]) - sum(amount for _day, amount in dues[move])
            for move in self
        }

    def _sire_reminder_has_due(self, day):
        steps = self._sire_reminder_steps()
        return any(
            self._sire_reminder_due_steps(steps, number, date_due, day)
            for date_due, number, _amount in self._sire_reminder_parts()
        )

    def _sire_reminder_due_steps(self, steps, number, date_due, day):
        open_steps = self._sire_reminder_open_steps(steps, number, date_due)
        return open_steps.filtered(lambda step: date_due + timedelta(days=step.days) <= day)

    def _sire_reminder_steps(self):
        """:return: the steps for this invoice by day; the company's also where the client gets none, to say so"""
        client_sudo = self.commercial_partner_id.with_company(self.company_id).sudo()  # the choice is the firm's
        ladder = client_sudo.sire_reminder_ladder_id or self.company_id.sudo().sire_reminder_ladder_id
        return ladder.step_ids.sorted("days")

    def _sire_reminder_instalments(self, payable):
        """Share what is left among the parts that the payment terms made. What is held or withheld is taken from the earliest.

        :param tuple payable: of `_sire_reminder_payables`
        :return: tuples of number, due date and amount in the currency of the invoice; amounts of 0 are left out
        :rtype: list[tuple[int, date, float]]
        """
        left, residual, _holds = payable
        held = residual - left
        result = []
        for date_due, number, amount in sorted(self._sire_reminder_parts()):
            taken = min(held, amount)
            held -= taken
            amount = self.currency_id.round(amount - taken)
            if amount > 0:
                result.append((number, date_due, amount))
        return result

    def _sire_reminder_parts(self):
        """:return: tuples of due date, number and what the ledger says is left, of the parts that are not settled
        :rtype: list[tuple[date, int, float]]
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable").sorted("id")
        return [
            (line.date_maturity or self.invoice_date_due or self.date, number, line.amount_residual_currency)
            for number, line in enumerate(lines, 1)
            if line.amount_residual_currency > 0
        ]

    def _sire_reminder_open_steps(self, steps, number, date_due):
        """:return: the steps that are still to come for an instalment: after what was sent or passed over, and after the
        day of the invoice, which has said the same
        """
        done = self.sire_reminder_ids.filtered(lambda one: one.instalment == number)
        furthest = max(done.mapped("days"), default=None)
        return steps.filtered(
            lambda step: (
                step not in done.step_id
                and (furthest is None or step.days > furthest)
                and date_due + timedelta(days=step.days) > (self.invoice_date or self.date)
            )
        )

    def _sire_reminder_obstacles(self, payables, day):
        """:param dict payables: of `_sire_reminder_payables`
        :return: for each of these invoices why no reminder is sent on a day, in words; empty when one may be
        :rtype: dict[int, str]
        """
        pauses = self.env["sire.reminder.pause"]._find(self, day)
        credit = self._sire_reminder_credit(payables)
        return {
            move.id: move._sire_reminder_obstacle(
                payables[move.id],
                pauses.get(move.id),
                credit[move.company_id, move.commercial_partner_id, move.currency_id],
            )
            for move in self
        }

    def _sire_reminder_credit(self, payables):
        """Add up what the clients of these invoices have paid and no invoice took yet, without what is held for one.

        :return: by company, client and currency
        :rtype: defaultdict
        """
        credit = defaultdict(float)
        # sudo: that there is credit, for a client whose invoice one may read
        found = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [
                    ("parent_state", "=", "posted"),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("reconciled", "=", False),
                    ("amount_residual_currency", "<", 0),
                    ("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids),
                ],
                ["company_id", "partner_id", "currency_id"],
                ["amount_residual_currency:sum"],
            )
        )
        for company, partner, currency, amount in found:
            credit[company, partner.commercial_partner_id, currency] -= amount
        for move in self:
            for holder, amount in payables[move.id][2]:
                if holder._name == "account.payment":
                    credit[move.company_id, move.commercial_partner_id, move.currency_id] -= amount
        return credit

    def _sire_reminder_obstacle(self, payable, pause, credit):
        """:param tuple payable: of `_sire_reminder_payables`
        :param pause: what stops the reminders, if anything
        :param float credit: of the client, that no invoice took yet
        :return: why no reminder is sent, in words; empty when one may be
        :rtype: str
        """
        self.ensure_one()
        left, _residual, holds = payable
        client_sudo = self.commercial_partner_id.with_company(self.company_id).sudo()  # the choice is the firm's
        if pause:
            return pause._sire_words()
        if client_sudo.sire_reminder_off:
            return self.env._("This client gets no reminders")
        for holder, amount in holds:
            if holder._name == "payment.transaction":
                words = holder._sire_hold_reason(self._sire_money(amount))
                return words[:1].upper() + words[1:]
        if self.currency_id.compare_amounts(left, 0) <= 0:
            return self.env._("Nothing is left to pay")
        if self.currency_id.compare_amounts(credit, left) >= 0:
            return self.env._("The client has %s of credit that no invoice took yet", self._sire_money(credit))
        if not self.partner_id.email_normalized:
            return self.env._("No e-mail address")
        return ""

    def _sire_reminder_address(self):
        """:return: whom one e-mail goes to: company, client and address
        :rtype: tuple
        """
        self.ensure_one()
        return self.company_id.id, self.commercial_partner_id.id, self.partner_id.email_normalized or self.partner_id.id

    def _sire_reminded_on(self, day):
        """:return: addresses (as above) that had a reminder on a day"""
        letters_sudo = self.env["sire.reminder.letter"].sudo()  # that there was one, nothing of it
        found = letters_sudo.search(Domain("day", "=", day) & Domain("client_id", "in", self.commercial_partner_id.ids))
        return {(letter.company_id.id, letter.client_id.id, letter.email) for letter in found}

    def _sire_reminder_responsible(self):
        """:return: the user whom a broken promise is told, and whom the client answers"""
        move_sudo = self.sudo()  # who it is, nothing of the project
        users = move_sudo.invoice_user_id | move_sudo.sire_project_id.user_id
        return users.filtered(lambda user: user.active and not user.share and user._is_internal())[:1]
