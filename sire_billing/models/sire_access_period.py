from odoo import models


class SireAccessPeriod(models.Model):
    _inherit = "sire.access.period"

    def _sire_forget(self, users):
        """Override of `sire_access`: keys and sessions of `sire_signin` follow a role for a period as one for good."""
        result = super()._sire_forget(users)
        self.env["res.users"]._sire_after_role_change()
        return result
