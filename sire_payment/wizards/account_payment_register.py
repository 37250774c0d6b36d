from odoo import api, models
from odoo.exceptions import UserError

from .. import gate
from ..utils import is_finite_number


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._sire_check_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._sire_check_values(vals)
        return super().write(vals)

    # === BUSINESS === #

    def _init_payments(self, to_process, edit_mode=False):
        """Override of `account`: refuse more than what may be paid on the customer invoices."""
        for values in to_process:
            self._sire_check_payment(values["create_vals"], values["to_reconcile"])
        return super()._init_payments(to_process, edit_mode=edit_mode)

    def _reconcile_payments(self, to_process, edit_mode=False):
        """Override of `account`: what it matches was compared with what may be paid before the payments were made."""
        for values in to_process:
            values["payment"] = gate.checked(values["payment"])
        return super()._reconcile_payments(to_process, edit_mode=edit_mode)

    # === HELPERS === #

    def _sire_check_values(self, vals):
        for name in ("amount", "custom_user_amount"):
            if name in vals and vals[name] is not False and not is_finite_number(vals[name]):
                raise UserError(self.env._("The amount must be a number, for example 1160 or 1160.50."))

    def _sire_check_payment(self, vals, lines):
        """Check one payment of the wizard.

        :param dict vals: values of the payment to come.
        :param lines: journal items that it is for. Credit notes among them are paid with, so they raise the amount.
        """
        invoices = lines.move_id.filtered(lambda move: move._sire_is_payable_kind())
        if not invoices or vals["payment_type"] != "inbound" or vals["partner_type"] != "customer":
            return
        currency = self.env["res.currency"].browse(vals["currency_id"])
        invoices._sire_check_amount(vals["amount"], currency)
        others = lines.filtered(lambda line: line.move_id not in invoices)
        offset = sum(
            line.currency_id._convert(line.amount_residual_currency, currency, line.company_id, vals["date"])
            for line in others
        )
        # A difference that is written off settles the invoice too: what a prompt holds would be paid for nothing.
        written_off = sum(part["amount_currency"] for part in vals.get("write_off_line_vals") or ())
        amount = vals["amount"] + max(written_off, 0.0) - currency.round(offset)
        if currency.compare_amounts(amount, 0) > 0:
            invoices._sire_check_payable(currency.round(amount), currency=currency, date=vals["date"])
