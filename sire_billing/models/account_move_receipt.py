from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_payment.utils import format_money

from .. import gate


class AccountMove(models.Model):
    """Invoices that are paid by a cheque or transfer which is not cleared, and the entries of receipts."""

    _inherit = "account.move"

    sire_uncleared_text = fields.Char(string="Not Cleared Yet", compute="_compute_sire_uncleared_text")

    @api.depends("payment_state", "amount_residual")
    def _compute_sire_uncleared_text(self):
        for move in self:
            parts = [
                self.env._(
                    "%(amount)s by %(method)s (receipt %(receipt)s)",
                    amount=format_money(payment.amount, payment.currency_id),
                    method=payment.sire_method,
                    receipt=payment.sire_receipt_number,
                )
                for payment in move._sire_get_uncleared()
                if payment.sire_receipt_number
            ]
            move.sire_uncleared_text = ", ".join(parts)

    def _sire_get_uncleared(self):
        """:return: payments of this invoice whose money is not at the bank yet
        :rtype: account.payment
        """
        self.ensure_one()
        if not self._sire_is_payable_kind():
            return self.env["account.payment"]
        # sudo: whoever reads the invoice may know that its cheque is not cleared
        lines_sudo = self.sudo().line_ids.matched_credit_ids.credit_move_id
        payments_sudo = lines_sudo.move_id.origin_payment_id
        return payments_sudo.filtered(lambda payment: payment.sire_receipt_state == "uncleared")

    def _get_invoice_in_payment_state(self):
        """Override of `account`: Community calls an invoice paid at once; with a cheque that is not cleared it is not."""
        if len(self) == 1 and self._sire_get_uncleared():
            return "in_payment"
        return super()._get_invoice_in_payment_state()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Override of `account`: the entry of a receipt is reversed by voiding the receipt, which says why.

        :raise UserError: by any other way
        """
        if not gate.is_open(self.env):
            receipts = self.origin_payment_id | self._sire_get_cleared_by()
            receipts._sire_check_no_receipt()
        return super()._reverse_moves(default_values_list, cancel)

    def _sire_get_cleared_by(self):
        """:return: the payments that these entries cleared"""
        # sudo: an entry is protected by what it cleared, whoever looks
        return self.env["account.payment"].sudo().search([("sire_clearing_move_id", "in", self.ids)])

    def _sire_check_not_clearing(self):
        payments = self.env["account.payment"] if gate.is_open(self.env) else self._sire_get_cleared_by()
        if payments:
            raise UserError(
                self.env._(
                    "This entry cleared receipt %s and stays. If the bank took the money back, press “Returned” on the"
                    " receipt.",
                    payments[0].sire_receipt_number,
                )
            )
        ended = self.env["account.payment"] if gate.is_open(self.env) else self._sire_get_ended()
        if ended:
            raise UserError(
                self.env._(
                    "This entry took receipt %s back and stays: it was voided or returned.",
                    ended[0].sire_receipt_number,
                )
            )

    def _sire_get_ended(self):
        """:return: the receipts that these entries took back"""
        reversed_sudo = self.sudo().reversed_entry_id  # sudo: as above
        payments_sudo = reversed_sudo.origin_payment_id | reversed_sudo._sire_get_cleared_by()
        return payments_sudo.filtered("sire_receipt_number")

    def button_draft(self):
        """Override of `account`: what cleared a receipt or took it back stays."""
        self._sire_check_not_clearing()
        return super().button_draft()

    def button_cancel(self):
        """Override of `account`: what cleared a receipt or took it back stays."""
        self._sire_check_not_clearing()
        return super().button_cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_clearing(self):
        self._sire_check_not_clearing()

    def action_sire_receive_payment(self):
        """Open the window for a cheque or bank transfer on this invoice.

        :raise UserError: when there is nothing to pay
        """
        action = self.action_sire_cash_payment()
        return {
            **action,
            "name": self.env._("Receive Payment"),
            "context": {**action["context"], "default_instrument": "cheque"},
        }
