import hashlib
import json

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.sire_access.const import ROLE_ADMIN

SCOPES = ("own", "all")


class SireAccessMatrix(models.AbstractModel):
    """The screen Role Permissions: shows the ticks, tells what a change would do to whom, and saves it.

    A change is ``{"role_id": int, "permission_id": int, "scope": "all", "own" or False}``.
    """

    _name = "sire.access.matrix"
    _description = "Role permissions"

    # === READING ===#

    @api.model
    def get_matrix(self):
        """:return: everything the screen shows: ``roles``, ``resources`` with their ``permissions``, ``ticks``, ``news``"""
        self.env["res.users"]._sire_check_author()
        roles, people = self.env["res.groups"]._sire_roles(), self._sire_people()
        ticks = self.env["sire.access.grant"]._sire_ticks_of(roles.ids)
        permissions = self.env["sire.access.permission"].search([("code", "!=", False)])
        return {
            "roles": [
                {
                    "id": role.id,
                    "name": role.name,
                    "comment": role.comment or "",
                    "fixed": self._sire_is_fixed(role),
                    "origin": role.sire_origin_id.name or False,
                    "people": [user.name for user, role_ids in people.items() if role.id in role_ids],
                }
                for role in roles
            ],
            "resources": [
                {
                    "id": resource.id,
                    "name": resource.name,
                    "permissions": [
                        {
                            "id": permission.id,
                            "code": permission.code,
                            "name": permission.action_id.name,
                            "admin_only": permission.admin_only,
                            "is_new": permission.is_new,
                            "has_own": permission._sire_has_own(),
                            "needs": list(permission._sire_needs().get(permission.code, ())),
                        }
                        for permission in permissions.filtered(lambda p, r=resource: p.resource_id == r)
                    ],
                }
                for resource in permissions.resource_id.sorted()
            ],
            "ticks": {role_id: dict(of_role) for role_id, of_role in ticks.items()},
            "news": len(permissions.filtered("is_new")),
        }

    @api.model
    def preview(self, changes):
        """What these changes would do, without doing it.

        :return: ``changes`` as words; ``effects``: for each permission who ``gains`` and who ``loses`` it;
            ``idle``: ticks that count for nothing until something else is ticked; ``duties``: pairs that somebody would hold and
            should not, ``blocked`` when one of them is forbidden; ``token``: to be given to :meth:`save`
        """
        self.env["res.users"]._sire_check_author()
        changes = self._sire_read_changes(changes)
        grants = self.env["sire.access.grant"]
        before = grants._sire_ticks_of(self.env["res.groups"]._sire_roles().ids)
        after = {role_id: dict(ticks) for role_id, ticks in before.items()}
        for role, permission, scope in changes:
            after[role.id][permission.code] = scope
            if not scope:
                del after[role.id][permission.code]
        people = self._sire_people()
        result = {
            "changes": [self._sire_in_words(role, permission, before, after) for role, permission, _scope in changes],
            "effects": self._sire_effects(people, before, after),
            "idle": self._sire_idle(changes, after),
            "duties": self._sire_new_duties(people, before, after),
        }
        result["blocked"] = any(duty["level"] == "forbid" for duty in result["duties"])
        state = json.dumps([result, before, after], sort_keys=True, default=str)
        result["token"] = hashlib.sha256(state.encode()).hexdigest()
        return result

    # === WRITING ===#

    @api.model
    def save(self, changes, token):
        """Save what was looked at.

        :param str token: from :meth:`preview` of the same changes
        :raise UserError: something changed since, so that what was shown is not what would happen
        :raise ValidationError: somebody would hold a forbidden pair
        """
        self.env["res.users"]._sire_check_author()
        # sudo: two administrators at once wait for each other here
        self.env.ref("sire_access.privilege_sire").sudo().lock_for_update()
        preview = self.preview(changes)
        if preview["token"] != token:
            raise UserError(
                self.env._("The permissions or roles were changed in the meantime. Look at the difference again.")
            )
        for duty in preview["duties"]:
            if duty["level"] == "forbid":
                raise ValidationError(
                    self.env._(
                        "%(person)s would hold both of “%(pair)s”, which one person may not.",
                        person=duty["person"],
                        pair=duty["pair"],
                    )
                )
        changes = self._sire_read_changes(changes)
        before = self.env["sire.access.grant"]._sire_ticks_of([role.id for role, *_rest in changes])
        self._sire_write(changes)
        self._sire_log(changes, before)
        self._sire_seen([permission.id for _role, permission, _scope in changes])
        return True

    @api.model
    def copy_role(self, role_id, name):
        """:return: id of a new role that may what this one may"""
        return self.env["res.groups"].browse(role_id)._sire_copy_role(name).id

    @api.model
    def mark_seen(self):
        """What came with an upgrade was looked at."""
        self.env["res.users"]._sire_check_author()
        self._sire_seen(self.env["sire.access.permission"].search([("is_new", "=", True)]).ids)
        return True

    # === HELPERS ===#

    def _sire_is_fixed(self, role):
        return role == self.env.ref(ROLE_ADMIN)

    def _sire_people(self):
        """:return: user → ids of the roles that count today, for everybody who has one"""
        # sudo: everybody is looked at
        users_sudo = self.env["res.users"].sudo().search([("share", "=", False)], order="name, id")
        people = {user: user._sire_role_ids_in(user.all_group_ids) for user in users_sudo}
        return {user: role_ids for user, role_ids in people.items() if role_ids}

    def _sire_read_changes(self, changes):
        """:raise UserError: for what is no cell of the matrix, or one that is not chosen"""
        roles = {role.id: role for role in self.env["res.groups"]._sire_roles()}
        result = []
        for change in changes:
            role = roles.get(change.get("role_id"))
            permission = self.env["sire.access.permission"].browse(change.get("permission_id")).exists()
            scope = change.get("scope") or False
            if not role or not permission or scope not in (False, *SCOPES):
                raise UserError(self.env._("This is no cell of the role permissions. Load the screen again."))
            if self._sire_is_fixed(role):
                raise UserError(self.env._("An administrator may do everything: there is nothing to tick."))
            if permission.admin_only:
                raise UserError(
                    self.env._(
                        "“%s” is for administrators only: whoever had it could take everything else.",
                        permission.display_name,
                    )
                )
            if scope == "own" and not permission._sire_has_own():
                raise UserError(self.env._("“%s” knows no own records.", permission.display_name))
            result.append((role, permission, scope))
        return result

    def _sire_write(self, changes):
        for role, permission, scope in changes:
            # sudo: ticks are written here and nowhere else
            grant_sudo = (
                self.env["sire.access.grant"]
                .sudo()
                .search([("role_id", "=", role.id), ("permission_id", "=", permission.id)])
            )
            if not scope:
                grant_sudo.unlink()
            elif grant_sudo:
                grant_sudo.scope = scope
            else:
                grant_sudo.create({"role_id": role.id, "permission_id": permission.id, "scope": scope})

    def _sire_log(self, changes, before):
        by_role = {}
        for role, permission, scope in changes:
            by_role.setdefault(role, []).append((permission, before[role.id].get(permission.code), scope))
        for role, cells in by_role.items():

            def in_words(which, cells=cells):
                return "\n".join(f"{cell[0].display_name}: {self._sire_scope_name(cell[which])}" for cell in cells)

            self.env["sire.access.change"]._sire_record("ticks", role.name, in_words(1), in_words(2))

    def _sire_seen(self, permission_ids):
        # sudo: as above
        self.env["sire.access.permission"].sudo().browse(permission_ids).filtered("is_new").is_new = False

    def _sire_scope_name(self, scope):
        return {"all": self.env._("all records"), "own": self.env._("own records")}.get(scope) or self.env._("no")
