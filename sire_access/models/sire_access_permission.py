from odoo import api, fields, models, tools
from odoo.fields import Domain


class SireAccessPermission(models.Model):
    """A cell of the matrix: an action on a resource. A role ticks it with a `sire.access.grant`."""

    _name = "sire.access.permission"
    _description = "Permission"
    _order = "resource_id, action_id, id"

    resource_id = fields.Many2one("sire.access.resource", required=True, index=True, ondelete="cascade")
    action_id = fields.Many2one("sire.access.action", required=True, ondelete="cascade")
    code = fields.Char(compute="_compute_code", store=True, index=True)
    admin_only = fields.Boolean(
        string="Administrators only",
        help="Whoever had it could give themselves everything else, so no tick gives it.",
    )
    need_ids = fields.Many2many(
        "sire.access.permission",
        "sire_access_permission_need_rel",
        "permission_id",
        "need_id",
        string="Needs",
        help="Permissions without which this one counts for nothing. Reading is always needed.",
    )
    group_ids = fields.Many2many(
        "res.groups",
        "sire_access_permission_group_rel",
        "permission_id",
        "group_id",
        string="Groups of the Host",
        help="Groups that whoever has the permission is in while it is ticked: fields and screens stand behind them.",
    )
    all_group_ids = fields.Many2many(
        "res.groups",
        "sire_access_permission_all_group_rel",
        "permission_id",
        "group_id",
        string="Groups of the Host for All Records",
    )
    default_role_ids = fields.Many2many(
        "res.groups",
        "sire_access_permission_default_rel",
        "permission_id",
        "group_id",
        string="Ticked at First",
        help="Roles that have it when it appears. After that the administrator decides; upgrades change nothing.",
    )
    default_own_role_ids = fields.Many2many(
        "res.groups",
        "sire_access_permission_default_own_rel",
        "permission_id",
        "group_id",
        string="Ticked at First for Own Records",
    )
    is_new = fields.Boolean(
        string="New", readonly=True, help="Came with an upgrade; nobody has looked at its ticks yet."
    )
    gate_ids = fields.One2many("sire.access.gate", "permission_id")

    _resource_action_uniq = models.Constraint("UNIQUE (resource_id, action_id)", "There is such a permission.")

    # === COMPUTES ===#

    @api.depends("resource_id.code", "action_id.code")
    def _compute_code(self):
        for permission in self:
            permission.code = f"{permission.resource_id.code}.{permission.action_id.code}"

    @api.depends("resource_id.name", "action_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for permission in self:
            permission.display_name = self.env._(
                "%(resource)s: %(action)s",
                resource=permission.resource_id.name,
                action=(permission.action_id.name or "").lower(),
            )

    def _search_display_name(self, operator, value):
        """Find “invoice: post” by some of its words."""
        if operator not in ("ilike", "like", "=") or not isinstance(value, str):
            return super()._search_display_name(operator, value)
        return Domain.AND(
            Domain("resource_id.name", "ilike", word) | Domain("action_id.name", "ilike", word)
            for word in value.replace(":", " ").split()
        )

    # === CRUD ===#

    @api.model_create_multi
    def create(self, vals_list):
        permissions = super().create(vals_list)
        permissions._sire_tick_defaults()
        self.env.registry.clear_cache()
        return permissions

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # === BUSINESS ===#

    def _sire_tick_defaults(self):
        """A permission that appears is ticked where its module says; copies of a role follow the role they came from.

        What an administrator chose is never touched: that is in the grants of permissions that were there before.
        """
        roles = self.env["res.groups"]._sire_roles()
        grants = []
        for permission in self:
            for role in roles:
                origin = role._sire_base_role()
                if origin in permission.default_role_ids:
                    scope = "all"
                elif origin in permission.default_own_role_ids:
                    scope = "own"
                else:
                    continue
                grants.append({"role_id": role.id, "permission_id": permission.id, "scope": scope})
        # sudo: data of modules, not a choice of whoever installs
        self.env["sire.access.grant"].sudo().create(grants)
        if self.env["sire.access.change"].sudo().search_count([("kind", "=", "ticks")], limit=1):
            self.is_new = True

    @tools.ormcache()
    def _sire_needs(self):
        """:return: code → codes of what it needs"""
        needs = {}
        permissions_sudo = self.sudo().search([("code", "!=", False)])  # sudo: the structure is no secret of anybody
        read = {permission.resource_id: permission.code for permission in permissions_sudo if permission._sire_reads()}
        for permission in permissions_sudo:
            codes = set(permission.need_ids.mapped("code"))
            if not permission._sire_reads() and permission.resource_id in read:
                codes.add(read[permission.resource_id])
            needs[permission.code] = tuple(sorted(codes))
        return needs

    def _sire_has_own(self):
        """:return: whether the permission can be given for own records: each of its gates knows which those are"""
        self.ensure_one()
        records, methods, values = self.env["sire.access.gate"]._sire_map()
        own = [line[3] for lines in records.values() for line in lines if line[1] == self.code]
        own += [
            door[1] for doors in methods.values() for many in doors.values() for door in many if door[0] == self.code
        ]
        own += [
            door[2] for doors in values.values() for many in doors.values() for door in many if door[1] == self.code
        ]
        if not own and self.action_id.code == "export":
            read = self.search([("resource_id", "=", self.resource_id.id), ("action_id.operations", "=", "r")])
            return bool(read) and read._sire_has_own()
        # Beside a document, reading opens the names that it refers to: nobody's own.
        return any(own) if self.action_id.operations else bool(own) and all(own)

    def _sire_reads(self):
        return self.action_id.operations == "r"

    @tools.ormcache()
    def _sire_tickable(self):
        """:return: codes of the permissions that a tick can give"""
        # sudo: as above
        return frozenset(self.sudo().search([("admin_only", "=", False)]).mapped("code"))

    @tools.ormcache("code", "scope")
    def _sire_groups(self, code, scope):
        """:return: ids of the host's groups that go with a permission"""
        permission_sudo = self.sudo().search([("code", "=", code)])  # sudo: as above
        groups = permission_sudo.group_ids
        if scope == "all":
            groups |= permission_sudo.all_group_ids
        return tuple(groups.ids)
