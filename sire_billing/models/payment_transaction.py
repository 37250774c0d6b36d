from odoo import api, models
from odoo.exceptions import UserError


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse to take money for a quotation: it has no receivable, and the host would confirm it by the payment.

        :raise UserError: when a transaction names quotations and no invoice
        """
        transactions = super().create(vals_list)
        for transaction in transactions:
            if transaction.sale_order_ids and not transaction.invoice_ids:
                raise UserError(transaction.sale_order_ids._sire_say_paid_by_invoice())
        return transactions
