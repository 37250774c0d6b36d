from odoo import fields, models


class SireMpesaAssignSuggestion(models.TransientModel):
    _name = "sire.mpesa.assign.suggestion"
    _inherit = "sire.document.wizard"
    _description = "Whose an M-Pesa Receipt May Be"
    _sire_documents = ("wizard_id", "partner_id", "invoice_id")

    wizard_id = fields.Many2one("sire.mpesa.assign.wizard", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="wizard_id.currency_id", related_sudo=False)
    partner_id = fields.Many2one("res.partner", string="Client", required=True, readonly=True)
    invoice_id = fields.Many2one("account.move", readonly=True)
    invoice_left = fields.Monetary(related="invoice_id.amount_residual", related_sudo=False, string="Left to Pay")
    why = fields.Char(readonly=True)

    # === ACTIONS === #

    def action_take(self):
        """Button: this one."""
        self.ensure_one()
        return self.wizard_id._take_suggestion(self)
