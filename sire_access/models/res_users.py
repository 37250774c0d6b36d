from odoo import models

from odoo.addons.sire_access.const import ROLES


class ResUsers(models.Model):
    _inherit = "res.users"

    def _sire_roles(self):
        """:return: xml ids of the user's roles, those that a role implies included"""
        self.ensure_one()
        return tuple(role for role in ROLES if self.has_group(role))

    def _sire_home_action(self):
        """Where the user's day starts. Modules above answer for the roles whose screens they own.

        :return: an action, or an empty ``ir.actions.actions``
        """
        self.ensure_one()
        return self.env["ir.actions.actions"]
