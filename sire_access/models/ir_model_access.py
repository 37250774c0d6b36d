from odoo import models, tools
from odoo.exceptions import AccessError

from odoo.addons.sire_access.const import ROLE_LIMITS
from odoo.addons.sire_access.utils.caches import uncached


class IrModelAccess(models.Model):
    """Which models a user may read and change: the host's answer, what a role keeps out, and then the ticks."""

    _inherit = "ir.model.access"

    @tools.ormcache("self.env.uid", "mode", "self.env['res.users']._sire_day()")
    def _get_allowed_models(self, mode="read"):
        """Let the role permissions decide about every model that they know, for every channel at once.

        Access rights of groups only add up: a viewer is an employee, and employees may write in some sixty models of the host. What no
        group can take away is taken away here, and what a tick gives is given.
        """
        user = self.env.user
        allowed = uncached(super()._get_allowed_models)(mode)
        if user._sire_is_unlimited():
            return allowed
        allowed = {name for name in allowed if not self._sire_refuses(name, mode)}
        ticks = user._sire_ticks()
        gates = self.env["sire.access.gate"]
        for model_name in gates._sire_map()[0]:
            lines = gates._sire_lines(model_name, mode)
            if any(permission in ticks for permission, _domain, _own in lines):
                allowed.add(model_name)
            elif lines and (mode != "read" or not all(domain for _permission, domain, _own in lines)):
                allowed.discard(model_name)
        return frozenset(allowed)

    def _sire_host_opens(self, model_name, mode):
        """:return: whether host groups open the model and no role keeps it closed, before any tick"""
        groups = self._get_access_groups(model_name, mode)
        return groups.matches(self.env.user._get_group_ids()) and not self._sire_refuses(model_name, mode)

    def _sire_refuses(self, model_name, mode):
        """Of models that the matrix does not know.

        :return: whether every role of the user refuses ``mode`` on the model; False without a role
        """
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
        user = self.env.user
        lines = [] if user._sire_is_unlimited() else self.env["sire.access.gate"]._sire_lines(model, mode)
        if lines and model not in self._get_allowed_models(mode):
            permission = lines[0][0]
        elif self._sire_refuses(model, mode):
            permission = None
        else:
            return super()._make_access_error(model, mode)
        values = {
            "role": user._sire_role_names(),
            "document": self.env["ir.model"]._get(model).name or model,
            "help": user._sire_who_gives(permission),
        }
        if mode == "read":
            message = self.env._("Your role (%(role)s) does not see “%(document)s”. %(help)s", **values)
        else:
            message = self.env._("Your role (%(role)s) does not change “%(document)s”. %(help)s", **values)
        return AccessError(message)
