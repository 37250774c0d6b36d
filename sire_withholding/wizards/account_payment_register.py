from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.sire_payment.utils import format_money


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _get_total_amounts_to_pay(self, batch_results):
        """Override of `account`: what the client withholds does not come as money. The whole may be entered all the same.

        An early payment discount is left as the host works it out: it writes off the difference to what is proposed.
        """
        result = super()._get_total_amounts_to_pay(batch_results)
        withheld = 0.0 if result["epd_applied"] else self._sire_get_withheld(result["lines"].move_id)
        if withheld:
            result["amount_by_default"] = max(self.currency_id.round(result["amount_by_default"] - withheld), 0.0)
        return result

    def _create_payment_vals_from_batch(self, batch_result):
        """Override of `account`: of several invoices that are paid one by one, each.

        :raise UserError: for an invoice of which only a certificate is to come
        """
        values = super()._create_payment_vals_from_batch(batch_result)
        moves = batch_result["lines"].move_id
        if values["payment_type"] != "inbound" or values["write_off_line_vals"]:
            return values
        currency = self.env["res.currency"].browse(values["currency_id"])
        if withheld := self._sire_get_withheld(moves, currency):
            values["amount"] = max(currency.round(values["amount"] - withheld), 0.0)
            if currency.is_zero(values["amount"]):
                raise UserError(
                    self.env._(
                        "Of %s only a certificate is to come: leave it out, or register its payment by itself.",
                        ", ".join(moves.mapped("name")),
                    )
                )
        return values

    def _sire_get_withheld(self, moves, currency=None):
        """:param currency: ``res.currency``, that of the wizard when None
        :return: what certificates are to come for
        :rtype: float
        """
        return sum(
            move.currency_id._convert(amount, currency or self.currency_id, move.company_id, self.payment_date)
            for move in moves
            for amount in move._sire_get_awaited().values()
        )

    @api.depends("installments_mode")
    def _compute_installments_switch_values(self):
        """Override of `account`: it would speak of instalments."""
        result = super()._compute_installments_switch_values()
        for wizard in self.filtered(lambda one: one.journal_id and one.currency_id and not one.custom_user_amount):
            amounts = wizard._get_total_amounts_to_pay(wizard.batches)
            withheld = 0.0 if amounts["epd_applied"] else wizard._sire_get_withheld(amounts["lines"].move_id)
            if not withheld:
                continue
            is_whole = wizard.currency_id.compare_amounts(wizard.amount, amounts["full_amount"]) == 0
            wizard.installments_switch_amount = amounts["amount_by_default" if is_whole else "full_amount"]
            money = format_money(withheld, wizard.currency_id)
            words = (
                self.env._("%s of it is withheld: a certificate is to come.", money)
                if is_whole
                else self.env._("%s more is withheld: a certificate is to come.", money)
            )
            button = self.env._("Money to expect") if is_whole else self.env._("The whole")
            wizard.installments_switch_html = Markup(
                '%s <span class="installments_switch_button btn btn-link p-0 align-baseline">%s</span>'
            ) % (words, button)
        return result
