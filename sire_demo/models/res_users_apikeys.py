from odoo import models


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    def _check_credentials(self, *, scope, key):
        """Refuse the API keys of demo users on a server that is not a demo (JSON-2, XML-RPC)."""
        user_id = super()._check_credentials(scope=scope, key=key)
        if user_id and self.env["res.users"].browse(user_id)._sire_is_refused():
            return None
        return user_id
