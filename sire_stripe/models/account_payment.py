from odoo import api, fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    stripe_words = fields.Char(compute="_compute_stripe_words", string="Card Dispute")
    stripe_movement_count = fields.Integer(compute="_compute_stripe_words")

    # === COMPUTES === #

    @api.depends("payment_transaction_id.stripe_dispute_ids.status", "payment_transaction_id.stripe_movement_ids")
    def _compute_stripe_words(self):
        for payment in self:
            # whoever reads the payment may know what became of it, and reads no transaction
            tx_sudo = payment.sudo().payment_transaction_id
            payment.stripe_words = "\n".join(dispute._get_words() for dispute in tx_sudo.stripe_dispute_ids)
            payment.stripe_movement_count = len(tx_sudo.stripe_movement_ids)

    def _compute_amount_available_for_refund(self):
        """Override of `account_payment`: a refund that came back can be made again, one on its way counts."""
        result = super()._compute_amount_available_for_refund()
        for payment in self.filtered("amount_available_for_refund"):
            tx_sudo = payment.sudo().payment_transaction_id  # as above
            if tx_sudo.provider_code == "stripe":
                payment.amount_available_for_refund = tx_sudo.amount + sum(
                    tx_sudo._stripe_get_live_refunds().mapped("amount")
                )
        return result

    # === ACTIONS === #

    def action_stripe_movements(self):
        """Button: what Stripe kept of this payment, and what it took back."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("At Stripe"),
            "res_model": "sire.stripe.movement",
            "view_mode": "list,form",
            "domain": [("transaction_id", "=", self.sudo().payment_transaction_id.id)],
        }
