from odoo import Command, api, fields, models


class SireMpesaAssignWizard(models.TransientModel):
    """Say whose a receipt is: one client or several, on invoices or as credit. The likeliest is filled in."""

    _name = "sire.mpesa.assign.wizard"
    _inherit = "sire.document.wizard"
    _description = "Assign an M-Pesa Receipt"
    _sire_documents = (
        "receipt_id",
        "line_ids.partner_id",
        "line_ids.invoice_id",
        "suggestion_ids.partner_id",
        "suggestion_ids.invoice_id",
    )

    receipt_id = fields.Many2one("sire.mpesa.receipt", required=True, readonly=True)
    company_id = fields.Many2one(related="receipt_id.company_id", related_sudo=False)
    currency_id = fields.Many2one(related="receipt_id.currency_id", related_sudo=False)
    amount = fields.Monetary(related="receipt_id.amount", related_sudo=False)
    paid_at = fields.Datetime(related="receipt_id.paid_at", related_sudo=False)
    payer = fields.Char(compute="_compute_payer")
    reference = fields.Char(related="receipt_id.reference", related_sudo=False)
    reason = fields.Char(related="receipt_id.reason", related_sudo=False)
    line_ids = fields.One2many("sire.mpesa.assign.line", "wizard_id", string="For")
    suggestion_ids = fields.One2many("sire.mpesa.assign.suggestion", "wizard_id", string="Suggestions")
    left = fields.Monetary(string="Not Yet Assigned", compute="_compute_left")

    # === COMPUTES === #

    @api.depends("receipt_id")
    def _compute_payer(self):
        for wizard in self:
            receipt = wizard.receipt_id
            wizard.payer = " · ".join(filter(None, (receipt.payer_name, receipt.payer_phone)))

    @api.depends("line_ids.amount", "amount")
    def _compute_left(self):
        for wizard in self:
            wizard.left = wizard.amount - sum(wizard.line_ids.mapped("amount"))

    # === ACTIONS === #

    def action_assign(self):
        """Button: book it."""
        self.ensure_one()
        empty = self.env["account.move"]
        self.receipt_id._assign([(line.partner_id, line.invoice_id or empty, line.amount) for line in self.line_ids])
        return {"type": "ir.actions.act_window_close"}

    # === HELPERS === #

    @api.model
    def _make(self, receipt):
        """:return: the wizard of a receipt, with whose it may be, and the likeliest filled in"""
        suggestions = receipt._suggest()
        empty = {"partner_id": self.env["res.partner"], "invoice_id": self.env["account.move"]}
        first = suggestions[0] if suggestions else empty
        return self.create(
            {
                "receipt_id": receipt.id,
                "suggestion_ids": [
                    Command.create(
                        {
                            "partner_id": suggestion["partner_id"].id,
                            "invoice_id": suggestion["invoice_id"].id,
                            "why": ", ".join(suggestion["why"]),
                        }
                    )
                    for suggestion in suggestions
                ],
                "line_ids": [Command.create(self._get_line(receipt, first["partner_id"], first["invoice_id"]))],
            }
        )

    def _take_suggestion(self, suggestion):
        """Fill in a suggestion, and stay open."""
        line = self._get_line(self.receipt_id, suggestion.partner_id, suggestion.invoice_id)
        self.line_ids = [Command.clear(), Command.create(line)]
        return self._open()

    @api.model
    def _get_line(self, receipt, partner, invoice):
        return {"partner_id": partner.id, "invoice_id": invoice.id, "amount": receipt.amount}

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign %s", self.receipt_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
