from odoo import api, fields, models


class ResGroups(models.Model):
    _inherit = "res.groups"
    # for sire_audit, where it is installed
    _sire_audit = {"fields": ("sire_second_factor",)}

    sire_second_factor = fields.Boolean(
        "Requires a Second Factor",
        help="Who has this role signs in with an authenticator app or a passkey. Who has neither sets the app up at the "
        "next sign-in, which is at once.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        groups = super().create(vals_list)
        if any(vals.keys() & self._sire_role_fields() for vals in vals_list):
            self.env["res.users"]._sire_after_role_change()
        return groups

    def write(self, vals):
        """Roles are given and taken from the group's side too."""
        res = super().write(vals)
        if vals.keys() & self._sire_role_fields():
            self.env["res.users"]._sire_after_role_change()
        return res

    def unlink(self):
        res = super().unlink()
        self.env["res.users"]._sire_after_role_change()
        return res

    @api.model
    def _sire_role_fields(self):
        return {"user_ids", "implied_ids", "implied_by_ids", "sire_second_factor"}
