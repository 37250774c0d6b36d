from odoo import fields, models


class SireInvoiceVoidWizard(models.TransientModel):
    _name = "sire.invoice.void.wizard"
    _inherit = "sire.document.wizard"
    _description = "Void an invoice, with a reason"

    move_id = fields.Many2one("account.move", string="Invoice", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(related="move_id.partner_id", related_sudo=False, string="Client")
    currency_id = fields.Many2one(related="move_id.currency_id", related_sudo=False)
    amount_total = fields.Monetary(related="move_id.amount_total", related_sudo=False, string="Total")
    reason = fields.Char(required=True, help="Printed on the invoice and on the credit note.")

    def action_confirm(self):
        """Void the invoice and show it.

        :raise UserError: when it cannot be voided, in one sentence
        """
        self.ensure_one()
        self.move_id._sire_void(self.reason)
        return {"type": "ir.actions.act_window_close"}
