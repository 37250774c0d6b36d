from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import gate


class AccountMove(models.Model):
    _inherit = "account.move"

    sire_mpesa_receipts = fields.Char(
        string="M-Pesa Receipts",
        compute="_compute_sire_mpesa_receipts",
        compute_sudo=True,
        help="Receipt numbers of the M-Pesa payments of this invoice.",
    )

    # === ACTIONS === #

    def button_draft(self):
        """Override of `account`: what keeps M-Pesa's unassigned money in the books stays.

        :raise UserError: a sentence that says what can be done instead
        """
        if not gate.is_open(self.env):
            domain = [("suspense_line_id", "in", self.line_ids.ids)]
            receipts_sudo = self.env["sire.mpesa.receipt"].sudo()  # whoever resets entries may not read the ledger
            if receipt_sudo := receipts_sudo.search(domain, limit=1):
                raise UserError(
                    self.env._(
                        "M-Pesa receipt %s is in the books with this entry: assign the receipt.", receipt_sudo.name
                    )
                )
        return super().button_draft()

    # === COMPUTES === #

    @api.depends("transaction_ids.state", "transaction_ids.provider_reference")
    def _compute_sire_mpesa_receipts(self):
        for move in self:
            paid = move.transaction_ids.filtered(lambda tx: tx.provider_code == "mpesa" and tx.state == "done")
            move.sire_mpesa_receipts = ", ".join(
                tx.provider_reference for tx in paid.sorted("id") if tx.provider_reference
            )

    # === HELPERS === #

    def _mpesa_get_open_lines(self, account):
        """:return: the items on an account that are not matched yet
        :rtype: account.move.line
        """
        return self.line_ids.filtered(lambda line: line.account_id == account and not line.reconciled)
