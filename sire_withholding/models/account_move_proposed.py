from odoo import models


class AccountMove(models.Model):
    """Ways to pay that name an amount: they name the money to expect, not what is withheld."""

    _inherit = "account.move"

    def _sire_get_withheld(self):
        """Override of `sire_payment`: the client is asked for the money, and for a certificate of the rest."""
        return self.currency_id.round(super()._sire_get_withheld() + sum(self._sire_get_awaited().values()))

    def _mpesa_get_pay_bill(self):
        """Override of `sire_mpesa`: what is typed, and what the code to scan says."""
        pay_bill = super()._mpesa_get_pay_bill()
        if not pay_bill or not self._sire_get_awaited():
            return pay_bill
        move_sudo = self.sudo()  # as there: whoever calls this may see the invoice
        provider_sudo = self.env["payment.provider"]._mpesa_for_company(move_sudo.company_id)
        amount, _steps = provider_sudo._mpesa_get_step(move_sudo._sire_get_proposed())
        return {**pay_bill, "amount": amount} if amount else {}

    def _get_default_payment_link_values(self):
        """Override of `account_payment`: the most stays the whole."""
        values = super()._get_default_payment_link_values()
        if self._sire_get_awaited() and not values.get("has_eligible_epd"):
            values["amount"] = min(values["amount"], self._sire_get_proposed())
        return values
