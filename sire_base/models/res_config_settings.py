import ipaddress
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sire_public_url = fields.Char(
        "Public Address",
        config_parameter="sire_base.public_url",
        help="Used in links to clients and in the callback addresses of payment services.",
    )
    sire_public_url_note = fields.Char(compute="_compute_sire_public_url_note")
    sire_webhook_keep_days = fields.Integer(
        "Keep Handled Events",
        config_parameter="sire_base.webhook_keep_days",
        default=90,
        help="Days after which a handled webhook event is forgotten. Parked events stay.",
    )

    # === COMPUTES === #

    @api.depends("sire_public_url")
    def _compute_sire_public_url_note(self):
        params = self.env["ir.config_parameter"]
        for settings in self:
            url = settings.sire_public_url or ""
            try:
                settings._sire_check_public_url(url)
            except UserError as error:
                settings.sire_public_url_note = str(error)
                continue
            if not url:
                note = self.env._("Empty: %s is used, the address that this server knows.", params._sire_public_url())
            elif settings._sire_is_local(url):
                note = self.env._("Only this machine opens this address: right for trying out, not for clients.")
            else:
                note = self.env._("Clients and payment services on the internet must be able to open this address.")
            settings.sire_public_url_note = note

    # === CRUD === #

    def set_values(self):
        for settings in self:
            url = (settings.sire_public_url or "").strip().rstrip("/")
            settings._sire_check_public_url(url)
            settings.sire_public_url = url
            if settings.sire_webhook_keep_days < 1:
                raise UserError(self.env._("Handled webhook events are kept for one day at least."))
        return super().set_values()

    # === ACTIONS === #

    def action_sire_apply_kenyan_formats(self):
        """Button: money and dates as people in Kenya write them."""
        self.env["res.company"]._sire_apply_kenyan_formats()
        return {"type": "ir.actions.client", "tag": "reload"}

    # === HELPERS === #

    @api.model
    def _sire_check_public_url(self, url):
        """:param str url: what an administrator typed; empty is allowed
        :raise UserError: with a sentence that says what is wrong with it
        """
        if not url:
            return
        try:
            parts = urlsplit(url)
            host = parts.hostname
            port = parts.port or 443  # ValueError for what is no port
        except ValueError:
            host = port = None
        if not port or not host or parts.scheme not in ("http", "https") or any(char.isspace() for char in url):
            raise UserError(self.env._("Write the public address like https://pay.example.co.ke."))
        if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
            raise UserError(self.env._("The public address ends with the host name: leave out what follows it."))
        if parts.scheme == "http" and not self._sire_is_local(url):
            raise UserError(self.env._("The public address has to start with https://: Safaricom refuses http."))

    @api.model
    def _sire_is_local(self, url):
        """:return: whether only this machine, or its own network, can open the address"""
        host = urlsplit(url).hostname or ""
        try:
            return not ipaddress.ip_address(host).is_global
        except ValueError:
            return host == "localhost" or host.endswith((".localhost", ".local")) or "." not in host
