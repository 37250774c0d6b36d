from odoo import fields, models
from odoo.exceptions import AccessError

from .. import gate


class SireMpesaReceiptEvidence(models.Model):
    """One report of a receipt: who said it, when, and in which words. Kept also when it contradicts the receipt."""

    _name = "sire.mpesa.receipt.evidence"
    _inherit = "sire.gated"
    _description = "Report of an M-Pesa Receipt"
    _order = "received_at, id"
    _rec_name = "source"
    _allow_sudo_commands = False

    receipt_id = fields.Many2one("sire.mpesa.receipt", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="receipt_id.company_id", store=True, index=True)
    source = fields.Selection(
        [
            ("stk_callback", "Callback of the prompt"),
            ("c2b", "Pay bill confirmation"),
            ("query", "Question about the prompt"),
            ("status", "Transaction status"),
            ("pull", "List of the last 48 hours"),
            ("statement", "Statement"),
            ("earlier", "Booked before the ledger"),
        ],
        required=True,
        readonly=True,
    )
    received_at = fields.Datetime("Received", required=True, readonly=True)
    currency_id = fields.Many2one(related="receipt_id.currency_id")
    amount = fields.Monetary(readonly=True)
    is_contradiction = fields.Boolean("Does Not Fit", readonly=True)
    body = fields.Text("Safaricom's Words", readonly=True, groups="base.group_system")
    event_id = fields.Many2one("sire.webhook.event", readonly=True, ondelete="set null", groups="base.group_system")

    # === CRUD === #

    def _check_gate(self):
        """:raise AccessError: unless the ledger itself is at work"""
        if not gate.is_open(self.env):
            raise AccessError(self.env._("Reports of M-Pesa receipts are kept as they came."))
