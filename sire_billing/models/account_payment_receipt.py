from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.sire_base.utils.eat import eat_today

CLEARED_LATER = ("cheque", "transfer")
LIVE_RECEIPTS = ("received", "uncleared", "cleared")


class AccountPayment(models.Model):
    """What a receipt is for: cash, a cheque, a bank transfer. It is never deleted; how it ends is in the next file."""

    _inherit = "account.payment"

    sire_instrument = fields.Selection(
        selection=[("cash", "Cash"), ("cheque", "Cheque"), ("transfer", "Bank transfer")],
        string="Received As",
        help="A cheque or bank transfer gets a receipt at once, and is cleared when the bank has the money.",
    )
    sire_cheque_number = fields.Char(string="Cheque Number", copy=False)
    sire_cheque_bank = fields.Char(string="Bank of the Cheque", copy=False)
    sire_cheque_date = fields.Date(string="Date on the Cheque", copy=False)
    sire_transfer_reference = fields.Char(string="Transfer Reference", copy=False)
    sire_receipt_state = fields.Selection(
        selection=[
            ("received", "Received"),
            ("uncleared", "Not cleared yet"),
            ("cleared", "Cleared"),
            ("returned", "Returned"),
            ("void", "Void"),
        ],
        string="Receipt Is",
        readonly=True,
        copy=False,
        index=True,
    )
    sire_cleared_date = fields.Date(string="Cleared On", readonly=True, copy=False)
    sire_clearing_move_id = fields.Many2one(
        "account.move", string="Clearing Entry", readonly=True, copy=False, ondelete="restrict", index="btree_not_null"
    )
    sire_end_reason = fields.Char(string="Reason", readonly=True, copy=False)
    sire_ended_at = fields.Datetime(string="Voided or Returned On", readonly=True, copy=False)
    sire_ended_by_id = fields.Many2one("res.users", string="Voided or Returned By", readonly=True, copy=False)

    # === COMPUTES ===#

    @api.depends("sire_instrument")
    def _compute_outstanding_account_id(self):
        """Override of `account`: a cheque is not at the bank yet, whatever account the journal books on."""
        result = super()._compute_outstanding_account_id()
        for payment in self.filtered(lambda payment: payment._sire_is_cleared_later()):
            payment.outstanding_account_id = payment._get_outstanding_account("inbound")
        return result

    # === RECEIVING ===#

    def _sire_is_cleared_later(self):
        return self.sire_instrument in CLEARED_LATER

    def _sire_needs_receipt(self):
        """Whether confirming this payment hands out a receipt: money of a client that somebody took in person."""
        self.ensure_one()
        return (
            not self.sire_receipt_number
            and self.payment_type == "inbound"
            and self.partner_type == "customer"
            and (self.journal_id.type == "cash" or self._sire_is_cleared_later())
        )

    def _sire_check_receivable(self):
        """Refuse what nobody can have received: a day to come, a cheque without a number, the same cheque twice.

        :raise UserError: one sentence
        """
        for payment in self:
            if payment.date > eat_today():
                raise UserError(
                    self.env._(
                        "Money cannot be received on %s: that day has not come.", format_date(self.env, payment.date)
                    )
                )
            if not payment._sire_is_cleared_later():
                continue
            if payment.journal_id.type != "bank":
                raise UserError(self.env._("A cheque or bank transfer is received in a bank journal."))
            if not payment.outstanding_account_id.reconcile:
                raise UserError(
                    self.env._(
                        "Set an account for outstanding receipts, with reconciliation, for %s: money waits there until it"
                        " is cleared.",
                        payment.company_id.name,
                    )
                )
            if payment.sire_instrument == "cheque":
                payment._sire_check_cheque()
            elif not (payment.sire_transfer_reference or "").strip():
                raise UserError(self.env._("Enter the reference of the bank transfer."))

    def _sire_check_cheque(self):
        number, bank = ("".join((text or "").split()) for text in (self.sire_cheque_number, self.sire_cheque_bank))
        if not (number and bank and self.sire_cheque_date):
            raise UserError(self.env._("Enter the number, the bank and the date of the cheque."))
        # Two at once meet at the counter of receipts, and the later one starts over.
        others = self.search(
            [
                ("id", "!=", self.id),
                ("company_id", "=", self.company_id.id),
                ("sire_instrument", "=", "cheque"),
                ("sire_receipt_state", "in", LIVE_RECEIPTS),
                ("sire_cheque_number", "=ilike", number),
                ("sire_cheque_bank", "=ilike", " ".join(self.sire_cheque_bank.split())),
            ]
        )
        if others:
            raise UserError(
                self.env._(
                    "Cheque %(number)s of %(bank)s was received already: receipt %(receipt)s.",
                    number=number,
                    bank=self.sire_cheque_bank,
                    receipt=others[0].sire_receipt_number or others[0].name,
                )
            )
        self.write({"sire_cheque_number": number, "sire_cheque_bank": " ".join(self.sire_cheque_bank.split())})

    def _sire_describe_instrument(self):
        """:return: how it was paid, as it stands on the receipt; empty when the journal says it all"""
        self.ensure_one()
        if self.sire_instrument == "cheque":
            return self.env._(
                "Cheque %(number)s, %(bank)s, of %(date)s",
                number=self.sire_cheque_number or "",
                bank=self.sire_cheque_bank or "",
                date=self.sire_cheque_date.strftime("%d/%m/%Y") if self.sire_cheque_date else "",
            )
        if self.sire_instrument == "transfer":
            return self.env._("Bank transfer %s", self.sire_transfer_reference or "")
        return ""

    def _sire_get_stamp(self):
        """:return: the word across the paper of a receipt that does not hold any more; else empty"""
        self.ensure_one()
        return {"void": self.env._("VOID"), "returned": self.env._("RETURNED")}.get(self.sire_receipt_state, "")
