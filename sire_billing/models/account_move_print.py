import base64

from odoo import models

# of the sixty that a provider has
PAYBILL = ("mpesa_shortcode_type", "mpesa_till", "mpesa_shortcode", "mpesa_c2b_state")


class AccountMove(models.Model):
    """What our letterhead prints beside the host's invoice: a stamp, and how to pay."""

    _inherit = "account.move"

    def _sire_get_stamp(self):
        """Return the word across each page of the print, and its colour.

        :return: (word, ``muted``, ``danger`` or ``success``); an empty word for an invoice that is to be paid
        :rtype: tuple[str, str]
        """
        self.ensure_one()
        if self.state == "draft":
            return self.env._("Draft"), "muted"
        if self.state == "cancel":
            return self.env._("Void"), "danger"
        if self.move_type == "out_invoice" and self.sire_status == "void":
            return self.env._("Void"), "danger"
        if self.move_type == "out_invoice" and self.payment_state == "reversed":
            return self.env._("Credited"), "danger"
        if self.move_type == "out_invoice" and self.payment_state in ("paid", "in_payment"):
            return self.env._("Paid"), "success"
        return "", ""

    def _sire_get_pay_box(self):
        """Return how the client pays what is left of the invoice, for its print.

        Who may not change the invoice prints the link that the client has, and makes none.

        The pay bill or till is printed once Safaricom reports what is paid to it: before, such money would not be seen.

        :return: ``amount`` (as people write it), ``url``, ``qr`` (a data URI), ``number`` of the pay bill or till, or
            empty, and ``is_till``; empty when there is nothing to pay
        :rtype: dict
        """
        self.ensure_one()
        # sudo: whoever may print the invoice may print what its client got by e-mail
        move_sudo = self.sudo()
        amount = move_sudo.move_type == "out_invoice" and move_sudo._sire_get_proposed()
        if not amount:
            return {}
        link_sudo = move_sudo._sire_find_client_link()
        if not link_sudo._is_open() and not self.env.cr.readonly and self.has_access("write"):
            link_sudo = link_sudo._for(move_sudo)
        if not link_sudo._is_open():
            return {}
        url = link_sudo._get_url()
        # As large as it is printed, times three: sharp on paper.
        png = self.env["ir.actions.report"].barcode("QR", url, width=300, height=300, quiet=False, barLevel="M")
        return {
            "amount": self._sire_money(amount),
            "url": url,
            "qr": f"data:image/png;base64,{base64.b64encode(png).decode()}",
            **({"number": False, "is_till": False} | self._sire_get_paybill()),
        }

    def _sire_get_paybill(self):
        """Return where the client pays without a link, once Safaricom reports what is paid there.

        :return: ``number`` of the pay bill or till, and ``is_till``; empty when there is none
        :rtype: dict
        """
        # sudo: its number is public
        provider_sudo = self.env["payment.provider"].sudo()._mpesa_for_company(self.company_id, PAYBILL)
        is_till, number = provider_sudo.mpesa_shortcode_type == "till", provider_sudo._mpesa_get_number()
        if provider_sudo.mpesa_c2b_state != "registered" or self.currency_id.name != "KES" or not number:
            return {}
        return {"number": number, "is_till": is_till}
