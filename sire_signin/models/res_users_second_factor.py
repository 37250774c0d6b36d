from odoo import api, models
from odoo.exceptions import AccessDenied

MFA_ENROL = "sire_enrol"
ENROL_URL = "/web/login/second-factor"


class ResUsers(models.Model):
    """A second factor where a role requires it: the host's authenticator app or passkey.

    It is asked for before there is a session, so that nothing has to be kept shut behind one: who has none sets the app
    up between password and session.
    """

    _inherit = "res.users"

    def _sire_factor_required(self):
        """:return: whether a role of this user requires a second factor"""
        self.ensure_one()
        user_sudo = self.sudo()  # asked before anybody is signed in
        return any(user_sudo.all_group_ids.mapped("sire_second_factor"))

    def _sire_must_enrol(self):
        """:return: whether the authenticator app is required and not there"""
        return not self.totp_enabled and self._sire_factor_required()

    def _mfa_type(self):
        """Stronger than the host's code by e-mail, which it has for users without an app."""
        return MFA_ENROL if self._sire_must_enrol() else super()._mfa_type()

    def _mfa_url(self):
        return ENROL_URL if self._sire_must_enrol() else super()._mfa_url()

    def _rpc_api_keys_only(self):
        """A password alone opens no external API either."""
        return super()._rpc_api_keys_only() or self._sire_factor_required()

    def _sire_enrol(self, secret, token):
        """Set up the authenticator app between password and session.

        :param str secret: base32, as the app was shown it
        :param int token: what the app shows
        :raise AccessDenied: when it does not fit
        """
        self.ensure_one()
        user_sudo = self.sudo()  # there is no session yet; the password was right
        if not self._sire_must_enrol() or user_sudo.auth_passkey_key_ids:
            raise AccessDenied()
        self._totp_rate_limit("code_check")
        if not self.with_user(self)._totp_try_setting(secret, token):
            raise AccessDenied(self.env._("The code does not fit. Wait for the next one and try again."))
        self._totp_rate_limit_purge("code_check")

    @api.model
    def _sire_end_sessions_without_factor(self):
        """End the sessions of users of whom a second factor is required since now, and who have none.

        Whoever switches it on keeps this session, to see what it does, and sets the app up at the next sign-in.
        """
        groups_sudo = self.env["res.groups"].sudo().search([("sire_second_factor", "=", True)])  # any role's
        if not groups_sudo:
            return
        # those who signed in before it was required have a session; who has none has no device
        devices_sudo = self.env["res.device"].sudo().search([("user_id", "!=", self.env.uid)])  # of any user
        # asked of the user and not of the group, which does not know who is in it for a period
        users_sudo = devices_sudo.user_id.filtered(
            lambda user: (
                user.active and not user.totp_enabled and not user.auth_passkey_key_ids and user._sire_factor_required()
            )
        )
        users_sudo._sire_end_sessions()
        devices_sudo.filtered(lambda device: device.user_id in users_sudo)._revoke()
