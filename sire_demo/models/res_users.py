import logging

from odoo import fields, models
from odoo.exceptions import AccessDenied

from ..const import BUILDING, DEMO_VARIABLE
from ..utils import is_demo_server

_logger = logging.getLogger(__name__)


class ResUsers(models.Model):
    _inherit = "res.users"

    sire_is_demo = fields.Boolean(
        string="Demo login",
        help="The password of this user is its login: it is refused unless the server runs as a demo.",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )

    def _check_credentials(self, credential, env):
        """Refuse demo users, by whatever credential, on a server that is not a demo."""
        if self.env.user._sire_is_refused():
            _logger.warning("Login %s refused: a demo user, and %s=1 is not set", self.env.user.login, DEMO_VARIABLE)
            raise AccessDenied(
                self.env._("This is a demo login. It works only on a server started as a demo (./sire run).")
            )
        return super()._check_credentials(credential, env)

    def _compute_session_token(self, sid):
        """End the sessions a demo user opened while the server was a demo."""
        if self._sire_is_refused():
            return False
        return super()._compute_session_token(sid)

    def _check_password_policy(self, passwords):
        """Let the demo's logins be their passwords while it is being written; people choose longer ones."""
        if self.env.context.get("sire_demo_building") is BUILDING:
            return None
        return super()._check_password_policy(passwords)

    def _notify_security_setting_update(self, subject, content, mail_values=None, **kwargs):
        """Mail nobody while the demo is being written."""
        if self.env.context.get("sire_demo_building") is BUILDING:
            return self.env["mail.mail"]
        return super()._notify_security_setting_update(subject, content, mail_values=mail_values, **kwargs)

    def _sire_is_refused(self):
        """Tell whether this user may not enter: a demo user on a server that is not a demo.

        :rtype: bool
        """
        if is_demo_server():
            return False
        user_sudo = self.sudo()  # asked before anybody is logged in, about the user who wants to
        return bool(user_sudo.exists() and user_sudo.sire_is_demo)
