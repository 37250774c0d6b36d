from odoo import models, tools
from odoo.exceptions import AccessError

from odoo.addons.sire_access.const import ROLE_LIMITS


class IrModelAccess(models.Model):
    _inherit = "ir.model.access"

    @tools.ormcache("self.env.uid", "mode")
    def _get_allowed_models(self, mode="read"):
        """Take away what the user's roles refuse.

        Access rights of groups only add up: a viewer is an employee, and employees may write in some sixty
        models of the host. What no group can take away is taken away here, for every channel at once.
        """
        allowed = super()._get_allowed_models(mode)
        return frozenset(name for name in allowed if not self._sire_refuses(name, mode))

    def _sire_refuses(self, model_name, mode):
        """:return: whether every role of the user refuses ``mode`` on the model; False without a role"""
        roles = self.env.user._sire_roles()
        if not roles:
            return False
        limits = [self._sire_role_limits().get(role, {}).get(mode) for role in roles]
        return all(limit and limit.refuses(model_name) for limit in limits)

    def _sire_role_limits(self):
        """Role → operation → limit. Modules above add to it.

        :rtype: dict[str, dict[str, odoo.addons.sire_access.const.Limit]]
        """
        return ROLE_LIMITS

    def _make_access_error(self, model, mode):
        if not self._sire_refuses(model, mode):
            return super()._make_access_error(model, mode)
        names = ", ".join(self.env.ref(role).sudo().name for role in self.env.user._sire_roles())
        document = self.env["ir.model"]._get(model).name or model
        if mode == "read":
            message = self.env._(
                "Your role (%(role)s) does not see “%(document)s”. An administrator can give you another role.",
                role=names,
                document=document,
            )
        else:
            message = self.env._(
                "Your role (%(role)s) does not change “%(document)s”. An administrator can give you another role.",
                role=names,
                document=document,
            )
        return AccessError(message)
