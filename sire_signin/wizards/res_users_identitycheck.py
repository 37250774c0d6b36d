from odoo import models
from odoo.exceptions import UserError

from odoo.addons.sire_signin.exceptions import TooManyAttempts


class ResUsersIdentitycheck(models.TransientModel):
    _inherit = "res.users.identitycheck"

    def _check_identity(self):
        """The same waits as at the login page: who finds a session open does not guess the password in it."""
        user = self.create_uid
        try:
            with user._assert_can_auth(user=user.id):
                return super()._check_identity()
        except TooManyAttempts as error:
            raise UserError(str(error)) from None
