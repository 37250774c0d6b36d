from odoo import fields, models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    sire_received_from = fields.Char(string="Received From", help="Who handed over the cash: printed on the receipt.")

    def _create_payment_vals_from_wizard(self, batch_result):
        """Override of `account`: who handed over the cash goes on the receipt."""
        values = super()._create_payment_vals_from_wizard(batch_result)
        if self.sire_received_from:
            values["sire_received_from"] = self.sire_received_from
        return values
