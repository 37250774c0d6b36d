from odoo.http import request, route

from odoo.addons.account_payment.controllers.payment import PaymentPortal
from odoo.addons.sire_payment.controllers.portal import SirePortalAccount


class MpesaPortalAccount(SirePortalAccount):
    """M-Pesa in the host's portal: in how many payments, or why not."""

    def _get_common_page_view_values(self, invoices_data, access_token=None, **kwargs):
        """Override of `account_payment`: say what M-Pesa can carry of the amount that is paid."""
        values = super()._get_common_page_view_values(invoices_data, access_token=access_token, **kwargs)
        asked, amount = kwargs.get("sire_amount"), invoices_data["amount_residual"]
        amount = min(amount, asked) if isinstance(asked, float) else amount
        return values | _get_note(invoices_data["company"], amount, invoices_data["currency"], values["providers_sudo"])


class MpesaPaymentPortal(PaymentPortal):
    # Public in the host: payment links carry a token of their own, which the host checks.
    @route()
    def payment_pay(self, *args, **kwargs):
        """Override of `payment`: the same for payment links."""
        response = super().payment_pay(*args, **kwargs)
        values = getattr(response, "qcontext", None)
        if values and "providers_sudo" in values:
            can_split = values["transaction_route"] != "/payment/transaction"
            company, currency = values["res_company"], values["currency"]
            values.update(_get_note(company, values["amount"], currency, values["providers_sudo"], can_split))
        return response


def _get_note(company, amount, currency, offered, can_split=True):
    """:return: values for the template, empty where M-Pesa is not taken at all"""
    provider_sudo = request.env["payment.provider"]._mpesa_for_company(company)
    if not provider_sudo.is_published and not request.env.user._is_internal():
        return {}
    return provider_sudo._mpesa_get_form_values(amount, currency, provider_sudo in offered, can_split)
