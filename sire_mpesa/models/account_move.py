from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    sire_mpesa_receipts = fields.Char(
        string="M-Pesa Receipts",
        compute="_compute_sire_mpesa_receipts",
        compute_sudo=True,
        help="Receipt numbers of the M-Pesa payments of this invoice.",
    )

    @api.depends("transaction_ids.state", "transaction_ids.provider_reference")
    def _compute_sire_mpesa_receipts(self):
        for move in self:
            paid = move.transaction_ids.filtered(lambda tx: tx.provider_code == "mpesa" and tx.state == "done")
            move.sire_mpesa_receipts = ", ".join(
                tx.provider_reference for tx in paid.sorted("id") if tx.provider_reference
            )
