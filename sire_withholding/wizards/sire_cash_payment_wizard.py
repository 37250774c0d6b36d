from odoo import api, fields, models


class SireCashPaymentWizard(models.TransientModel):
    _inherit = "sire.cash.payment.wizard"

    sire_awaited = fields.Monetary(related="move_id.sire_awaited", related_sudo=False)

    @api.depends("move_id")
    def _compute_amount(self):
        """Override of `sire_billing`: what the client withholds does not come as cash, unless somebody types it."""
        result = super()._compute_amount()
        for wizard in self.filtered("move_id"):
            wizard.amount = wizard.move_id._sire_get_proposed()
        return result
