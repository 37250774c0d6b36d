from odoo import models
from odoo.exceptions import AccessDenied

from ..engine.actor import at_work, signed_in


class ResUsers(models.Model):
    _inherit = "res.users"

    def _login(self, credential, user_agent_env):
        """Override of `base`: who signed in, and who could not."""
        log = self.env["sire.audit.entry"]
        private = {"tried.login": str(credential.get("login") or "")[:100]}
        method = str(credential.get("type") or "")
        try:
            auth_info = super()._login(credential, user_agent_env)
        except AccessDenied as refusal:
            refusal._sire_audit_seen = True
            log._log_apart("failed", kind="signin", note=method, private=private)
            raise
        user = self.env["res.users"].browse(auth_info["uid"])
        with signed_in(user.id):
            log.with_user(user)._log("signin", user, kind="signin", note=auth_info.get("auth_method") or method)
        return auth_info

    def _check_credentials(self, credential, env):
        """Override of `base`: the second factor, which comes after :meth:`_login` and whose page shows a refusal as a sentence."""
        method = str(credential.get("type") or "")
        if not method.startswith("totp"):
            return super()._check_credentials(credential, env)
        log = self.env["sire.audit.entry"]
        try:
            auth_info = super()._check_credentials(credential, env)
        except AccessDenied as refusal:
            refusal._sire_audit_seen = True
            with signed_in(self.id):  # there is no session yet
                log._log_apart("failed", self, kind="signin", note=method)
            raise
        with signed_in(self.id):  # there is no session yet
            log._log("signin", self, kind="signin", note=method)
        return auth_info

    def write(self, vals):
        """Override of `base`: `auth_totp` writes its secret by SQL."""
        if "totp_secret" not in vals:
            return super().write(vals)
        with at_work(self.env):
            return super().write(vals)

    def _set_encrypted_password(self, uid, pw):
        """Override of `base`: it writes by SQL, and so says itself who is at work."""
        with at_work(self.env):
            return super()._set_encrypted_password(uid, pw)
