from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _sire_key_groups(self):
        """Override of `sire_signin`: a key that was made under a role for a period ends with the period."""
        roles_sudo = self.env["res.groups"].sudo().browse(self._sire_period_role_ids())  # ids of today's roles
        return super()._sire_key_groups() | roles_sudo

    def _sire_home_action(self):
        """Override of `sire_access`: an accountant's day starts with what is to be collected, a viewer's with figures."""
        self.ensure_one()
        if self.has_group("sire_access.group_project_manager"):
            return super()._sire_home_action()
        if self.has_group("sire_access.group_accountant"):
            return self.env.ref("sire_billing.action_sire_invoices_to_collect")
        if self.has_group("sire_access.group_viewer"):
            return self.env.ref("sire_billing.action_sire_figures")
        return super()._sire_home_action()
