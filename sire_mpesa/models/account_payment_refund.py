from odoo import models
from odoo.exceptions import UserError

from .. import gate


class AccountPayment(models.Model):
    """Money that went back by Safaricom's reversal did go back: its payment stays."""

    _inherit = "account.payment"

    def _mpesa_check_not_received(self, vals):
        """Override: the same for what was returned.

        :raise UserError: a sentence
        """
        super()._mpesa_check_not_received(vals)
        if gate.is_open(self.env) or vals.get("state") in ("in_process", "paid"):
            return
        for payment in self:
            tx_sudo = payment.payment_transaction_id.sudo()  # whoever changes payments may not read transactions
            is_return = tx_sudo.operation == "refund" and tx_sudo.provider_code == "mpesa" and tx_sudo.state == "done"
            if is_return and payment._mpesa_get_changed(vals):
                raise UserError(
                    self.env._("The money of %s went back to the payer, so its payment stays.", payment.name)
                )
