from urllib.parse import urlsplit

from odoo import models
from odoo.exceptions import UserError

from .. import const
from ..tools.daraja_client import TokenError
from ..utils import has_forbidden_word

OWN_PORTS = (None, 443)


class PaymentProvider(models.Model):
    """What can be tried before the first client pays. Each check says in one sentence how it went."""

    _inherit = "payment.provider"

    # === BUSINESS === #

    def _mpesa_check_account(self):
        """:return: whether it is clear who is paid, and a sentence
        :rtype: tuple[bool, str]
        """
        if not self.mpesa_shortcode:
            return False, self.env._("Fill in the number that clients pay to.")
        if fault := self._mpesa_find_setup_fault() or self._mpesa_find_shared_number():
            return False, fault
        if self.mpesa_shortcode_type == "till":
            if not self.mpesa_till:
                return False, self.env._("Clients pay to a till: fill in its number.")
            return True, self.env._("Clients pay to till %s.", self.mpesa_till)
        return True, self.env._("Clients pay to pay bill %s.", self.mpesa_shortcode)

    def _mpesa_check_keys(self):
        """Fetch a token with key and secret.

        :return: whether Safaricom gave one, and a sentence that says what to mend
        :rtype: tuple[bool, str]
        """
        provider_sudo = self.sudo()  # The credentials are the administrator's to read.
        key, secret = provider_sudo.mpesa_consumer_key or "", provider_sudo.mpesa_consumer_secret or ""
        if not key or not secret:
            return False, self.env._("Fill in consumer key and consumer secret.")
        if key == secret:
            return False, self.env._("Key and secret are the same text: one of them was pasted twice.")
        for text, name in ((key, self.env._("Consumer Key")), (secret, self.env._("Consumer Secret"))):
            if any(char.isspace() for char in text):
                return False, self.env._("%s: there is a blank in it. Copy it once more.", name)
        try:
            self._mpesa_try_keys()
        except TokenError as error:
            return False, self._mpesa_explain_no_token(error)
        return True, self.env._("Safaricom accepts key and secret.")

    def _mpesa_explain_no_token(self, error):
        """:return: what to mend when there is no token, one sentence"""
        host = urlsplit(self.mpesa_base_url or "").hostname or self.mpesa_base_url
        if error.why == "refused":
            return self.env._(
                "%s does not accept this key with this secret: copy both from the same app, and from the portal that"
                " belongs to this address.",
                host,
            )
        if error.why == "address":
            return self.env._("There is no Daraja at %s: mend the Daraja address.", host)
        if error.why == "network":
            return self.env._("%s does not answer: let this server reach it, port 443, and try again.", host)
        return self.env._("Safaricom is busy and said nothing about the keys: try again in a minute.")

    def _mpesa_check_passkey(self):
        """Ask Safaricom a question that needs the passkey.

        :return: whether it was understood, and a sentence
        :rtype: tuple[bool, str]
        """
        provider_sudo = self.sudo()  # The credentials are the administrator's to read.
        if not self.mpesa_shortcode or not provider_sudo.mpesa_passkey:
            return False, self.env._("Fill in the passkey.")
        if any(char.isspace() for char in provider_sudo.mpesa_passkey):
            return False, self.env._("There is a blank in the passkey. Copy it once more.")
        reply = self._mpesa_try_passkey()
        said = reply.error_message.lower()
        if "wrong credentials" in said:
            return False, self.env._("The passkey does not belong to %s.", self.mpesa_shortcode)
        if "merchant does not exist" in said:
            return False, self.env._("Safaricom does not know %s as a number for prompts.", self.mpesa_shortcode)
        if reply.has_dead_token or not (reply.error_code or reply.data.get("ResponseCode")) or reply.status == 429:
            return False, self.env._("Safaricom did not say whether the passkey is right: try again in a minute.")
        return True, self.env._("Safaricom accepts the passkey.")

    def _mpesa_check_address(self):
        """Look at the address under which Safaricom reports payments.

        :return: whether it is one that Safaricom calls, and a sentence
        :rtype: tuple[bool, str]
        """
        url = self.env["ir.config_parameter"]._sire_public_url()
        if fault := self._mpesa_find_address_fault(url):
            return False, fault
        return True, self.env._("Safaricom reports to %s.", url)

    def _mpesa_find_address_fault(self, url):
        """:param str url: the public address of this server
        :return: why Safaricom would not call it, one sentence, or None
        :rtype: str | None
        """
        if word := has_forbidden_word(url):
            return self.env._(
                "Safaricom refuses callback addresses that contain “%(word)s”, and this server's address is %(url)s.",
                word=word,
                url=url,
            )
        if self._mpesa_is_safaricom() and not url.startswith("https:"):
            return self.env._("Safaricom calls back over HTTPS only, and this server's address is %s.", url)
        settings = self.env["res.config.settings"]
        try:
            settings._sire_check_public_url(url)
        except UserError as error:
            return str(error)
        if not self._mpesa_is_safaricom():
            return None  # a sandbox of our own calls any address
        if settings._sire_is_local(url):
            return self.env._("%s is an address inside your own network: Safaricom cannot reach it.", url)
        if urlsplit(url).port not in OWN_PORTS:
            return self.env._("Leave out the port: Safaricom calls https addresses on 443, the usual one.")
        return None

    # === HELPERS === #

    def _mpesa_is_safaricom(self):
        """:return: whether this provider talks to Safaricom, with real or play money, and not to a sandbox of its own"""
        return (self.mpesa_base_url or "").rstrip("/") in (const.PRODUCTION_URL, const.SANDBOX_URL)
