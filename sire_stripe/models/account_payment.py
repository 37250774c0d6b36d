from odoo import api, fields, models
from odoo.exceptions import UserError

FROZEN_FIELDS = frozenset({"amount", "company_id", "currency_id", "journal_id", "payment_type", "state"})


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

    # === CRUD === #

    def write(self, vals):
        if FROZEN_FIELDS & vals.keys() and vals.get("state") not in ("in_process", "paid"):
            self._stripe_check_not_moved(vals)
        return super().write(vals)

    def unlink(self):
        """Override of `account`, which takes the entry away first."""
        self._stripe_check_not_moved({"state": "deleted"})
        return super().unlink()

    def _stripe_check_not_moved(self, vals):
        """Money that Stripe moved was moved: its payment is corrected by a refund, never unmade.

        :raise UserError: a sentence that says what can be done instead
        """
        for payment in self:
            tx_sudo = payment.payment_transaction_id.sudo()  # whoever changes payments may not read transactions
            is_moved = tx_sudo.provider_code == "stripe" and tx_sudo.state == "done" and tx_sudo.payment_id == payment
            changed = [
                name
                for name in FROZEN_FIELDS & vals.keys()
                if payment._fields[name].convert_to_write(payment[name], payment) != vals[name]
            ]
            if is_moved and changed:
                raise UserError(
                    self.env._(
                        "Stripe has moved the money of %s, so its payment stays. To give money back, refund it.",
                        payment.name,
                    )
                )

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
