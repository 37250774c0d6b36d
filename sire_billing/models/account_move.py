from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import gate


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "sire.client.document"]
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": ("sire_sent_at", "sire_sent_to", "sire_void_reason"),
        "personal": ("sire_sent_to",),
        "marks": (("sire_sent_at", "*", "send"), ("sire_void_reason", "*", "void")),
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

    @api.depends("invoice_line_ids.sale_line_ids")
    def _compute_sire_order_id(self):
        for move in self:
            move.sire_order_id = move.invoice_line_ids.sale_line_ids.order_id[:1]

    # === CRUD ===#

    @api.ondelete(at_uninstall=False)
    def _unlink_except_receipt(self):
        self.origin_payment_id._sire_check_no_receipt()

    def write(self, vals):
        """A document that left by one of the ways to send is sent in the words of both: ours and the host's."""
        if vals.get("sire_sent_at") and "is_move_sent" not in vals:
            vals = {**vals, "is_move_sent": True}
        result = super().write(vals)
        if vals.get("is_move_sent") and not vals.get("sire_sent_at"):
            gate.opened(self.filtered(lambda move: move._sire_is_document() and not move.sire_sent_at)).write(
                {"sire_sent_at": fields.Datetime.now()}
            )
        return result

    def _invoice_paid_hook(self):
        """Override of `sale`: it writes "Invoice paid" on the quotation, which whoever takes the money only reads. A credit note
        is not paid; one that voids its invoice says so itself, with the gate open.
        """
        moves_sudo = self.sudo()  # see above
        notes_sudo = moves_sudo.filtered(lambda move: move.move_type == "out_refund")
        for note_sudo in [] if gate.is_open(self.env) else notes_sudo:
            for order_sudo in note_sudo.invoice_line_ids.sale_line_ids.order_id:
                order_sudo.message_post(body=self.env._("Credit note %s is settled", note_sudo.name))
        return super(AccountMove, moves_sudo - notes_sudo)._invoice_paid_hook()

    # === ACTIONS ===#

    def button_draft(self):
        """Override of `account`: the entry of a receipt that was handed out stays, and so does an invoice that somebody has
        or that money was paid for."""
        if self:  # before a sentence about what somebody may not read
            self.check_access("write")
        self.origin_payment_id._sire_check_no_receipt()
        self._sire_check_may_take_back()
        return super().button_draft()

    def button_cancel(self):
        """Override of `account`: the entry of a receipt that was handed out stays."""
        if self:
            self.check_access("write")
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
        # Who may send need not be one who may edit: a project manager sends invoices. What is noted is the system's.
        may_send = (self.env.user._sire_ticks() or {}).get("invoice.send")
        self.check_access("read" if may_send else "write")
        if self.state != "posted" or self.move_type != "out_invoice":
            raise UserError(self.env._("Only a confirmed invoice can be sent to the client."))
        if not self.partner_id.email_normalized:
            raise UserError(
                self.env._("%s has no e-mail address: write it on the client first.", self.partner_id.display_name)
            )
        file_name = self.env._("Invoice %s.pdf", self.name.replace("/", "-"))
        pdf = self._sire_render_report("account.account_invoices", file_name)
        self._sire_send_document("sire_billing.mail_template_invoice", attachments=pdf)
        return True

    def action_sire_open_page(self):
        """Open the client's page of this invoice, as the client sees it.

        :raise AccessError: when the user may not have the link, with which anybody can pay
        """
        self.ensure_one()
        self._sire_check_may_give_link()
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
