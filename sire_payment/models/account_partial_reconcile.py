from odoo import api, models
from odoo.exceptions import AccessError

from .. import gate

AMOUNT_FIELDS = frozenset(
    {"amount", "credit_amount_currency", "credit_move_id", "debit_amount_currency", "debit_move_id"}
)


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `account`: money is matched by matching it, and no more than what may be paid.

        :raise AccessError: when a matching of any amount is written by hand, which the host lets every biller do
        :raise UserError: a sentence that says what is left to pay and why
        """
        if not gate.is_matching(self.env):
            raise self._sire_matching_error()
        if not gate.is_checked(self.env):
            self._sire_check_matching(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if AMOUNT_FIELDS & vals.keys() and not self.env.su:
            raise self._sire_matching_error()
        return super().write(vals)

    # === HELPERS === #

    def _sire_matching_error(self):
        return AccessError(self.env._("The amounts of a matching are written by the matching alone."))

    def _sire_check_matching(self, vals_list):
        """Ask for what may be paid when somebody matches money that is in the books: of the bank, a payment, an entry.

        Credit notes take from what is owed, they are no payment.
        """
        lines = self.env["account.move.line"]
        asked = {}
        for vals in vals_list:
            debit, credit = lines.browse(vals["debit_move_id"]), lines.browse(vals["credit_move_id"])
            invoice = debit.move_id
            if not invoice._sire_is_payable_kind() or credit.move_id.is_invoice(include_receipts=True):
                continue
            amount, payments = asked.get(invoice, (0.0, self.env["account.payment"]))
            asked[invoice] = (
                amount + vals["debit_amount_currency"],
                payments | credit.move_id.origin_payment_id,
            )
        for invoice, (amount, payments) in asked.items():
            amount = invoice.currency_id.round(amount)
            if invoice.currency_id.compare_amounts(amount, 0) <= 0:
                continue  # a difference of rates, which moves no money
            transactions_sudo = payments.sudo().payment_transaction_id  # Only to leave out what they hold themselves.
            invoice._sire_check_payable(amount, exclude=transactions_sudo, exclude_payments=payments)
