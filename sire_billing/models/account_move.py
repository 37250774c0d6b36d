from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.sire_base.utils.eat import eat_today


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "sire.client.document"]
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": ("sire_sent_at", "sire_sent_to"),
        "personal": ("sire_sent_to",),
        "marks": (("sire_sent_at", "*", "send"),),
    }

    sire_order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        compute="_compute_sire_order_id",
        store=True,
        index="btree_not_null",
        compute_sudo=True,
    )
    sire_project_id = fields.Many2one(
        "project.project", string="Project", related="sire_order_id.project_id", store=True, index="btree_not_null"
    )
    sire_sending_ids = fields.One2many(
        "sire.client.sending", "invoice_id", string="Sendings", readonly=True, copy=False
    )
    sire_overdue = fields.Boolean(string="Overdue", compute="_compute_sire_overdue", search="_search_sire_overdue")

    sire_status = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("unpaid", "Unpaid"),
            ("overdue", "Overdue"),
            ("partial", "Partly paid"),
            ("paid", "Paid"),
            ("credited", "Credited"),
            ("void", "Cancelled"),
        ],
        string="Paid or Not",
        compute="_compute_sire_status",
        help="What the ledger says, in a word.",
    )

    @api.depends("invoice_line_ids.sale_line_ids")
    def _compute_sire_order_id(self):
        for move in self:
            move.sire_order_id = move.invoice_line_ids.sale_line_ids.order_id[:1]

    @api.depends("state", "payment_state", "invoice_date_due")
    def _compute_sire_overdue(self):
        today = eat_today()
        for move in self:
            move.sire_overdue = (
                move.move_type == "out_invoice"
                and move.state == "posted"
                and move.payment_state in ("not_paid", "partial")
                and bool(move.invoice_date_due)
                and move.invoice_date_due < today
            )

    def _search_sire_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = (
            Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "posted")
            & Domain("payment_state", "in", ("not_paid", "partial"))
            & Domain("invoice_date_due", "<", eat_today())
        )
        return Domain.OR(overdue if wanted else ~overdue for wanted in value)

    @api.depends("state", "payment_state", "sire_overdue")
    def _compute_sire_status(self):
        words = {"paid": "paid", "in_payment": "paid", "partial": "partial", "reversed": "credited"}
        for move in self:
            if move.state != "posted":
                move.sire_status = "void" if move.state == "cancel" else "draft"
            elif move.sire_overdue:
                move.sire_status = "overdue"
            else:
                move.sire_status = words.get(move.payment_state, "unpaid")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_receipt(self):
        self.origin_payment_id._sire_check_no_receipt()

    def _invoice_paid_hook(self):
        """Override of `sale`: it writes "Invoice paid" on the quotation, which whoever takes the money only reads."""
        moves_sudo = self.sudo()  # see above
        return super(AccountMove, moves_sudo)._invoice_paid_hook()

    # === ACTIONS ===#

    def button_draft(self):
        """Override of `account`: the entry of a receipt that was handed out stays."""
        self.origin_payment_id._sire_check_no_receipt()
        return super().button_draft()

    def button_cancel(self):
        """Override of `account`: the entry of a receipt that was handed out stays."""
        self.origin_payment_id._sire_check_no_receipt()
        return super().button_cancel()

    def action_sire_cash_payment(self):
        """Open the cash wizard of this invoice.

        :raise UserError: when there is nothing to pay
        """
        self.ensure_one()
        if not self._sire_get_payable():
            self._sire_check_payable(self.amount_residual or self.currency_id.rounding)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cash Payment"),
            "res_model": "sire.cash.payment.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_move_id": self.id},
        }

    def action_sire_send(self):
        """Send the invoice to its client: e-mail with the PDF and the link to pay.

        :raise UserError: with a sentence that says what is missing
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "posted" or self.move_type != "out_invoice":
            raise UserError(self.env._("Only a confirmed invoice can be sent to the client."))
        if not self.partner_id.email_normalized:
            raise UserError(
                self.env._("%s has no e-mail address: write it on the client first.", self.partner_id.display_name)
            )
        file_name = self.env._("Invoice %s.pdf", self.name.replace("/", "-"))
        pdf = self._sire_render_report("account.account_invoices", file_name)
        self._sire_send_document("sire_billing.mail_template_invoice", attachments=pdf)
        self.is_move_sent = True
        return True

    def action_sire_open_page(self):
        """Open the client's page of this invoice, as the client sees it."""
        self.ensure_one()
        if self.state != "posted":
            raise UserError(self.env._("The client sees an invoice when it is confirmed."))
        return {"type": "ir.actions.act_url", "target": "new", "url": self._sire_get_client_url()}

    def action_view_source_sale_orders(self):
        """Override of `sale`: the quotation on our own screen."""
        self.ensure_one()
        orders = self.line_ids.sale_line_ids.order_id
        if len(orders) == 1:
            return orders._sire_form_action()
        action = self.env["ir.actions.act_window"]._for_xml_id("sire_billing.action_sire_quotations")
        return {**action, "domain": [("id", "in", orders.ids)]}

    def action_sire_open_project(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("sire_projects.action_sire_projects"),
            "res_id": self.sire_project_id.id,
            "views": [(self.env.ref("sire_projects.project_project_view_form").id, "form")],
        }
