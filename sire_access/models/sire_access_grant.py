from odoo import api, fields, models, tools

from odoo.addons.sire_access.utils import ticks as of_ticks


class SireAccessGrant(models.Model):
    """A tick: a role has a permission, for all records or for its own.

    Written by `sire.access.matrix` and by the data of modules; nobody writes it by hand.
    """

    _name = "sire.access.grant"
    _description = "Tick of the role permissions"

    _sire_audit = {"fields": ("role_id", "permission_id", "scope")}

    role_id = fields.Many2one("res.groups", required=True, index=True, ondelete="cascade")
    permission_id = fields.Many2one("sire.access.permission", required=True, index=True, ondelete="cascade")
    scope = fields.Selection([("own", "Own records"), ("all", "All records")], required=True, default="all")

    _role_permission_uniq = models.Constraint("UNIQUE (role_id, permission_id)", "The role has this permission.")

    @api.model_create_multi
    def create(self, vals_list):
        grants = super().create(vals_list)
        self._sire_forget()
        return grants

    def write(self, vals):
        result = super().write(vals)
        self._sire_forget()
        return result

    def unlink(self):
        result = super().unlink()
        self._sire_forget()
        return result

    def _sire_forget(self):
        """From the next request on, in every worker."""
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    @api.model
    def _sire_ticks_of(self, role_ids):
        """:return: role id → {permission code: scope}, as ticked"""
        grants_sudo = self.sudo().search([("role_id", "in", list(role_ids))])  # sudo: asked in the name of everybody
        ticks = {role_id: {} for role_id in role_ids}
        for grant in grants_sudo:
            ticks[grant.role_id.id][grant.permission_id.code] = grant.scope
        return ticks

    @api.model
    @tools.ormcache("tuple(role_ids)")
    def _sire_effective(self, role_ids):
        """:return: what several roles come to for one person: permission code → scope"""
        return self._sire_effective_of(self._sire_ticks_of(role_ids).values())

    @api.model
    def _sire_effective_of(self, many):
        """:param many: ticks of several roles, saved or not"""
        permissions = self.env["sire.access.permission"]
        tickable = permissions._sire_tickable()
        ticks = {code: scope for code, scope in of_ticks.union(many).items() if code in tickable}
        return of_ticks.effective(ticks, permissions._sire_needs())
