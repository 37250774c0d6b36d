from odoo import api, models
from odoo.exceptions import UserError

# What a line of a quotation was made of.
QUOTED_FIELDS = frozenset({"date", "employee_id", "project_id", "task_id", "unit_amount", "user_id"})


class AccountAnalyticLine(models.Model):
    """Logged time that a client has on a quotation stays as the client has it, as invoiced time does in the host."""

    _inherit = "account.analytic.line"

    def write(self, vals):
        if QUOTED_FIELDS & vals.keys():
            self.filtered(lambda line: line._sire_would_change(vals))._sire_check_not_quoted()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_quoted(self):
        self._sire_check_not_quoted()

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
        # sudo: who logs time need not read quotations; only the number of one is said
        works_sudo = self.env["sire.quotation.work"].sudo()
        works_sudo = works_sudo.search([("timesheet_id", "in", self.ids), ("held", "=", True)])
        orders_sudo = works_sudo.order_id.filtered(
            lambda order: order.state in ("sent", "sale") and order._sire_holds_work()
        )
        if orders_sudo:
            raise UserError(
                self.env._(
                    "This time is on quotation %s, which the client has: it stays. Log what is to be added as new time, or"
                    " revise the quotation first.",
                    orders_sudo[0].name,
                )
            )
