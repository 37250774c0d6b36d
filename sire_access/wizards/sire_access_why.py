from odoo import api, fields, models
from odoo.tools.safe_eval import safe_eval


class SireAccessWhy(models.TransientModel):
    """Why may somebody do something, or why not? Answers with the role, the tick or the rule that decides."""

    _name = "sire.access.why"
    _description = "Why may somebody do this?"

    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        default=lambda self: self.env.uid,
        domain=[("share", "=", False)],
    )
    permission_id = fields.Many2one("sire.access.permission", required=True)
    record_ref = fields.Reference(selection="_selection_record_ref", string="Record", help="Empty: any record.")
    allowed = fields.Boolean(compute="_compute_answer")
    answer = fields.Char(compute="_compute_answer")
    reasons = fields.Text(compute="_compute_answer")

    @api.model
    def _selection_record_ref(self):
        names = self.env["sire.access.gate"]._sire_map()[0]
        models_sudo = (
            self.env["ir.model"]
            .sudo()
            .search(  # sudo: names of documents
                [("model", "in", list(names)), ("transient", "=", False)], order="name"
            )
        )
        return [(model.model, model.name) for model in models_sudo]

    @api.depends("user_id", "permission_id", "record_ref")
    def _compute_answer(self):
        for why in self:
            if not why.user_id or not why.permission_id:
                why.allowed, why.answer, why.reasons = False, False, False
                continue
            why.allowed, reasons = why._sire_explain(why.user_id, why.permission_id, why.record_ref or None)
            values = {"person": why.user_id.name, "permission": why.permission_id.display_name}
            if why.allowed:
                why.answer = self.env._("Yes: %(person)s has “%(permission)s”.", **values)
            else:
                why.answer = self.env._("No: %(person)s does not have “%(permission)s”.", **values)
            why.reasons = "\n".join(f"• {reason}" for reason in reasons)

    @api.model
    def _sire_explain(self, user, permission, record=None):
        """:param record: the record in question, or None for any
        :return: whether it is allowed, and sentences that say by which role, tick or rule
        :rtype: tuple[bool, list[str]]
        """
        self.env["res.users"]._sire_check_author()
        if not user.active:
            return False, [self.env._("%s is archived.", user.name)]
        reasons = self._sire_explain_roles(user)
        if user._sire_is_unlimited():
            if not user._sire_is_administrator():
                reasons.append(self.env._("Without a role, the host's own groups decide."))
            return self._sire_explain_record(user, permission, record, reasons, "all")
        scope = user._sire_ticks().get(permission.code)
        reasons += self._sire_explain_ticks(user, permission)
        if not scope:
            return False, reasons
        return self._sire_explain_record(user, permission, record, reasons, scope)

    def _sire_explain_roles(self, user):
        reasons = []
        for role in user._sire_counting_roles():
            reasons.append(self.env._("Role: %s.", role.name))
        for period in self.env["sire.access.period"].search([("user_id", "=", user.id)]):
            if period.state == "active":
                reasons.append(self.env._("For a period: %s.", period._sire_in_words()))
            elif period.state == "over":
                reasons.append(self.env._("Over since then: %s.", period._sire_in_words()))
            else:
                reasons.append(self.env._("Not begun: %s.", period._sire_in_words()))
        if user._sire_is_administrator():
            reasons.append(self.env._("An administrator may do everything; nothing is ticked for it."))
        return reasons

    def _sire_explain_ticks(self, user, permission):
        reasons, matrix = [], self.env["sire.access.matrix"]
        roles = user._sire_counting_roles()
        of_roles = self.env["sire.access.grant"]._sire_ticks_of(roles.ids)
        if permission.admin_only:
            return [self.env._("“%s” is for administrators only.", permission.display_name)]
        for role in roles:
            reasons.append(
                self.env._(
                    "Tick of %(role)s on “%(permission)s”: %(scope)s.",
                    role=role.name,
                    permission=permission.display_name,
                    scope=matrix._sire_scope_name(of_roles[role.id].get(permission.code)),
                )
            )
        ticks = user._sire_ticks()
        for code in permission._sire_needs().get(permission.code, ()):
            if not ticks.get(code):
                reasons.append(self.env._("It needs “%s”, which is not there.", user._sire_permission_name(code)))
        return reasons

    def _sire_explain_record(self, user, permission, record, reasons, scope):
        """The record itself: is it the person's own, and what do the host's rules say."""
        operation = {"r": "read", "w": "write", "c": "create", "u": "unlink"}.get(permission.action_id.operations)
        if not record:
            if scope == "own":
                reasons.append(self.env._("Own records only."))
            models_of = [
                name
                for name, lines in self.env["sire.access.gate"]._sire_map()[0].items()
                if name in self.env and any(line[1] == permission.code for line in lines)
            ]
            if operation and models_of and user._sire_is_unlimited():
                allowed = all(self.env[name].with_user(user).has_access(operation) for name in models_of)
                return allowed, reasons
            return True, reasons
        mine = record.with_user(user)
        for mode in ["read", *([operation] if operation and operation != "read" else [])]:
            forbidden = mine._check_access(mode)
            if not forbidden:
                continue
            limit = self.env["ir.rule"].with_user(user)._sire_domain(record._name, mode)
            # sudo: asked about the person, not about who asks
            if not record.sudo().filtered_domain(limit):
                reasons.append(self.env._("“%s” is none of the person's own records.", record.sudo().display_name))
            failing_sudo = self.env["ir.rule"].with_user(user)._get_failing(mine, mode=mode).sudo()  # sudo: their names
            reasons += [self.env._("Rule: %s.", rule.name) for rule in failing_sudo]
            return False, reasons
        if scope == "own" and not operation:
            own = self.env["sire.access.gate"]._sire_own_domain(record._name, permission)
            context = self.env["ir.rule"].with_user(user)._eval_context()
            # sudo: as above
            if own and not record.sudo().filtered_domain(safe_eval(own, context)):
                reasons.append(self.env._("“%s” is none of the person's own records.", record.sudo().display_name))
                return False, reasons
        return True, reasons
