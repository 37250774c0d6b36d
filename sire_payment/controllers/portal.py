from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.account_payment.controllers.payment import PaymentPortal
from odoo.addons.account_payment.controllers.portal import PortalAccount


class SirePortalAccount(PortalAccount):
    """What the host's portal offers to pay is what may be paid now, not what the invoice once was."""

    def _invoice_get_page_view_values(self, invoice, access_token, payment=False, amount=None, **kwargs):
        """Override of `account_payment`: ways to pay are looked for with the amount of the payment link, if it names one."""
        if amount:
            kwargs["sire_amount"] = float(amount)
        return super()._invoice_get_page_view_values(invoice, access_token, payment=payment, amount=amount, **kwargs)

    def _get_common_page_view_values(self, invoices_data, access_token=None, **kwargs):
        """Override of `account_payment`, which compares the limits of a provider with the total of the invoice.

        :param dict invoices_data: with ``amount_residual``, what is left
        """
        amount, asked = invoices_data["amount_residual"], kwargs.pop("sire_amount", None)
        if isinstance(asked, float):  # text comes from the address, and is nobody's amount
            amount = min(amount, asked)
        return super()._get_common_page_view_values(
            {**invoices_data, "total_amount": amount}, access_token=access_token, **kwargs
        )

    def _overdue_invoices_get_page_view_values(self, overdue_invoices, **kwargs):
        """Override of `account_payment`, which proposes the totals of invoices that are paid in part.

        What a prompt or an unmatched payment holds is not offered a second time, and what will not come as money is not
        asked for. With nothing left the host leads back to the list.
        """
        payables = {
            invoice: invoice.currency_id.round(invoice._sire_get_payable() - invoice._sire_get_withheld())
            for invoice in overdue_invoices
        }
        to_pay = overdue_invoices.filtered(lambda invoice: payables[invoice] > 0)
        values = super()._overdue_invoices_get_page_view_values(to_pay, **kwargs)
        if "payment" in values:
            values["amount"] = values["currency"].round(sum(payables[invoice] for invoice in to_pay))
            values["payment"]["amount"] = values["amount"]
        return values


class SirePaymentPortal(PaymentPortal):
    # Public in the host, which wants a login itself.
    @route()
    def overdue_invoices_transaction(self, payment_reference, **kwargs):
        """Override of `account_payment`: a list that was paid meanwhile, in another tab, is said and no error."""
        if not request.env.user._is_public():
            overdue = request.env["account.move"].search(self._get_overdue_invoices_domain())
            if not any(invoice._sire_get_payable() for invoice in overdue):
                raise UserError(request.env._("Nothing is left to pay on your overdue invoices. Reload the page."))
        return super().overdue_invoices_transaction(payment_reference, **kwargs)
