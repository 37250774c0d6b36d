from odoo import api, models, tools
from odoo.exceptions import AccessError
from odoo.tools import frozendict
from odoo.tools.safe_eval import safe_eval

from odoo.addons.sire_access.const import ROLE_ADMIN
from odoo.addons.sire_access.utils.caches import uncached
from odoo.addons.sire_base.utils.eat import eat_today


class ResUsers(models.Model):
    """What a user may do, from the roles of today."""

    _inherit = "res.users"

    # === ROLES OF TODAY ===#

    @api.model
    def _sire_day(self):
        """The date in Nairobi, and a fresh start for everything that was remembered about rights on another one.

        Roles for a period begin and end with a day. Each worker forgets by itself what it knew yesterday, so no
        job has to run at midnight.
        """
        today = eat_today()
        if getattr(self.pool, "sire_access_day", None) != today:
            self.env.registry.clear_cache("stable")
            self.pool.sire_access_day = today
        return today

    @tools.ormcache("self.id", "self._sire_day()")
    def _get_group_ids(self):
        self._sire_read_groups_anew()
        return uncached(super()._get_group_ids)()

    def _sire_read_groups_anew(self):
        """What is about to be remembered for a day must not come from what this request read on the day before."""
        self.invalidate_recordset(["all_group_ids"], flush=False)

    @api.depends("group_ids.all_implied_ids")
    def _compute_all_group_ids(self):
        """Besides the user's own groups: the roles of this period, and the host groups that go with what is ticked."""
        result = super()._compute_all_group_ids()
        for user in self.filtered("id"):
            more = set(user._sire_period_role_ids())
            # sudo: computed for everybody
            groups_sudo = (
                user.sudo().group_ids.all_implied_ids | self.env["res.groups"].sudo().browse(more).all_implied_ids
            )
            ticks = user._sire_ticks_in(groups_sudo)
            for code, scope in (ticks or {}).items():
                more.update(self.env["sire.access.permission"]._sire_groups(code, scope))
            if more:
                user.all_group_ids |= self.env["res.groups"].browse(more).all_implied_ids
        return result

    def _sire_period_role_ids(self):
        user = self._origin
        return user and self.env["sire.access.period"]._sire_role_ids_on(user.id, eat_today()) or ()

    def _sire_role_ids_in(self, groups):
        """:param groups: everything that the user is in
        :return: the roles that count: held directly, or implied by something that is not a role
        """
        roles = self.env["res.groups"]._sire_roles() & groups
        direct = self.sudo().group_ids | roles.browse(self._sire_period_role_ids())
        return roles.filtered(
            lambda role: role in direct or not any(role in (other.all_implied_ids - other) for other in roles)
        ).ids

    def _sire_counting_roles(self):
        """:return: the roles whose ticks count for this user today, with superuser rights: their names are asked for"""
        user_sudo = self.sudo()  # sudo: everybody's roles are asked for
        return self.env["res.groups"].sudo().browse(user_sudo._sire_role_ids_in(user_sudo.all_group_ids))

    # === TICKS ===#

    def _sire_ticks_in(self, groups):
        role_ids = self._sire_role_ids_in(groups)
        if not role_ids or self.env.ref(ROLE_ADMIN).id in groups.ids:
            return None
        return self.env["sire.access.grant"]._sire_effective(role_ids)

    @tools.ormcache("self.id", "self._sire_day()")
    def _sire_ticks(self):
        """:return: permission code → ``"all"`` or ``"own"``; None where the host alone decides: administrators, and
        whoever has no role
        """
        self.ensure_one()
        self._sire_read_groups_anew()
        user_sudo = self.sudo()  # sudo: everybody's rights are asked for
        ticks = user_sudo._sire_ticks_in(user_sudo.all_group_ids)
        return None if ticks is None else frozendict(ticks)

    def _sire_is_unlimited(self):
        """:return: whether the matrix says nothing about this user. Whoever asks looks at ``env.su`` too: ``env.user`` always
        comes with superuser rights
        """
        return self._sire_ticks() is None

    def _sire_may(self, code):
        """:param str code: such as ``"invoice.post"``
        :return: ``"all"``, ``"own"`` or None; ``"all"`` for whom the matrix says nothing about
        """
        return "all" if self._sire_is_unlimited() else self._sire_ticks().get(code)

    def _sire_check_may(self, code):
        """:raise AccessError: with a sentence that names the permission and who gives it"""
        if not self._sire_may(code):
            raise AccessError(self._sire_refusal(code))

    def _sire_check_doors(self, records, doors):
        """One of the permissions must be there, and where it is for own records, the records must be.

        :param doors: ``(permission code, own domain)``
        :raise AccessError:
        """
        for code, own_domain in doors:
            scope = self._sire_may(code)
            if scope == "all" or (scope == "own" and not own_domain):
                return
            if scope == "own":
                context = self.env["ir.rule"].with_user(self)._eval_context()
                # sudo: whether they are the user's own is asked of the records, readable or not
                if len(records.sudo().filtered_domain(safe_eval(own_domain, context))) == len(records):
                    return
        raise AccessError(self._sire_refusal(doors[0][0]))

    def _sire_duties(self, role_ids=None):
        """:param role_ids: the roles to look at; those of today when None
        :return: the pairs that this person holds and should not
        """
        if role_ids is None:
            ticks = self._sire_ticks() or {}
        elif self.env.ref(ROLE_ADMIN).id in role_ids:
            ticks = {}
        else:
            ticks = self.env["sire.access.grant"]._sire_effective(sorted(role_ids))
        return self.env["sire.access.duty"]._sire_held(ticks)

    # === WORDS ===#

    def _sire_permission_name(self, code):
        # sudo: the name of a permission is no secret
        permission_sudo = self.env["sire.access.permission"].sudo().search([("code", "=", code)], limit=1)
        return permission_sudo.with_context(lang=self.env.lang).display_name or code

    def _sire_role_names(self):
        return ", ".join(self._sire_counting_roles().with_context(lang=self.env.lang).mapped("name"))

    def _sire_who_gives(self, code):
        """:return: a sentence that says who can change it, and where"""
        # sudo: everybody may know whom to ask
        admins_sudo = self.env["res.users"].sudo()._sire_administrators()[:3]
        values = {"people": ", ".join(admins_sudo.mapped("name")) or "–"}
        if not code:
            return self.env._("An administrator (%(people)s) can give you another role.", **values)
        values["permission"] = self._sire_permission_name(code)
        if code not in self.env["sire.access.permission"]._sire_tickable():
            return self.env._("Only an administrator has “%(permission)s”: %(people)s.", **values)
        return self.env._("An administrator (%(people)s) can tick “%(permission)s” in Role Permissions.", **values)

    def _sire_refusal(self, code):
        return self.env._(
            "Your role (%(role)s) does not have the permission “%(permission)s”. %(help)s",
            role=self._sire_role_names(),
            permission=self._sire_permission_name(code),
            help=self._sire_who_gives(code),
        )
