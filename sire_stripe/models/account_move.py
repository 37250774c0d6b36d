from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    stripe_words = fields.Char(compute="_compute_stripe_words", string="Card Dispute")

    # === COMPUTES === #

    @api.depends("transaction_ids.stripe_dispute_ids.status")
    def _compute_stripe_words(self):
        for move in self:
            # whoever reads the invoice may know that its payment is disputed, and reads no transaction
            disputes_sudo = move.sudo().transaction_ids.stripe_dispute_ids
            move.stripe_words = "\n".join(dispute._get_words() for dispute in disputes_sudo)
