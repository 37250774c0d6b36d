from odoo import models

from .. import const


class AccountMove(models.Model):
    """How an invoice is paid without a prompt: what the payer types or scans."""

    _inherit = "account.move"

    def _mpesa_get_pay_bill(self):
        """Say how the invoice is paid from any phone.

        Only once Safaricom reports such payments: before, the money would not be seen here.

        :return: ``number`` (of the pay bill or till), ``is_till``, ``account`` (what is typed; empty for a till) and
            ``amount`` (whole shillings that one payment can carry); empty when there is nothing to pay that way
        :rtype: dict
        """
        self.ensure_one()
        move_sudo = self.sudo()  # clients have no account; whoever calls this may see the invoice
        provider_sudo = self.env["payment.provider"]._mpesa_for_company(move_sudo.company_id)
        if provider_sudo.mpesa_c2b_state != "registered" or move_sudo.currency_id.name != const.CURRENCY:
            return {}
        amount, _steps = provider_sudo._mpesa_get_step(move_sudo._sire_get_payable())
        is_till, number = provider_sudo.mpesa_shortcode_type == "till", provider_sudo._mpesa_get_number()
        if not amount or not number or not move_sudo.mpesa_reference:
            return {}
        return {
            "number": number,
            "is_till": is_till,
            "account": "" if is_till else move_sudo.mpesa_reference,
            "amount": amount,
        }

    def _mpesa_get_qr(self, ask=True):
        """Return the QR code that M-Pesa's own app reads in place of typing.

        :param bool ask: whether Safaricom may be asked for it, which takes seconds; else what was drawn before
        :return: a PNG, or None: without Safaricom there is none
        :rtype: bytes | None
        """
        self.ensure_one()
        pay_bill = self._mpesa_get_pay_bill()
        if not pay_bill:
            return None
        provider_sudo = self.env["payment.provider"]._mpesa_for_company(self.company_id)
        payload = {
            "MerchantName": self.sudo().company_id.name[:100],  # as above
            "RefNo": self.sudo().mpesa_reference,
            "Amount": pay_bill["amount"],
            "TrxCode": "BG" if pay_bill["is_till"] else "PB",
            "CPI": pay_bill["number"],
            "Size": "300",
        }
        return self.env["sire.mpesa.qr"]._get(provider_sudo, payload, ask)
