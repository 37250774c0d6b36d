from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# What a line of a quotation was made of.
QUOTED_FIELDS = frozenset({"date", "employee_id", "project_id", "task_id", "unit_amount", "user_id"})


class AccountAnalyticLine(models.Model):
    """Logged time that a client has on a quotation stays as the client has it, as invoiced time does in the host, and is not
    billed a second time by what the host counts as delivered."""

    _inherit = "account.analytic.line"

    # === CONSTRAINTS === #

    @api.constrains("so_line")
    def _check_sire_so_line(self):
        for line in self.filtered(lambda line: line.sudo().so_line._sire_bills_time()):
            # sudo: as below
            if orders_sudo := line._sire_get_other_quotations():
                raise UserError(
                    self.env._("This time is on quotation %s, and would be billed twice.", orders_sudo[0].name)
                )

    # === COMPUTES === #

    def _compute_so_line(self):
        """Override of `sale_timesheet`: when the line of its task or project changes, quoted time stays where it is billed."""
        result = super()._compute_so_line()
        for line in self:
            if line.so_line._sire_bills_time() and line._is_not_billed() and line._sire_get_other_quotations():
                line.so_line = False
        return result

    # === CRUD === #

    def write(self, vals):
        changed = self.browse()
        if QUOTED_FIELDS & vals.keys():
            changed = self.filtered(lambda line: line._sire_would_change(vals))
            changed._sire_check_not_quoted()
        hours = {line: line.unit_amount for line in changed} if "unit_amount" in vals else {}
        result = super().write(vals)
        for line, before in hours.items():
            line._sire_tell_draft(before, line.unit_amount)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_quoted(self):
        self._sire_check_not_quoted()
        for line in self:
            line._sire_tell_draft(line.unit_amount, 0.0)

    # === HELPERS === #

    def _sire_would_change(self, vals):
        """:return: whether one of the fields that count gets another value"""
        self.ensure_one()
        names = QUOTED_FIELDS & vals.keys()
        return any(self[name] != self._sire_read_value(name, vals[name]) for name in names)

    def _sire_read_value(self, name, value):
        field = self._fields[name]
        return field.convert_to_record(field.convert_to_cache(value, self), self)

    def _sire_check_not_quoted(self):
        """:raise UserError: when a client has this time on a quotation that may be approved, or is"""
        if orders_sudo := self._sire_get_quotations(Domain("timesheet_id", "in", self.ids)):
            raise UserError(
                self.env._(
                    "This time is on quotation %s, which the client has: it stays. Log what is to be added as new time, or"
                    " revise the quotation first.",
                    orders_sudo[0].name,
                )
            )

    def _sire_tell_draft(self, before, after):
        """Say in the history of a draft that its line is of other hours than are logged by now: nobody else bills the rest."""
        self.ensure_one()
        # sudo: who logs time need not read quotations
        works_sudo = self.env["sire.quotation.work"].sudo()
        works_sudo = works_sudo.search([("timesheet_id", "=", self.id), ("held", "=", True)])
        for order_sudo in works_sudo.order_id.filtered(lambda order: order.state == "draft"):
            here_sudo = order_sudo.with_context(lang=order_sudo.user_id.lang or self.env.lang)
            here_sudo.message_post(
                body=here_sudo.env._(
                    "Time of %(day)s on %(work)s was changed from %(before)s to %(after)s hours. The line is as it was made.",
                    day=f"{self.date:%d/%m/%Y}",
                    work=self.sudo().task_id.name or self.sudo().project_id.name,
                    before=f"{before:g}",
                    after=f"{after:g}",
                )
            )

    def _sire_get_other_quotations(self):
        """:return: quotations that the client has, beside the one whose line this time is on, that bill it, by itself or with
        its task or milestone"""
        self.ensure_one()
        line_sudo = self.sudo()  # sudo: as below
        task_sudo = line_sudo.task_id
        billing = Domain("timesheet_id", "in", self.ids) | Domain("task_id", "in", task_sudo.ids)
        billing |= Domain("milestone_id", "in", task_sudo.milestone_id.ids)
        return self._sire_get_quotations(billing & Domain("order_id", "!=", line_sudo.so_line.order_id.id))

    def _sire_get_quotations(self, billing):
        """:param Domain billing: which rows of work
        :return: the quotations of these rows that the client has. Others let the caller go on, drafts and expired ones: their
            rows are updated, not only locked, so whoever sends one at the same time starts over and sees what the caller did,
            or the caller does
        """
        # sudo: who logs time need not read quotations; only the number of one is said
        works_sudo = self.env["sire.quotation.work"].sudo().search(billing & Domain("held", "=", True))
        bound_sudo = works_sudo.order_id.filtered(lambda order: order.state != "draft" and order._sire_holds_work())
        (works_sudo.order_id - bound_sudo)._sire_touch()
        return bound_sudo
