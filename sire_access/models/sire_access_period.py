from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from odoo.addons.sire_base.utils.eat import eat_today


class SireAccessPeriod(models.Model):
    """A role that somebody has besides their own, from a day until a day: a handover, a leave.

    Dates are those on the wall in Nairobi, both included. Nothing has to run for the role to begin or to end: whether today is inside
    is asked whenever rights are asked for.
    """

    _name = "sire.access.period"
    _description = "Role for a period"
    _order = "date_until desc, id desc"

    _sire_audit = {"fields": ("user_id", "role_id", "date_from", "date_until")}

    user_id = fields.Many2one(
        "res.users", string="Person", required=True, index=True, ondelete="cascade", domain=[("share", "=", False)]
    )
    role_id = fields.Many2one(
        "res.groups",
        required=True,
        ondelete="cascade",
        domain=lambda self: [("id", "in", self.env["res.groups"]._sire_roles().ids)],
    )
    date_from = fields.Date(string="From", required=True, default=lambda self: eat_today())
    date_until = fields.Date(string="Until", help="The last day. Empty: until somebody takes the role away.")
    reason = fields.Char()
    state = fields.Selection([("coming", "Not begun"), ("active", "Today"), ("over", "Over")], compute="_compute_state")

    _dates_in_order = models.Constraint(
        "CHECK (date_until IS NULL OR date_until >= date_from)", "A period ends on the day it begins or later."
    )

    @api.depends("date_from", "date_until")
    def _compute_state(self):
        today = eat_today()
        for period in self:
            if not period.date_from or period.date_from > today:
                period.state = "coming"
            else:
                period.state = "over" if period.date_until and period.date_until < today else "active"

    @api.depends("user_id", "role_id")
    def _compute_display_name(self):
        for period in self:
            period.display_name = f"{period.user_id.name}: {period.role_id.name}"

    @api.constrains("role_id", "user_id")
    def _check_role(self):
        for period in self:
            if period.role_id not in self.env["res.groups"]._sire_roles():
                raise ValidationError(self.env._("“%s” is not a SIRE role.", period.role_id.name))
            if not period.user_id._is_internal():
                raise ValidationError(self.env._("%s is no employee: only employees have roles.", period.user_id.name))

    # === CRUD ===#

    @api.model_create_multi
    def create(self, vals_list):
        periods = super().create(vals_list)
        periods._sire_changed(dict.fromkeys(periods, ""))
        return periods

    def write(self, vals):
        before = {period: period._sire_in_words() for period in self}
        users = self.user_id
        result = super().write(vals)
        self._sire_changed(before, users)
        return result

    def unlink(self):
        before = {period: period._sire_in_words() for period in self}
        users, people = self.user_id, {period: (period.user_id, period.user_id.name) for period in self}
        users._sire_check_author()  # giving an own role back is no raise
        result = super().unlink()
        for period, words in before.items():
            user, name = people[period]
            self.env["sire.access.change"]._sire_record("people", name, words, "", user)
        self._sire_forget(users)
        return result

    # === HELPERS ===#

    def _sire_changed(self, before, users=None):
        users = (users or self.user_id) | self.user_id
        users._sire_check_may_give_roles()
        self._sire_forget(users)
        users._sire_check_duties()
        self._sire_check_duties_to_come()
        for period, words in before.items():
            user = period.user_id
            self.env["sire.access.change"]._sire_record("people", user.name, words, period._sire_in_words(), user)

    def _sire_check_duties_to_come(self):
        """A period that begins later is looked at now: on its first day nobody is asked.

        :raise ValidationError: somebody would hold two permissions that are forbidden together
        """
        for period in self.filtered(lambda period: period.state == "coming"):
            user_sudo = period.user_id.sudo()  # sudo: everybody's rights are looked at
            others = self.search([("user_id", "=", user_sudo.id)]).filtered(
                lambda other, period=period: (
                    (not period.date_until or other.date_from <= period.date_until)
                    and (not other.date_until or other.date_until >= period.date_from)
                )
            )
            roles = user_sudo._sire_role_ids_in(user_sudo.group_ids.all_implied_ids)
            user_sudo._sire_check_duties({*roles, *others.role_id.ids})

    def _sire_forget(self, users):
        self.env.invalidate_all()
        self.env["ir.model.access"].call_cache_clearing_methods()

    def _sire_in_words(self):
        self.ensure_one()
        first, last = (f"{day:%d/%m/%Y}" if day else self.env._("no end") for day in (self.date_from, self.date_until))
        return f"{self.role_id.name}, {first} – {last}"

    @api.model
    @tools.ormcache("user_id", "day")
    def _sire_role_ids_on(self, user_id, day):
        """:return: ids of the roles that the user has for a period on this day"""
        domain = [
            ("user_id", "=", user_id),
            ("date_from", "<=", day),
            "|",
            ("date_until", "=", False),
            ("date_until", ">=", day),
        ]
        return tuple(self.sudo().search(domain).role_id.ids)  # sudo: asked in the name of everybody
