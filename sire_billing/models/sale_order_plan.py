from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from .. import gate


class SaleOrder(models.Model):
    """How an approved quotation becomes invoices: at once, or part by part as agreed with it."""

    _inherit = "sale.order"
    _sire_audit = {"fields": ("sire_invoicing",)}  # for sire_audit, where it is installed

    sire_invoicing = fields.Selection(
        selection=[
            ("all", "All at approval"),
            ("deposit", "Deposit and balance"),
            ("milestones", "Milestones"),
        ],
        string="Invoicing",
        default="all",
        required=True,
    )
    sire_instalment_ids = fields.One2many("sire.order.instalment", "order_id", string="Parts", copy=True)

    # === COMPUTES ===#

    @api.onchange("sire_invoicing")
    def _onchange_sire_invoicing(self):
        """Begin with a plan that holds; the names and shares are then changed at will."""
        if self.sire_invoicing == "all":
            self.sire_instalment_ids = [Command.clear()]
            return
        if self.sire_instalment_ids and (self.sire_invoicing == "milestones" or len(self.sire_instalment_ids) == 2):
            return
        last = "finish" if self.project_id else "step"
        parts = [
            {"name": self.env._("Deposit"), "basis": "percent", "percent": 50, "due": "approval", "sequence": 10},
            {"name": self.env._("Balance"), "basis": "rest", "due": last, "sequence": 20},
        ]
        self.sire_instalment_ids = [Command.clear(), *(Command.create(part) for part in parts)]

    # === FROZEN WITH THE REST ===#

    def _sire_check_write(self, vals):
        """Override: how it is invoiced is content, too."""
        if {"sire_invoicing", "sire_instalment_ids"} & vals.keys():
            self._sire_check_not_frozen()
        return super()._sire_check_write(vals)

    def _sire_digest_plan(self):
        """:return: the agreed parts as plain values; empty for a quotation that is invoiced at once"""
        self.ensure_one()
        if self.sire_invoicing == "all":
            return []
        return [
            [
                part.name or "",
                part.basis,
                f"{part.amount:.4f}",
                part.due,
                part.due_date.isoformat() if part.due == "date" and part.due_date else "",
                part.milestone_id._origin.id if part.due == "milestone" else 0,
            ]
            for part in self.sire_instalment_ids.sorted("sequence")
        ]

    def _sire_check_sendable(self, by_mail=True):
        """Override: the plan holds before the client reads it."""
        result = super()._sire_check_sendable(by_mail=by_mail)
        self._sire_check_plan()
        return result

    def _sire_check_plan(self):
        """:raise UserError: with the first thing that is wrong with the parts"""
        self.ensure_one()
        parts = self.sire_instalment_ids.sorted(lambda part: (part.sequence, part.id))
        if self.sire_invoicing == "all":
            if parts:
                raise UserError(self.env._("%s is invoiced at once: take its parts away.", self.name))
            return
        if len(parts) < 2:
            raise UserError(self.env._("Write at least two parts in the invoicing plan of %s.", self.name))
        if self.sire_invoicing == "deposit" and (len(parts) != 2 or parts[0].due != "approval"):
            raise UserError(
                self.env._(
                    "A deposit is invoiced at approval, and one balance later: choose Milestones for other plans."
                )
            )
        if parts[-1].basis != "rest" or any(part.basis == "rest" for part in parts[:-1]):
            raise UserError(self.env._("The last part of %s takes the rest, and no other does.", self.name))
        if parts[-1].due == "approval":
            raise UserError(self.env._("“%s” is the last part: it cannot be due at approval.", parts[-1].name))
        for part in parts:
            if self.currency_id.compare_amounts(part.amount, 0) <= 0:
                raise UserError(
                    self.env._("Nothing is left for “%s”: the parts come to more than the total.", part.name)
                )
            if part.due == "date" and not part.due_date:
                raise UserError(self.env._("Write the date on which “%s” is invoiced.", part.name))
            if part.due == "milestone" and (
                not part.milestone_id or part.milestone_id.project_id != self.project_id or not self.project_id
            ):
                raise UserError(self.env._("Choose the milestone of this project for “%s”.", part.name))
            if part.due == "finish" and not self.project_id:
                raise UserError(self.env._("“%s” waits for a project to be finished: choose the project.", part.name))

    def _sire_choose(self, chosen):
        """Override: the parts are of the total that the client chose."""
        result = super()._sire_choose(chosen)
        self._sire_check_plan()
        return result

    def action_draft(self):
        """Override of `sale`: the next agreement has its own parts to come. What was invoiced for this one is void by now, or
        it could not have been cancelled.
        """
        orders = self.filtered(lambda order: order.state == "cancel")
        parts = gate.opened(orders.sudo().sire_instalment_ids)  # sudo: invoices need not be read to open it again
        parts.filtered(lambda part: not part._sire_get_live_move()).write(
            {"reached_at": False, "reached_by_id": False, "move_id": False, "invoiced_at": False}
        )
        return super().action_draft()

    # === INVOICING ===#

    def _sire_has_plan(self):
        self.ensure_one()
        return self.sire_invoicing != "all"

    def _sire_lock_plan(self):
        """Wait for the quotations and all their parts, and lock them until the end of the transaction.

        The parts too: invoicing one writes its row, so whoever waited starts over and sees the invoice.
        """
        self._sire_lock()
        self.env.cr.execute(
            SQL("SELECT id FROM sire_order_instalment WHERE order_id = ANY(%s) ORDER BY id FOR UPDATE", list(self.ids))
        )

    def _sire_check_no_plan(self):
        """:raise UserError: when a quotation among these is invoiced part by part, and somebody else makes an invoice"""
        if gate.is_open(self.env):
            return
        for order in self:
            if order._sire_has_plan():
                raise UserError(
                    self.env._(
                        "%s is invoiced by its plan: press Invoice beside the part that is due, on the quotation.",
                        order.name,
                    )
                )

    def _sire_invoice_due_at_approval(self, date=None):
        """Invoice the parts that are due with the approval and never had an invoice.

        :param datetime.date date: invoice date, an East African day; today when not given
        """
        self.ensure_one()
        for part in self.sire_instalment_ids.filtered(lambda part: part.due == "approval" and not part.invoiced_at):
            part._sire_invoice(date=date)

    def _get_invoiceable_lines(self, final=False):
        """Override of `sale`: the last part is every line in full, less the parts whose invoices count.

        Not what the host counts by quantities: a credit note over a part of a down payment would have all of it invoiced again.
        """
        if not (self.env.context.get("sire_plan_rest") and gate.is_open(self.env)):
            return super()._get_invoiceable_lines(final)
        lines = self.order_line.filtered(
            lambda line: not line.is_downpayment and (line.display_type or line.product_uom_qty)
        )
        live = self.env["account.move"].concat(*(part._sire_get_live_move() for part in self.sire_instalment_ids))
        return lines + live.invoice_line_ids.sale_line_ids.filtered("is_downpayment")

    def _get_order_lines_to_report(self):
        """Override of `sale`: what was agreed; what became of it is in the plan."""
        lines = super()._get_order_lines_to_report()
        return lines.filtered(lambda line: not line.is_downpayment) if self._sire_has_plan() else lines
