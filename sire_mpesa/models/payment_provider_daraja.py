from odoo import fields, models

from .. import const
from ..tools import daraja_client
from ..utils import has_forbidden_word, make_password


class PaymentProvider(models.Model):
    """What the provider says to Daraja. The words are here, the wire is in `tools/daraja_client`."""

    _inherit = "payment.provider"

    def _mpesa_query(self, checkout_request_id):
        """Ask Safaricom how a prompt ended.

        :return: ``(outcome, StkResult | None)``, outcome is ``paid``, ``failed``, ``pending`` or ``unknown``
        :rtype: tuple[str, StkResult | None]
        """
        return self._mpesa_get_client().query(self._mpesa_build_query(checkout_request_id))

    def _mpesa_build_query(self, checkout_request_id):
        """:return: the body of the question how a prompt ended
        :rtype: dict
        """
        self.ensure_one()
        provider_sudo = self.sudo()  # The credentials are the administrator's to read.
        password, timestamp = make_password(
            provider_sudo.mpesa_shortcode, provider_sudo.mpesa_passkey, fields.Datetime.now()
        )
        return {
            "BusinessShortCode": int(provider_sudo.mpesa_shortcode),
            "Password": password,
            "Timestamp": timestamp,
            "CheckoutRequestID": checkout_request_id,
        }

    def _mpesa_build_push(self, tx):
        """Build the request for a prompt.

        :param tx: ``payment.transaction``, with phone and callback token
        :return: the body of the request
        :rtype: dict
        """
        self.ensure_one()
        provider_sudo = self.sudo()  # The credentials are the administrator's to read.
        is_till = provider_sudo.mpesa_shortcode_type == "till"
        shortcode, phone = int(provider_sudo.mpesa_shortcode), int(tx.mpesa_phone.lstrip("+"))
        password, timestamp = make_password(
            provider_sudo.mpesa_shortcode, provider_sudo.mpesa_passkey, fields.Datetime.now()
        )
        return {
            "BusinessShortCode": shortcode,
            "Password": password,
            "Timestamp": timestamp,
            "TransactionType": "CustomerBuyGoodsOnline" if is_till else "CustomerPayBillOnline",
            "Amount": int(tx.amount),
            "PartyA": phone,
            "PartyB": int(provider_sudo.mpesa_till) if is_till else shortcode,
            "PhoneNumber": phone,
            "CallBackURL": self._mpesa_get_callback_url(tx.mpesa_callback_token),
            "AccountReference": tx.mpesa_account_reference,
            "TransactionDesc": "Invoice",
        }

    def _mpesa_get_callback_url(self, token):
        return f"{self.env['ir.config_parameter']._sire_public_url()}{const.CALLBACK_PATH}{token}"

    def _mpesa_make_callback_token(self, make):
        """Make the unguessable part of a callback address, without a word that Safaricom refuses.

        :param make: ``callable()`` → a random text
        :rtype: str
        """
        token = make()
        while has_forbidden_word(token):
            token = make()
        return token

    def _mpesa_get_client(self):
        """:rtype: daraja_client.DarajaClient"""
        self.ensure_one()
        provider_sudo = self.sudo()  # The credentials are the administrator's to read.
        base_url, key = provider_sudo.mpesa_base_url, provider_sudo.mpesa_consumer_key
        secret = provider_sudo.mpesa_consumer_secret
        tokens = self.env["sire.mpesa.token"]

        def get_token(dead):
            return tokens._get(base_url, key, lambda: daraja_client.fetch_token(base_url, key, secret), dead)

        return daraja_client.DarajaClient(base_url, get_token)

    def _mpesa_try_keys(self):
        """Fetch a new token with key and secret.

        :raise TokenError: when Safaricom gives none
        """
        self.ensure_one()
        provider_sudo = self.sudo()  # The credentials are the administrator's to read.
        base_url, key = provider_sudo.mpesa_base_url, provider_sudo.mpesa_consumer_key
        secret = provider_sudo.mpesa_consumer_secret
        self.env["sire.mpesa.token"]._try(base_url, key, lambda: daraja_client.fetch_token(base_url, key, secret))

    def _mpesa_get_token(self):
        """Have a live token, fetched when there is none. Nobody needs it to be returned.

        :raise TokenError: when there is none
        """
        self._mpesa_get_client().get_token()

    def _mpesa_try_passkey(self):
        """Ask about a prompt that never was: the password of the question is made with the passkey.

        :return: what came back
        :rtype: daraja_client.Reply
        """
        self.ensure_one()
        provider_sudo = self.sudo()  # The credentials are the administrator's to read.
        password, timestamp = make_password(
            provider_sudo.mpesa_shortcode, provider_sudo.mpesa_passkey, fields.Datetime.now()
        )
        return self._mpesa_get_client().ask(
            daraja_client.QUERY_PATH,
            {
                "BusinessShortCode": int(provider_sudo.mpesa_shortcode),
                "Password": password,
                "Timestamp": timestamp,
                "CheckoutRequestID": f"ws_CO_{timestamp}000000",
            },
        )
