from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_billing import gate
from odoo.addons.sire_payment.utils import format_money


class SireCashierSession(models.Model):
    """The end of a session: counted without knowing what should be there, then signed off by an accountant."""

    _inherit = "sire.cashier.session"

    def action_sire_count(self, amount):
        """Count the drawer and close it. What should have been in it is worked out only now.

        :param float amount: what the cashier counted, 0 or more
        :raise UserError: a sentence
        """
        self.ensure_one()
        self.check_access("read")
        if self.user_id != self.env.user and not self._sire_may_sign_off():
            raise UserError(self.env._("%s has this drawer: the one who opened it counts it.", self.user_id.name))
        amount = self._sire_check_count(amount, self.currency_id)
        self._sire_lock()
        self.env.flush_all()
        session_sudo = gate.opened(self.sudo())  # sudo: sessions have no editor; a cashier need not read all payments
        live = session_sudo.payment_ids.filtered(lambda payment: payment.state in ("in_process", "paid"))
        incoming = live.filtered(lambda payment: payment.payment_type == "inbound")
        received = session_sudo._sire_add_up(incoming)
        paid_out = session_sudo._sire_add_up(live - incoming)
        moved = sum(move.amount if move.kind == "in" else -move.amount for move in session_sudo.movement_ids)
        expected = self.currency_id.round(self.opening_count + received - paid_out + moved)
        session_sudo.write(
            {
                "state": "counted",
                "counted_at": fields.Datetime.now(),
                "counted_by_id": self.env.uid,
                "count": amount,
                "received": received,
                "paid_out": paid_out,
                "moved": self.currency_id.round(moved),
                "expected": expected,
                "difference": self.currency_id.round(amount - expected),
            }
        )
        session_sudo.booked = session_sudo._sire_get_booked()
        return True

    def action_sire_sign_off(self, note=None):
        """Accept the count: the difference is booked to the journal's profit or loss account.

        :param str note: what the accountant found out about a difference; needed when there is one
        :raise UserError: a sentence
        """
        for session in self:
            session.check_access("read")
            session._sire_check_may_sign_off()
            session_sudo = gate.opened(session.sudo())  # sudo: sessions have no editor
            # First of all: of two at once the later starts over, and reads that it is signed.
            session_sudo.write(
                {
                    "state": "closed",
                    "signed_at": fields.Datetime.now(),
                    "signed_by_id": session.env.uid,
                    "note": " ".join(note.split())[:200] if isinstance(note, str) else False,
                }
            )
            off = session.currency_id.round(session.difference + session.opening_difference)
            if not session.currency_id.is_zero(off):
                session._sire_check_reason(note)
                session_sudo.entry_id = session._sire_post_entry(
                    off, session._sire_get_difference_account(off), session.env._("Difference of the count")
                )
        return True

    def _sire_get_booked(self):
        """Return what the books say of this drawer, as if every count were signed off: what two answers differ by came in or
        went out by something that was booked.

        :return: in the currency of the drawer
        :rtype: float
        """
        self.ensure_one()
        # sudo: whoever opens or counts a drawer need not read the ledger
        lines_sudo = self.env["account.move.line"].sudo()
        field = "balance" if self.currency_id == self.company_id.currency_id else "amount_currency"
        [[booked]] = lines_sudo._read_group(
            [("account_id", "=", self.journal_id.default_account_id.id), ("parent_state", "=", "posted")],
            aggregates=[f"{field}:sum"],
        )
        # sudo: the drawer's sessions of others too, of which only sums are taken
        waiting_sudo = self.sudo().search([("journal_id", "=", self.journal_id.id), ("state", "=", "counted")])
        offs = waiting_sudo.mapped(lambda session: session.difference + session.opening_difference)
        return self.currency_id.round((booked or 0.0) + sum(offs))

    def _sire_check_may_sign_off(self):
        if self.state != "counted":
            words = dict(self._fields["state"]._description_selection(self.env))[self.state]
            raise UserError(
                self.env._("Only a counted drawer is signed off: %(name)s is “%(state)s”.", name=self.name, state=words)
            )
        forbidden = self.env["sire.access.duty"]._sire_forbids("sire_cashier.duty_count_sign_off")
        if forbidden and self.env.user in (self.user_id, self.counted_by_id):
            raise UserError(self.env._("You had this drawer yourself: somebody else has to sign it off."))

    def _sire_may_sign_off(self):
        ticks = self.env.user._sire_ticks()
        return ticks is None or "drawer.approve" in ticks

    def _sire_get_difference_account(self, difference):
        """:return: the account of the host's cash journal for what is too much or missing"""
        journal, company = self.journal_id.sudo(), self.company_id.sudo()  # sudo: accounts of the set-up
        if difference > 0:
            account = journal.profit_account_id or company.default_cash_difference_income_account_id
        else:
            account = journal.loss_account_id or company.default_cash_difference_expense_account_id
        if not account:
            raise UserError(self.env._("Set the profit and loss accounts of the cash journal %s first.", journal.name))
        return account

    def _sire_add_up(self, payments):
        """:return: what these payments are in the currency of the drawer"""
        return self.currency_id.round(
            sum(
                payment.currency_id._convert(payment.amount, self.currency_id, self.company_id, payment.date)
                for payment in payments
            )
        )

    # === Z-REPORT ===#

    def action_sire_print(self):
        """Print the Z-report on A4.

        :raise UserError: while the drawer is open
        """
        return self._sire_print("sire_cashier.action_report_sire_cashier_session")

    def action_sire_print_roll(self):
        """Print the Z-report on the roll of 80 mm.

        :raise UserError: while the drawer is open
        """
        return self._sire_print("sire_cashier.action_report_sire_cashier_session_roll")

    def _sire_print(self, report_xmlid):
        if any(session.state == "open" for session in self):
            raise UserError(self.env._("The Z-report is printed when the drawer is counted."))
        return self.env.ref(report_xmlid).report_action(self, config=False)

    def _sire_get_report(self):
        """Return what the Z-report shows; of an open drawer nothing.

        :return: rows of receipts, voided receipts and payments out
        :rtype: dict
        """
        self.ensure_one()
        payments_sudo = self.sudo().payment_ids.sorted("id")  # sudo: as the amounts, once the drawer is counted
        if self.state == "open":
            payments_sudo = payments_sudo.browse()
        live = payments_sudo.filtered(lambda payment: payment.state in ("in_process", "paid"))
        receipts = live.filtered(lambda payment: payment.payment_type == "inbound")
        return {
            "receipts": receipts,
            "void": payments_sudo.filtered(lambda payment: payment.sire_receipt_state == "void"),
            "out": live - receipts,
        }

    def _sire_money(self, amount):
        """:return: the amount as people write it"""
        return format_money(amount, self.currency_id)
