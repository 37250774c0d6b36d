from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from odoo.addons.sire_access.const import GROUP_SEE_MONEY
from odoo.addons.sire_base.utils.eat import eat_today


class ProjectProject(models.Model):
    _inherit = "project.project"

    sire_order_ids = fields.One2many("sale.order", "project_id", string="Quotations", groups=GROUP_SEE_MONEY)
    sire_order_count = fields.Integer(
        string="Number of Quotations", compute="_compute_sire_money", groups=GROUP_SEE_MONEY
    )
    sire_invoice_count = fields.Integer(
        string="Number of Invoices", compute="_compute_sire_money", groups=GROUP_SEE_MONEY
    )
    sire_quoted = fields.Monetary(
        string="Quoted", compute="_compute_sire_money", groups=GROUP_SEE_MONEY, help="Sent or approved, VAT included."
    )
    sire_invoiced = fields.Monetary(string="Invoiced", compute="_compute_sire_money", groups=GROUP_SEE_MONEY)
    sire_paid = fields.Monetary(string="Paid", compute="_compute_sire_money", groups=GROUP_SEE_MONEY)
    sire_paid_percent = fields.Float(
        string="Paid (%)", compute="_compute_sire_money", groups=GROUP_SEE_MONEY, help="Paid, of what was invoiced."
    )

    def _compute_sire_money(self):
        """Quoted, invoiced and paid, VAT included, in the company's currency."""
        live = Domain("project_id", "in", self.ids) & Domain("sire_state", "in", ["sent", "approved"])
        # sudo: the totals, for whoever may see this project's money (groups of the fields); no document is shown
        orders_sudo = self.sudo().env["sale.order"].search(live)
        counts = dict(
            self.sudo().env["sale.order"]._read_group([("project_id", "in", self.ids)], ["project_id"], ["__count"])
        )
        invoices = {
            project: (count, total, residual)
            for project, count, total, residual in self.sudo()
            .env["account.move"]
            ._read_group(
                [
                    ("sire_project_id", "in", self.ids),
                    ("state", "=", "posted"),
                    ("move_type", "in", ("out_invoice", "out_refund")),
                ],
                ["sire_project_id"],
                ["__count", "amount_total_signed:sum", "amount_residual_signed:sum"],
            )
        }
        for project in self:
            count, invoiced, residual = invoices.get(project.sudo(), (0, 0.0, 0.0))
            orders = orders_sudo.filtered(lambda order, project=project: order.project_id.id == project.id)
            project.sire_quoted = sum(order.amount_total / (order.currency_rate or 1.0) for order in orders)
            project.sire_order_count = counts.get(project.sudo(), 0)
            project.sire_invoice_count = count
            project.sire_invoiced = invoiced
            project.sire_paid = invoiced - residual
            project.sire_paid_percent = 100.0 * (invoiced - residual) / invoiced if invoiced else 0.0

    # === HOST ===#

    def _ensure_sale_order_linked(self, sol_ids):
        """Override of `sale_project`: an order linked to a project is not confirmed by that; its client approves it."""
        return

    # === ACTIONS ===#

    def action_sire_new_quotation(self):
        """Make a quotation from the tasks that no live quotation bills yet, and open it.

        :return: the action that opens the new quotation
        :raise UserError: when the project has no client
        """
        self.ensure_one()
        self.env["sale.order"].check_access("create")
        if not self.partner_id:
            raise UserError(
                self.env._("Choose the client of %s first: the quotation is made out to the client.", self.name)
            )
        # Two clicks at once: the second waits, starts over because the row was touched, and finds the tasks taken.
        self.env.cr.execute(SQL("UPDATE project_project SET write_date = write_date WHERE id = %s", self.id))
        tasks, without_hours = self._sire_get_unbilled_tasks()
        company = self.company_id or self.env.company
        order = (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "project_id": self.id,
                    "partner_id": self.partner_id.id,
                    "company_id": company.id,
                    "order_line": [Command.create(task._sire_prepare_order_line()) for task in tasks],
                }
            )
        )
        order._sire_set_default_taxes()
        action = order._sire_form_action()
        if not tasks:
            message = self.env._("All tasks with hours are on a quotation already: add the lines by hand.")
        elif without_hours:
            message = self.env._("Left out because they have no hours: %s", ", ".join(without_hours.mapped("name")))
        else:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": message, "next": action},
        }

    def action_sire_quotations(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sire_billing.action_sire_quotations")
        action["domain"] = [("project_id", "=", self.id)]
        action["context"] = {"default_project_id": self.id, "default_partner_id": self.partner_id.id}
        return action

    def action_sire_invoices(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sire_billing.action_sire_invoices")
        action["domain"] = [("sire_project_id", "=", self.id), ("move_type", "in", ("out_invoice", "out_refund"))]
        action["context"] = {"create": False}
        return action

    def _sire_get_unbilled_tasks(self):
        """:return: tasks with hours that no live quotation bills, and tasks left out because they have none."""
        self.ensure_one()
        # sudo: a line on a quotation that this manager may not read still takes the task
        taken_sudo = (
            self.sudo()
            .env["sale.order.line"]
            .search(
                [
                    ("sire_task_id.project_id", "=", self.id),
                    ("order_id.state", "!=", "cancel"),
                    "!",
                    "&",
                    ("order_id.state", "=", "sent"),
                    ("order_id.validity_date", "<", eat_today()),
                ]
            )
        )
        tasks = self.env["project.task"].search(
            [
                ("project_id", "=", self.id),
                ("state", "!=", "1_canceled"),
                ("id", "not in", taken_sudo.sire_task_id.ids),
            ],
            order="sequence, id",
        )
        with_hours = tasks.filtered(lambda task: task.allocated_hours > 0)
        return with_hours, tasks - with_hours
