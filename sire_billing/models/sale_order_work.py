from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.sire_base.utils.eat import eat_today


class SaleOrder(models.Model):
    """Which work a quotation takes, and when it lets go of it."""

    _inherit = "sale.order"

    sire_work_ids = fields.One2many("sire.quotation.work", "order_id", string="Work", copy=False)

    def write(self, vals):
        result = super().write(vals)
        if {"state", "validity_date"} & vals.keys():
            self._sire_sync_work()
        if "validity_date" in vals:  # the client may approve what had expired
            for order in self.filtered(lambda order: order.state == "sent" and order._sire_holds_work()):
                order._sire_check_not_by_time()
        return result

    def copy(self, default=None):
        """Override of `sale`: a duplicate says that it takes no work, for whoever sends it bills it a second time."""
        copies = super().copy(default)
        for order, duplicate in zip(self, copies, strict=True):
            # sudo: who copies need not read the rows
            if order.sudo().sire_work_ids and not duplicate.sire_previous_id:
                duplicate.message_post(
                    body=self.env._(
                        "Copied from %s without its work: the tasks, milestones and hours stay where they are, and may be"
                        " billed there. Make a quotation from the project to bill what is open.",
                        order.name,
                    )
                )
        return copies

    def _sire_holds_work(self):
        """:return: whether what is on this quotation is not to be quoted elsewhere: it was approved, or may be yet"""
        self.ensure_one()
        if self.state == "sent":
            return not self.validity_date or self.validity_date >= eat_today()
        return self.state != "cancel"

    def _sire_sync_work(self):
        """Let go of the work when a quotation is cancelled or declined; take it again when it is opened again.

        An expired quotation keeps its work until somebody else asks for it: then `_sire_release_work` lets go.

        :raise UserError: when another quotation has it by now
        """
        # sudo: who changes a quotation need not read who else has its work
        for order_sudo in self.sudo():
            works_sudo = order_sudo.sire_work_ids
            if order_sudo.state == "cancel":
                works_sudo = works_sudo.filtered("held")
                # what is being replaced, or never was the client's, leaves its hours to the version that counts
                is_handed_on = order_sudo.sire_superseded_at or (
                    order_sudo.sire_previous_id and not (order_sudo.sire_sent_at or order_sudo.sire_sending_ids)
                )
                if is_handed_on:
                    works_sudo.held = False
                else:
                    works_sudo._sire_let_go()
            elif order_sudo._sire_holds_work():
                # not what the client left out: somebody else may bill it
                works_sudo.filtered(lambda work: not work.held and not work.line_id.sire_offered_qty)._sire_take_again()

    def _sire_release_work(self):
        """Let go of the work of quotations that expired. Their rows are updated, not only locked: an approval or a later date
        of validity that is on its way is run again on what is true then."""
        # sudo: another manager's quotation
        orders_sudo = self.sudo().filtered(lambda order: not order._sire_holds_work())
        if orders_sudo:
            orders_sudo._sire_touch()
            orders_sudo.sire_work_ids.filtered("held").held = False
            self.env["sire.quotation.work"].flush_model(["held"])  # before somebody else's row says the opposite

    def _sire_touch(self):
        """Update the rows as they are: whoever sends or approves one of these at the same time starts over."""
        if self:
            self.env.cr.execute(SQL("UPDATE sale_order SET write_date = write_date WHERE id = ANY(%s)", list(self.ids)))

    def _sire_check_sendable(self, by_mail=True):
        """Override: nothing of it would be paid twice."""
        result = super()._sire_check_sendable(by_mail=by_mail)
        self._sire_check_not_by_time()
        return result

    def _sire_check_not_by_time(self):
        """:raise UserError: when the host bills some of this work as time is logged by now"""
        works_sudo = self.sudo().sire_work_ids.filtered("held")  # sudo: another manager's order may bill it
        tasks_sudo = works_sudo.task_id | works_sudo.milestone_id.task_ids
        times_sudo = works_sudo.timesheet_id | works_sudo.env["account.analytic.line"].search(
            [("task_id", "in", tasks_sudo.ids), ("so_line", "!=", False)]
        )
        lines_sudo = times_sudo.so_line.filtered(lambda line: line._sire_bills_time() and line.state != "cancel")
        if others_sudo := lines_sudo.order_id - self:
            raise UserError(
                self.env._(
                    "Time on %(order)s is billed as it is delivered on %(other)s: remove its line here, or the hours there.",
                    order=self.name,
                    other=others_sudo[0].name,
                )
            )

    def _sire_hand_work_to(self, lines):
        """Have the quotation that replaces this one bill the same work. This one keeps its rows, and holds nothing as long as
        it is replaced; when its revision is dropped, it asks for the work again.

        :param dict lines: for each line of this quotation the line of its revision, which has let go already
        """
        self.ensure_one()
        # sudo: written by our own methods alone
        work_sudo = self.env["sire.quotation.work"].sudo()
        work_sudo.flush_model(["held"])  # before the revision's rows say the opposite
        for line, replacing in lines.items():
            for found_sudo in line.sudo().sire_work_ids:
                found_sudo.copy({"line_id": replacing.id, "held": True})
