from odoo import fields, models


class SireWithholdingVoidWizard(models.TransientModel):
    _name = "sire.withholding.void.wizard"
    _inherit = "sire.document.wizard"
    _description = "Void a withholding certificate, with a reason"
    _sire_documents = ("certificate_id",)

    certificate_id = fields.Many2one("sire.withholding.certificate", required=True, readonly=True, ondelete="cascade")
    invoice_id = fields.Many2one(related="certificate_id.invoice_id", related_sudo=False, string="Invoice")
    currency_id = fields.Many2one(related="certificate_id.currency_id", related_sudo=False)
    amount = fields.Monetary(related="certificate_id.total", related_sudo=False)
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Void the certificate.

        :raise UserError: in one sentence
        """
        self.ensure_one()
        self.certificate_id._sire_void(self.reason)
        return {"type": "ir.actions.act_window_close"}
