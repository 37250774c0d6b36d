import secrets

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .. import const
from ..tools import daraja_client
from ..utils import has_forbidden_word, parse_c2b, parse_receipt, to_text


class PaymentProvider(models.Model):
    """Payments that nobody was prompted for: their addresses, and who may pay what."""

    _inherit = "payment.provider"

    mpesa_c2b_token = fields.Char(readonly=True, copy=False, groups="base.group_system")
    mpesa_c2b_state = fields.Selection(
        string="Pay Bill Addresses",
        selection=[("none", "Not registered"), ("registered", "Registered"), ("failed", "Refused")],
        default="none",
        readonly=True,
        copy=False,
        help="Whether Safaricom tells this server about payments that nobody was prompted for.",
    )
    mpesa_c2b_message = fields.Char(string="Safaricom's Answer", readonly=True, copy=False)
    mpesa_c2b_registered_at = fields.Datetime(string="Registered On", readonly=True, copy=False)
    mpesa_c2b_validation = fields.Selection(
        string="Payments without a Prompt",
        selection=[
            ("all", "Accept all"),
            ("known", "Refuse unknown accounts"),
            ("open", "Refuse unknown accounts and invoices that need no payment"),
        ],
        default="all",
        required=True,
        help="Asked by Safaricom before the payer's PIN counts, when validation is switched on for the shortcode. What is"
        " refused is not paid; what is accepted and cannot be placed waits to be assigned.",
    )
    mpesa_c2b_limits = fields.Boolean(
        string="Refuse Other Amounts", help="Refuse payments without a prompt that are below or above the limits."
    )

    _mpesa_c2b_token_uniq = models.UniqueIndex(
        "(mpesa_c2b_token) WHERE mpesa_c2b_token IS NOT NULL", "A pay bill address belongs to one provider."
    )

    # === ACTIONS === #

    def action_mpesa_register_c2b(self):
        """Button: tell Safaricom where to report payments that nobody was prompted for.

        In production that can be done once, so the addresses stay the same for ever.

        :raise UserError: when this server's address is not one that Safaricom accepts
        """
        self.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator can register addresses at Safaricom."))
        addresses = self._mpesa_get_c2b_addresses()
        if word := has_forbidden_word(addresses["confirm"]):
            raise UserError(
                self.env._("Safaricom refuses addresses that contain “%s”: change the public address first.", word)
            )
        is_production = (self.mpesa_base_url or "").rstrip("/") == const.PRODUCTION_URL
        if is_production and not addresses["confirm"].startswith("https:"):
            raise UserError(self.env._("Safaricom reports over HTTPS only: change the public address first."))
        reply = self._mpesa_get_client().ask(
            daraja_client.REGISTER_PATH,
            {
                "ShortCode": int(self.mpesa_shortcode),
                "ResponseType": "Completed",  # what Safaricom does when we do not answer: money is never turned away
                "ConfirmationURL": addresses["confirm"],
                "ValidationURL": addresses["validate"],
            },
        )
        is_registered = reply.status == 200 and to_text(reply.data.get("ResponseCode")).strip("0") == ""
        is_registered = is_registered and bool(to_text(reply.data.get("ResponseCode")))
        values = {
            "mpesa_c2b_state": "registered" if is_registered else "failed",
            "mpesa_c2b_message": reply.get_words(),
        }
        if is_registered:
            values["mpesa_c2b_registered_at"] = fields.Datetime.now()
        elif self.mpesa_c2b_registered_at:
            values["mpesa_c2b_state"] = "registered"  # it was once, and stays so: Safaricom refuses the second time
        self.write(values)

    # === BUSINESS === #

    def _mpesa_get_c2b_addresses(self):
        """:return: ``confirm`` and ``validate``: addresses that hold for years, made when there are none
        :rtype: dict
        """
        provider_sudo = self.sudo()  # The token is a key.
        if not provider_sudo.mpesa_c2b_token:
            provider_sudo.mpesa_c2b_token = self._mpesa_make_callback_token(lambda: secrets.token_urlsafe(24))
        base = f"{self.env['ir.config_parameter']._sire_public_url()}{const.C2B_PATH}{provider_sudo.mpesa_c2b_token}"
        return {"confirm": f"{base}/confirm", "validate": f"{base}/validate"}

    def _mpesa_receive_c2b(self, raw_body, headers, remote_addr, data):
        """Keep a confirmation for the worker. A true repetition is one row; anything that differs is another.

        :param bytes raw_body: as received
        :param data: the same, decoded, if it can be
        :return: the event
        """
        self.ensure_one()
        inbox_sudo = self.env["sire.webhook.event"].sudo()  # Safaricom has no user here; the address was the key.
        number = parse_receipt(data.get("TransID")) if isinstance(data, dict) else None
        return inbox_sudo._receive(
            const.C2B_KIND,
            f"{self.id}/{number or '-'}/{inbox_sudo._get_storable_key('', raw_body)}",
            raw_body,
            headers,
            remote_addr=remote_addr,
            company=self.company_id,
        )

    def _mpesa_validate_c2b(self, data):
        """Tell Safaricom whether a payment may be made. It waits eight seconds, so nothing is locked and nothing asked.

        :param data: the decoded JSON; what cannot be read is accepted, its confirmation will show what it is
        :return: the answer
        :rtype: dict
        """
        self.ensure_one()
        try:
            sighting, shortcode = parse_c2b(data)
        except ValueError:
            return const.C2B_ACCEPT
        if shortcode and shortcode not in (self.mpesa_shortcode, self.mpesa_till):
            return self._mpesa_refuse_c2b("shortcode")
        if self.mpesa_c2b_limits and not self.mpesa_min_amount <= sighting.amount <= self.mpesa_max_amount:
            return self._mpesa_refuse_c2b("amount")
        if self.mpesa_c2b_validation != "all" and sighting.kind != "till":
            invoices_sudo = self.env["account.move"].sudo()  # Safaricom has no user here.
            found = invoices_sudo._mpesa_find_by_account(self.company_id, sighting.reference)
            if self.mpesa_c2b_validation == "open":
                found = found.filtered(lambda move: move.state == "posted" and move.amount_residual > 0)
            if not found:
                return self._mpesa_refuse_c2b("account")
        return const.C2B_ACCEPT

    def _mpesa_refuse_c2b(self, why):
        return {"ResultCode": const.C2B_REFUSE[why], "ResultDesc": "Rejected"}
