from odoo import models
from odoo.exceptions import UserError

from ..engine import schema


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        self._sire_audit_check_kept()
        return super().button_uninstall()

    def module_uninstall(self):
        self._sire_audit_check_kept()
        # columns go, and must not take the triggers of their tables with them
        schema.relax(self.env.cr, {table for table, _trigger in schema.installed(self.env.cr)})
        return super().module_uninstall()

    def _sire_audit_check_kept(self):
        """:raise UserError: when the audit log would go with these modules"""
        going = self + self.downstream_dependencies()
        if "sire_audit" in going.mapped("name"):
            raise UserError(
                self.env._(
                    "The audit log cannot be uninstalled: it would no longer say who did what. Modules that it needs stay, too."
                )
            )
