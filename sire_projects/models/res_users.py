from odoo import models

from odoo.addons.sire_access.const import ROLE_DEVELOPER


class ResUsers(models.Model):
    _inherit = "res.users"

    def _sire_home_action(self):
        """Override of `sire_access`: a developer's day starts with the own tasks, everybody else's with the projects."""
        self.ensure_one()
        home = super()._sire_home_action()
        roles = self._sire_roles()
        if home or not roles:
            return home
        if roles == (ROLE_DEVELOPER,):
            return self.env.ref("sire_projects.action_sire_my_tasks")
        return self.env.ref("sire_projects.action_sire_projects")
