from odoo import api, models

from ..engine.actor import at_work


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    @api.model
    def _generate(self, scope, name, expiration_date):
        """Override of `base`: it writes by SQL, and so says itself who is at work."""
        with at_work(self.env):
            return super()._generate(scope, name, expiration_date)
