from odoo import api, models
from odoo.exceptions import AccessDenied


class ResUsers(models.Model):
    """What the host leaves open in its sign-in with Google: for whom the token was made, and who it belongs to."""

    _inherit = "res.users"

    @api.model
    def _auth_oauth_validate(self, provider, access_token):
        """Believe only tokens that Google made for this server.

        The host takes any token of the provider: whoever runs another site with "Sign in with Google" could use the
        tokens of its visitors here.
        """
        validation = super()._auth_oauth_validate(provider, access_token)
        # nobody is signed in yet
        provider_sudo = self.env["auth.oauth.provider"].sudo().browse(provider)
        if not provider_sudo.enabled:
            raise AccessDenied()
        if provider_sudo._sire_is_google():
            if not provider_sudo.client_id or validation.get("aud") != provider_sudo.client_id:
                raise AccessDenied()
            domain = self._sire_google_domain()
            email = self._sire_google_email(validation)
            if domain and email.rpartition("@")[2] != domain:
                raise AccessDenied()
        return validation

    @api.model
    def _auth_oauth_signin(self, provider, validation, params):
        """Somebody whose login is the address that Google has verified is linked at the first sign-in; nobody is created."""
        provider_sudo = self.env["auth.oauth.provider"].sudo().browse(provider)  # nobody is signed in yet
        if not provider_sudo._sire_is_google():
            return super()._auth_oauth_signin(provider, validation, params)
        linked_sudo = self.sudo().search(  # as above
            [("oauth_uid", "=", validation["user_id"]), ("oauth_provider_id", "=", provider)], limit=1
        )
        email = self._sire_google_email(validation)
        if not linked_sudo and email:
            users_sudo = self.sudo().search([("login", "=ilike", _escape(email)), ("share", "=", False)])  # as above
            if len(users_sudo) == 1 and not users_sudo.oauth_uid:
                users_sudo.write({"oauth_provider_id": provider, "oauth_uid": validation["user_id"]})
        return super(ResUsers, self.with_context(no_user_creation=True))._auth_oauth_signin(
            provider, validation, params
        )

    @api.model
    def _sire_google_email(self, validation):
        """:return: the address in small letters, empty unless Google has verified it"""
        verified = str(validation.get("email_verified")).lower() == "true"
        return (validation.get("email") or "").strip().lower() if verified else ""

    @api.model
    def _sire_google_domain(self):
        params_sudo = self.env["ir.config_parameter"].sudo()  # nobody is signed in yet
        return (params_sudo.get_param("sire_signin.google_domain") or "").strip().lower().lstrip("@")


def _escape(text):
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
