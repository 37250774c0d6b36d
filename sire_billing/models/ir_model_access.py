from odoo import models

from odoo.addons.sire_access.const import CHANGES, ROLE_DEVELOPER, ROLE_VIEWER, VIEWER_KEEPS, Limit

M_PESA_MONEY = frozenset(
    {
        "sire.mpesa.assign.line",
        "sire.mpesa.assign.suggestion",
        "sire.mpesa.assign.wizard",
        "sire.mpesa.day",
        "sire.mpesa.receipt",
        "sire.mpesa.receipt.evidence",
        "sire.mpesa.request.wizard",
        "sire.mpesa.statement.line",
        "sire.mpesa.statement.wizard",
    }
)


class IrModelAccess(models.Model):
    _inherit = "ir.model.access"

    def _sire_role_limits(self):
        """A developer sees no money of `sire_mpesa` either, which knows no roles; a viewer prints statements."""
        limits = dict(super()._sire_role_limits())
        developer = dict(limits[ROLE_DEVELOPER])
        for mode in ("read", *CHANGES):
            developer[mode] = Limit(developer[mode].models | M_PESA_MONEY)
        limits[ROLE_DEVELOPER] = developer
        # choosing the days of a statement changes nothing of the business
        keeps = Limit(VIEWER_KEEPS.models | {"sire.statement.wizard"}, all_but=True)
        limits[ROLE_VIEWER] = limits[ROLE_VIEWER] | dict.fromkeys(CHANGES, keeps)
        return limits
