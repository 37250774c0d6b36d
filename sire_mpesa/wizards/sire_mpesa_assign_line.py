from odoo import api, fields, models


class SireMpesaAssignLine(models.TransientModel):
    _name = "sire.mpesa.assign.line"
    _inherit = "sire.document.wizard"
    _description = "Part of an M-Pesa Receipt"
    _sire_documents = ("wizard_id", "partner_id", "invoice_id")

    wizard_id = fields.Many2one("sire.mpesa.assign.wizard", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="wizard_id.company_id", related_sudo=False)
    currency_id = fields.Many2one(related="wizard_id.currency_id", related_sudo=False)
    partner_id = fields.Many2one("res.partner", string="Client")
    invoice_id = fields.Many2one("account.move", help="Empty: it becomes the client's credit.")
    invoice_left = fields.Monetary(related="invoice_id.amount_residual", related_sudo=False, string="Left to Pay")
    amount = fields.Monetary(required=True)

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.invoice_id.commercial_partner_id != self.partner_id.commercial_partner_id:
            self.invoice_id = False

    @api.onchange("invoice_id")
    def _onchange_invoice_id(self):
        if self.invoice_id:
            self.partner_id = self.invoice_id.commercial_partner_id
