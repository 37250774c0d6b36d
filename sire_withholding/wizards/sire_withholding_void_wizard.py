from odoo import fields, models


class SireWithholdingVoidWizard(models.TransientModel):
    _name = "sire.withholding.void.wizard"
    _description = "Void a withholding certificate, with a reason"

    certificate_id = fields.Many2one("sire.withholding.certificate", required=True, readonly=True, ondelete="cascade")
    invoice_id = fields.Many2one(related="certificate_id.invoice_id", string="Invoice")
    currency_id = fields.Many2one(related="certificate_id.currency_id")
    amount = fields.Monetary(related="certificate_id.total")
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Void the certificate.

        :raise UserError: in one sentence
        """
        self.ensure_one()
        self.certificate_id._sire_void(self.reason)
        return {"type": "ir.actions.act_window_close"}
