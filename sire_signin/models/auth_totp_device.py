from odoo import models


class AuthTotpDevice(models.Model):
    _inherit = "auth_totp.device"

    def _check_credentials_for_uid(self, *, scope, key, uid):
        """A browser that was trusted while a code by e-mail was enough does not spare the authenticator app."""
        if self.env["res.users"].browse(uid)._sire_must_enrol():
            return False
        return super()._check_credentials_for_uid(scope=scope, key=key, uid=uid)
