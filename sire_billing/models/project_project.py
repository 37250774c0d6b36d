from odoo import api, fields, models
from odoo.fields import Domain

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

    @api.depends("company_id")
    @api.depends_context("company", "allowed_company_ids")
    def _compute_sire_money(self):
        """Quoted, invoiced and paid, VAT included, in the project's currency.

        For all projects of a screen at once. A project that belongs to no company counts what the companies that are open
        have in it.
        """
        # sudo: the totals, for whoever may see this project's money (groups of the fields); no document is shown
        orders_sudo = self.sudo().env["sale.order"]
        moves_sudo = self.sudo().env["account.move"]
        companies = Domain("company_id", "in", self.company_id.ids + self.env.companies.ids)
        mine = Domain("project_id", "in", self.ids) & companies
        posted = (
            Domain("sire_project_id", "in", self.ids)
            & companies
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
        )
        quoted = [
            (order.project_id, order.company_id, order.amount_total / (order.currency_rate or 1.0))
            for order in orders_sudo.search(mine & Domain("sire_state", "in", ["sent", "viewed", "approved"]))
        ]
        counted = orders_sudo._read_group(mine, ["project_id", "company_id"], ["__count"])
        invoiced = moves_sudo._read_group(
            posted,
            ["sire_project_id", "company_id"],
            ["__count", "amount_total_signed:sum", "amount_residual_signed:sum"],
        )
        for project in self:
            counts = [count for _company, count in project._sire_of_mine(counted)]
            documents = project._sire_of_mine(invoiced)
            project.sire_order_count = sum(counts)
            project.sire_invoice_count = sum(count for _company, count, _total, _left in documents)
            project.sire_quoted = project._sire_add_up(project._sire_of_mine(quoted))
            project.sire_invoiced = project._sire_add_up(
                (company, total) for company, _count, total, _left in documents
            )
            left = project._sire_add_up((company, left) for company, _count, _total, left in documents)
            project.sire_paid = project.sire_invoiced - left
            project.sire_paid_percent = (
                100.0 * project.sire_paid / project.sire_invoiced if project.sire_invoiced else 0.0
            )

    def _sire_of_mine(self, rows):
        """:return: of rows that begin with project and company, those of this project, without the project"""
        self.ensure_one()
        return [
            (company, *values)
            for project, company, *values in rows
            if project.id == self._origin.id and (not self.company_id or company.id == self.company_id.id)
        ]

    def _sire_add_up(self, amounts):
        """:param amounts: pairs of company and amount in that company's currency
        :return: their sum in the currency of this project
        """
        self.ensure_one()
        today = eat_today()
        return sum(
            company.currency_id._convert(amount, self.currency_id, company, today) for company, amount in amounts
        )

    # === HOST ===#

    def _ensure_sale_order_linked(self, sol_ids):
        """Override of `sale_project`: an order linked to a project is not confirmed by that; its client approves it."""
        return

    # === ACTIONS ===#

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
