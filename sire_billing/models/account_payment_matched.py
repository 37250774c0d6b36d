from odoo import models
from odoo.fields import Command


class AccountPayment(models.Model):
    """Which invoices a payment was matched with, for the steps of registering it that come before any matching."""

    _inherit = "account.payment"

    def _compute_stat_buttons_from_reconciliation(self):
        """Override of `account`: as for invoices (`account.move._compute_reconciled_payment_ids`), the host's two questions are
        asked of payments that something is matched with. What is left is what the host makes of no answer."""
        if not all(self._ids):  # new ones, in a form
            return super()._compute_stat_buttons_from_reconciliation()
        matched = self.move_id._sire_get_matched()
        asked = self.filtered(lambda payment: payment.move_id in matched)
        for payment in self - asked:
            sales = payment.invoice_ids.filtered(lambda move: move.is_sale_document(include_receipts=True))
            bills = payment.invoice_ids.filtered(lambda move: move.is_purchase_document(include_receipts=True))
            is_note = sales.mapped("move_type") == ["out_refund"]
            payment.reconciled_invoice_ids = sales
            payment.reconciled_invoices_count = len(sales)
            payment.reconciled_invoices_type = "credit_note" if is_note else "invoice"
            payment.reconciled_bill_ids = bills
            payment.reconciled_bills_count = len(bills)
            payment.reconciled_statement_line_ids = [Command.clear()]
            payment.reconciled_statement_lines_count = 0
        return super(AccountPayment, asked)._compute_stat_buttons_from_reconciliation() if asked else None
