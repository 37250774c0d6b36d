from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_base.utils.reason import clean_reason

from .. import gate


class AccountPayment(models.Model):
    """How a receipt ends: its money clears on a day, the bank returns it, or it is voided with a reason."""

    _inherit = "account.payment"

    # === CLEARING ===#

    def action_sire_clear(self, date=None):
        """Say that the bank has the money of these receipts.

        :param date: East African day, or its text as JSON-2 sends it; today when left out
        :raise UserError: a sentence
        """
        day = self._sire_read_day(date)
        for payment in self:
            payment._sire_check_state(("uncleared",), self.env._("be cleared"))
            if day > eat_today() or day < payment.date:
                raise UserError(
                    self.env._(
                        "%(receipt)s was received on %(date)s: it is cleared on that day or later, and not in the future.",
                        receipt=payment.sire_receipt_number,
                        date=payment.date.strftime("%d/%m/%Y"),
                    )
                )
            opened = gate.opened(payment)
            # First of all: who clears or voids it at the same time starts over, and reads what has become of it.
            opened.write({"sire_receipt_state": "cleared", "sire_cleared_date": day})
            opened.sire_clearing_move_id = payment._sire_post_clearing(day)
        return True

    def _sire_read_day(self, date):
        """:return: the day that somebody sent; today when none was
        :raise UserError: when it is no day
        """
        try:
            return fields.Date.to_date(date) or eat_today()
        except (TypeError, ValueError, AttributeError) as error:
            raise UserError(self.env._("Write the day such as 2026-11-20.")) from error

    def _sire_post_clearing(self, day):
        """Book the money from the outstanding account to the bank.

        :return: the entry, matched with that of the receipt
        """
        liquidity, _counterpart, _writeoff = self._seek_for_lines()
        if liquidity.filtered("reconciled"):
            raise UserError(
                self.env._("%s is matched with the bank statement already.", self.sire_receipt_number),
            )
        line_vals = [
            {
                "name": self.env._("Cleared: %s", self.sire_receipt_number),
                "partner_id": self.partner_id.id,
                "account_id": account.id,
                "currency_id": liquidity.currency_id.id,
                "amount_currency": sign * liquidity.amount_currency,
                "balance": sign * liquidity.balance,
            }
            for account, sign in ((self.journal_id.default_account_id, 1), (liquidity.account_id, -1))
        ]
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.journal_id.id,
                "company_id": self.company_id.id,
                "date": day,
                "ref": self.sire_receipt_number,
                "line_ids": [fields.Command.create(vals) for vals in line_vals],
            }
        )
        move.action_post()
        (liquidity + move.line_ids.filtered(lambda line: line.account_id == liquidity.account_id)).reconcile()
        return move

    # === ENDING ===#

    def action_sire_void(self, reason):
        """Void these receipts: they keep their number, their entry is reversed, the invoice is open again.

        :param str reason: why, for whoever looks at it later
        :raise UserError: a sentence that says why not
        """
        for payment in self:
            payment._sire_check_state(("received", "uncleared"), self.env._("be voided"))
            payment._sire_check_voidable()
            payment._sire_end("void", reason)
        return True

    def action_sire_return(self, reason):
        """Say that the bank returned the cheque or transfer: the invoice is open again.

        :param str reason: what the bank said
        :raise UserError: a sentence that says why not
        """
        for payment in self:
            payment._sire_check_state(("uncleared", "cleared"), self.env._("be returned by the bank"))
            payment._sire_check_not_matched_elsewhere()
            payment._sire_end("returned", reason)
        return True

    def _sire_check_state(self, states, words):
        self.ensure_one()
        self.check_access("write")
        if not self.sire_receipt_number:
            raise UserError(self.env._("This payment has no receipt."))
        if self.sire_receipt_state not in states:
            state = dict(self._fields["sire_receipt_state"]._description_selection(self.env))[self.sire_receipt_state]
            raise UserError(
                self.env._(
                    "Receipt %(receipt)s cannot %(words)s: it is “%(state)s”.",
                    receipt=self.sire_receipt_number,
                    words=words,
                    state=state,
                )
            )

    def _sire_check_voidable(self):
        """Refuse to void what others rely on. Rooms above add their own reasons.

        :raise UserError: a sentence
        """
        self.ensure_one()
        forbidden = self.env["sire.access.duty"]._sire_forbids("sire_billing.duty_register_void")
        if forbidden and self.sire_cashier_id == self.env.user:
            raise UserError(
                self.env._(
                    "You handed out receipt %s yourself: somebody else has to void it.", self.sire_receipt_number
                )
            )
        self._sire_check_not_matched_elsewhere()

    def _sire_check_not_matched_elsewhere(self):
        """Refuse when the money is used for something else than invoices: given back to the client, for example."""
        _liquidity, counterpart, _writeoff = self._seek_for_lines()
        partials = counterpart.matched_debit_ids | counterpart.matched_credit_ids
        others = (partials.debit_move_id | partials.credit_move_id).move_id - self.move_id
        others -= partials.exchange_move_id
        others = others.filtered(lambda move: not move._sire_is_payable_kind())
        if self.sire_receipt_state == "uncleared":
            liquidity = self._seek_for_lines()[0]
            partials = liquidity.matched_debit_ids | liquidity.matched_credit_ids
            others |= (partials.debit_move_id | partials.credit_move_id).move_id - self.move_id
        if others:
            raise UserError(
                self.env._(
                    "The money of receipt %(receipt)s is matched with %(names)s: unmatch it there first.",
                    receipt=self.sire_receipt_number,
                    names=", ".join(others.mapped("display_name")),
                )
            )

    def _sire_end(self, state, reason):
        """Take the receipt back: reverse its entries and say on it and on the invoices what happened.

        :param str state: ``void`` or ``returned``
        """
        missing = self.env._("Enter the reason: it stays with the receipt.")
        reason = clean_reason(self.env, reason, missing, cut_at=200)
        opened = gate.opened(self)
        invoices = self.reconciled_invoice_ids
        # First of all: of two at once the later starts over, and reads what has become of the receipt.
        opened.write(
            {
                "sire_receipt_state": state,
                "sire_end_reason": reason,
                "sire_ended_at": fields.Datetime.now(),
                "sire_ended_by_id": self.env.uid,
            }
        )
        invoices._sire_lock_payable()
        moves = gate.opened(self.sire_clearing_move_id | self.move_id)
        words = self.env._("Void") if state == "void" else self.env._("Returned")
        text = f"{words}: {self.sire_receipt_number}. {reason}"
        moves._reverse_moves([{"date": eat_today(), "ref": text} for _move in moves], cancel=True)
        opened.write({"state": "canceled" if state == "void" else "rejected"})
        for record in [*invoices, self]:
            record.message_post(body=text)
