from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.sire_signin.const import GOOGLE_CLIENT_SUFFIX


class AuthOauthProvider(models.Model):
    _inherit = "auth.oauth.provider"

    @api.constrains("enabled", "client_id")
    def _check_sire_google(self):
        """A button that leads to an error page of Google's helps nobody."""
        for provider in self.filtered("enabled"):
            if provider._sire_is_google() and not (provider.client_id or "").endswith(GOOGLE_CLIENT_SUFFIX):
                raise UserError(
                    self.env._(
                        "The client ID of Google ends with %s: copy it from Google's console.", GOOGLE_CLIENT_SUFFIX
                    )
                )

    def _sire_is_google(self):
        return bool(self) and self == self.env.ref("auth_oauth.provider_google", raise_if_not_found=False)
