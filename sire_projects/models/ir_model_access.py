from odoo import models

from odoo.addons.sire_access.const import ROLE_PROJECT_MANAGER, Limit


class IrModelAccess(models.Model):
    _inherit = "ir.model.access"

    def _sire_role_limits(self):
        """Override of `sire_access`: a project manager finishes and archives projects, an administrator deletes them."""
        limits = dict(super()._sire_role_limits())
        of_manager = limits.get(ROLE_PROJECT_MANAGER, {})
        unlink = of_manager.get("unlink", Limit(frozenset()))
        limits[ROLE_PROJECT_MANAGER] = of_manager | {"unlink": Limit(unlink.models | {"project.project"})}
        return limits
