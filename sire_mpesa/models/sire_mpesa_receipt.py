from odoo import api, fields, models
from odoo.exceptions import AccessError

from .. import const, gate
from ..tools import rows

FREE_FIELDS = ("message_", "activity_", "website_message_")  # the chatter is not the ledger


class SireMpesaReceipt(models.Model):
    """The one ledger of money seen at Safaricom: a row a receipt number, whoever reports it first.

    How a row comes to be is in ``sire_mpesa_receipt_seeing``, to which prompt or invoice it belongs in
    ``…_matching``, how it gets into the books in ``…_booking``. A row is never deleted, and what Safaricom said is
    never changed.
    """

    _name = "sire.mpesa.receipt"
    _description = "M-Pesa Receipt"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "paid_at desc, id desc"
    _allow_sudo_commands = False
    _mail_post_access = "read"
    _check_company_auto = True
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": (
            "name", "provider_id", "amount", "paid_at", "payer_name", "payer_phone", "reference", "kind", "state", "reason",
            "flag", "to_return", "partner_id",
        ),
        "personal": ("payer_name", "payer_phone"),
        "marks": (("state", "booked", "book"), ("state", "reversed", "reverse")),
        "name": "name",
    }  # fmt: skip

    name = fields.Char("Receipt", required=True, readonly=True, help="The number in the payer's M-Pesa message.")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="restrict")
    provider_id = fields.Many2one(
        "payment.provider", string="Paid To", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    paid_at = fields.Datetime("Paid On", required=True, readonly=True, index=True)
    payer_name = fields.Char("Payer", readonly=True)
    payer_phone = fields.Char("Phone", readonly=True, help="As Safaricom gave it: whole, masked or hashed.")
    reference = fields.Char("Account Typed", readonly=True, help="What the payer typed as account number.")
    kind = fields.Selection(
        [("prompt", "Prompt"), ("paybill", "Pay bill"), ("till", "Till")], required=True, readonly=True
    )
    state = fields.Selection(
        [
            ("waiting", "To be booked"),
            ("suspense", "To be assigned"),
            ("booked", "Booked"),
            ("reversed", "Reversed"),
            ("denied", "Not known to Safaricom"),
        ],
        required=True,
        readonly=True,
        index=True,
        help="To be booked: perhaps of a prompt that is still open, or it could not be booked yet. "
        "To be assigned: in the books, and nobody knows yet for whom.",
    )
    reason = fields.Char(readonly=True, help="Why it is not booked for a client.")
    flag = fields.Char("Needs a Look", readonly=True, help="A report said something else. It was kept, not booked.")
    to_return = fields.Boolean("To Be Returned", readonly=True, help="Staff want it to go back to whoever paid it.")
    transaction_id = fields.Many2one(
        "payment.transaction", string="Prompt", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    is_inferred = fields.Boolean(
        "Prompt Concluded",
        readonly=True,
        help="Account, amount, phone and time say which prompt was paid: nobody named it.",
    )
    waiting_for_id = fields.Many2one("payment.transaction", readonly=True, index="btree_not_null", ondelete="set null")
    next_try_at = fields.Datetime("Next Try", readonly=True, help="When booking is tried again.")
    payment_ids = fields.One2many("account.payment", "sire_mpesa_receipt_id", string="Payments", readonly=True)
    suspense_line_id = fields.Many2one(
        "account.move.line", string="Suspense Item", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one("res.partner", string="Client", compute="_compute_partner_id", store=True, index=True)
    evidence_ids = fields.One2many("sire.mpesa.receipt.evidence", "receipt_id", string="Reports", readonly=True)

    _number_uniq = models.UniqueIndex("(company_id, name)", "This M-Pesa receipt is in the ledger already.")
    _transaction_uniq = models.UniqueIndex(
        "(transaction_id) WHERE transaction_id IS NOT NULL", "A prompt is paid by one receipt."
    )
    _amount_positive = models.Constraint("CHECK (amount > 0)", "A receipt is for an amount above zero.")
    _next_try_idx = models.Index("(next_try_at) WHERE state = 'waiting'")

    # === COMPUTES === #

    @api.depends("payment_ids.partner_id", "transaction_id.partner_id")
    def _compute_partner_id(self):
        for receipt in self:
            partners = receipt.payment_ids.partner_id or receipt.transaction_id.partner_id.commercial_partner_id
            receipt.partner_id = partners if len(partners) == 1 else False

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Refused, to everybody: a receipt comes from what Safaricom reports, see `_see`.

        :raise AccessError: always
        """
        if vals_list:
            raise AccessError(
                self.env._("M-Pesa receipts are written down when Safaricom reports them, never by hand.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not gate.is_open(self.env) and any(not name.startswith(FREE_FIELDS) for name in vals):
            raise AccessError(self.env._("M-Pesa receipts cannot be changed: assign them instead."))
        if const.RECEIPT_FACTS & vals.keys() and not all(receipt._is_unsure() for receipt in self):
            raise AccessError(self.env._("What Safaricom said about a receipt stays as it is."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("M-Pesa receipts are never deleted."))

    @api.model
    def get_empty_list_help(self, help_message):
        """Override of `web`: where M-Pesa is not set up, that is what to do first."""
        return self.env["payment.provider"]._mpesa_get_empty_help() or super().get_empty_list_help(help_message)

    # === HELPERS === #

    def _lock(self):
        """Wait for the row, and start over when it was changed meanwhile (PostgreSQL refuses, the caller repeats)."""
        rows.lock(self)
