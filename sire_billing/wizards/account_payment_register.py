from odoo import fields, models

RECEIPT_FIELDS = (
    "sire_received_from",
    "sire_instrument",
    "sire_cheque_number",
    "sire_cheque_bank",
    "sire_cheque_date",
    "sire_transfer_reference",
)


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    sire_received_from = fields.Char(string="Received From", help="Who handed over the cash: printed on the receipt.")
    sire_instrument = fields.Selection(
        selection=[("cash", "Cash"), ("cheque", "Cheque"), ("transfer", "Bank transfer")], string="Received As"
    )
    sire_cheque_number = fields.Char(string="Cheque Number")
    sire_cheque_bank = fields.Char(string="Bank of the Cheque")
    sire_cheque_date = fields.Date(string="Date on the Cheque")
    sire_transfer_reference = fields.Char(string="Transfer Reference")

    def _create_payment_vals_from_wizard(self, batch_result):
        """Override of `account`: who handed over what goes on the receipt."""
        values = super()._create_payment_vals_from_wizard(batch_result)
        values.update({name: self[name] for name in RECEIPT_FIELDS if self[name]})
        return values
