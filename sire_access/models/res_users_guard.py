from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.sire_access.const import ROLE_ADMIN

RIGHTS = {"group_ids", "all_group_ids", "active", "role", "share"}


class ResUsers(models.Model):
    """Guards of who has which role, whatever way a change comes: nobody raises themselves, and one administrator stays."""

    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        self._sire_guard({user: frozenset() for user in users}, people=users)
        return users

    def write(self, vals):
        if not (RIGHTS & vals.keys() or any(name.startswith(("in_group_", "sel_groups_")) for name in vals)):
            self._sire_check_no_takeover()
            return super().write(vals)
        self._sire_check_no_takeover()
        before = self._sire_rights_snapshot(self)
        result = super().write(vals)
        self._sire_guard(before, people=self)
        return result

    def unlink(self):
        self._sire_check_no_takeover()
        before = self._sire_rights_snapshot(self)
        result = super().unlink()
        self._sire_guard(before, people=self.browse())
        return result

    # === GUARDS ===#

    def _sire_check_no_takeover(self):
        """Who may correct people must not become an administrator by a new password or address."""
        if self.env.su or self.env.user._sire_is_administrator() or self <= self.env.user:
            return
        if any(user._sire_is_administrator() for user in self):
            raise AccessError(self.env._("Only an administrator changes an administrator."))

    @api.model
    def _sire_rights_snapshot(self, users=None):
        """:return: user → ids of all groups they have for good: who has a role for a period has not been given it yet; nobody
        who is archived
        """
        if users is None:
            if not self.pool.ready:
                return {}  # while modules are loaded, nobody is asking
            users = self
        # sudo: everybody is looked at
        users_sudo = self.sudo().search([("share", "=", False)]) if users is self else users.sudo()
        return {
            self.browse(user.id): frozenset(user.group_ids.all_implied_ids.ids) if user.active else frozenset()
            for user in users_sudo
        }

    @api.model
    def _sire_guard(self, before, people=None):
        """Look at everybody whose rights may have changed, after the change.

        :param dict before: :meth:`_sire_rights_snapshot` from before
        :param people: whom to look at; everybody when None
        :raise AccessError: somebody raised themselves, or gave a role who may not
        :raise ValidationError: no administrator would be left
        """
        if not before or not self.pool.ready:
            return
        # What follows from groups was computed while they were being changed: begin afresh.
        self.env.registry.clear_cache("groups", "stable")
        self.env["res.users"].invalidate_model(["all_group_ids"])
        self.env["res.groups"].invalidate_model(["all_implied_ids", "all_implied_by_ids", "all_user_ids"])
        after = self._sire_rights_snapshot(people)
        roles = set(self.env["res.groups"]._sire_roles().ids)
        high = roles | {self.env.ref(xmlid).id for xmlid in ("base.group_system", "base.group_erp_manager")}
        changed = self.browse()
        for user in before.keys() | after.keys():
            old, new = before.get(user, frozenset()), after.get(user, frozenset())
            if (old ^ new) & roles:
                changed |= self.browse(user.id)
            if (old ^ new) & high:
                self._sire_check_giver(user, old, new, high)
        admin = self.env.ref(ROLE_ADMIN).id
        if any(admin in old and admin not in after.get(user, ()) for user, old in before.items()):
            if not self.sudo()._sire_administrators():  # sudo: everybody is looked at
                raise ValidationError(
                    self.env._("This is the last administrator. Make somebody else one first, then take the role away.")
                )
        changed.exists()._sire_check_duties()
        for user in changed:
            self._sire_log_roles(user, before.get(user, ()), after.get(user, ()), roles)

    def _sire_check_giver(self, user, old, new, high):
        author = self.env.user
        if self.env.su:
            return
        if user == author and (new - old) & high:
            raise AccessError(self.env._("Nobody gives themselves a role: ask another administrator."))
        was_administrator = user == author and self.env.ref(ROLE_ADMIN).id in old
        if not was_administrator and not author._sire_is_administrator():
            raise AccessError(author._sire_refusal("user.assign"))

    def _sire_check_may_give_roles(self):
        """Roles for a period: the same as for roles without an end."""
        self._sire_check_author()
        if not self.env.su and self.env.user in self:
            raise AccessError(self.env._("Nobody gives themselves a role: ask another administrator."))

    @api.model
    def _sire_check_author(self):
        """:raise AccessError: who asks is no administrator"""
        author = self.env.user
        if not self.env.su and not author._sire_is_administrator():
            raise AccessError(author._sire_refusal("user.assign"))

    def _sire_check_duties(self, role_ids=None):
        """:param role_ids: the roles that they will have; those of today when None
        :raise ValidationError: somebody would hold two permissions that are forbidden together
        """
        for user in self.sudo():  # sudo: everybody's rights are looked at
            forbidden = user._sire_duties(role_ids).filtered(lambda duty: duty.level == "forbid")
            if forbidden:
                raise ValidationError(
                    self.env._(
                        "%(person)s would hold both of “%(pair)s”, which one person may not.",
                        person=user.name,
                        pair=forbidden[0].display_name,
                    )
                )

    # === HELPERS ===#

    def _sire_is_administrator(self):
        return self.sudo()._has_group(ROLE_ADMIN)  # sudo: asked about others too

    @api.model
    def _sire_administrators(self):
        """:return: those who hold the role for good, without the host's own superuser"""
        admin = self.env.ref(ROLE_ADMIN)
        domain = [("group_ids", "in", admin.all_implied_by_ids.ids), ("id", "!=", SUPERUSER_ID)]
        return self.search(domain, order="id")

    def _sire_log_roles(self, user, before, after, roles):
        def in_words(ids):
            names = self.env["res.groups"].browse(sorted(set(ids) & roles)).sudo().mapped("name")  # sudo: names
            return ", ".join(names) or self.env._("no role")

        name = user.exists().sudo().name or self.env._("user %s", user.id)  # sudo: the name only
        self.env["sire.access.change"]._sire_record("people", name, in_words(before), in_words(after), user)
