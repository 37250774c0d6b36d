from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.sire_payment.utils import format_money

from .. import gate

RECEIPT_FIELDS = frozenset(
    {
        "sire_cashier_id",
        "sire_cleared_date",
        "sire_clearing_move_id",
        "sire_ended_at",
        "sire_ended_by_id",
        "sire_end_reason",
        "sire_receipt_number",
        "sire_receipt_state",
    }
)
# Printed on the receipt that the client took home.
FROZEN_FIELDS = frozenset(
    {
        "amount",
        "company_id",
        "currency_id",
        "date",
        "destination_account_id",
        "journal_id",
        "move_id",
        "name",
        "partner_id",
        "partner_type",
        "payment_method_line_id",
        "payment_type",
        "sire_cheque_bank",
        "sire_cheque_date",
        "sire_cheque_number",
        "sire_instrument",
        "sire_received_from",
        "sire_transfer_reference",
        "state",
    }
)


class AccountPayment(models.Model):
    _inherit = "account.payment"
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": (
            "sire_receipt_number",
            "sire_received_from",
            "sire_cashier_id",
            "sire_receipt_state",
            "sire_cleared_date",
            "sire_end_reason",
            "sire_ended_by_id",
        ),
        "personal": ("sire_received_from",),
        "marks": (
            ("sire_receipt_state", "void", "void"),
            ("sire_receipt_state", "returned", "returned"),
            ("sire_receipt_state", "cleared", "cleared"),
            ("sire_receipt_number", "*", "receipt"),
            ("sire_receipt_number", "*", "receipt", "create"),
        ),
    }

    sire_receipt_number = fields.Char(string="Receipt", readonly=True, copy=False, index="trigram")
    sire_received_from = fields.Char(string="Received From", copy=False, help="Who handed over the money.")
    sire_cashier_id = fields.Many2one("res.users", string="Cashier", readonly=True, copy=False)
    sire_reference = fields.Char(
        string="Reference",
        compute="_compute_sire_reference",
        search="_search_sire_reference",
        help="Cash, cheque and transfer: the number of the receipt. M-Pesa and card: the number the provider gave. Otherwise our own.",
    )
    sire_method = fields.Char(string="Paid By", compute="_compute_sire_method")

    sire_status = fields.Selection(
        selection=[("pending", "Pending"), ("confirmed", "Confirmed"), ("failed", "Failed")],
        string="Confirmed or Not",
        compute="_compute_sire_status",
    )

    _sire_receipt_number_unique = models.UniqueIndex(
        "(company_id, sire_receipt_number) WHERE sire_receipt_number IS NOT NULL",
        "This receipt number is taken.",
    )

    # === COMPUTES ===#

    @api.depends(
        "sire_receipt_number", "sire_mpesa_receipt_id.name", "payment_transaction_id.provider_reference", "name"
    )
    def _compute_sire_reference(self):
        for payment in self:
            # sudo: the provider's number is for whoever reads the payment, the transaction and the ledger are not
            receipt_sudo = payment.sudo().sire_mpesa_receipt_id
            transaction_sudo = payment.sudo().payment_transaction_id
            payment.sire_reference = (
                payment.sire_receipt_number
                or receipt_sudo.name
                or transaction_sudo.provider_reference
                or transaction_sudo.reference
                or payment.name
            )

    def _search_sire_reference(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        # sudo: found by the provider's number by whoever reads payments; the transaction stays where it is
        transactions_sudo = self.env["payment.transaction"].sudo()._search([("provider_reference", operator, value)])
        receipts_sudo = self.env["sire.mpesa.receipt"].sudo()._search([("name", operator, value)])  # sudo: as above
        return (
            Domain("sire_receipt_number", operator, value)
            | Domain("name", operator, value)
            | Domain("sire_mpesa_receipt_id", "in", receipts_sudo)
            | Domain("payment_transaction_id", "in", transactions_sudo)
        )

    @api.depends("journal_id", "payment_transaction_id.payment_method_id", "sire_instrument")
    def _compute_sire_method(self):
        for payment in self:
            transaction_sudo = payment.sudo().payment_transaction_id  # sudo: as above
            payment.sire_method = (
                payment._sire_describe_instrument()
                or transaction_sudo.payment_method_id.name
                or payment.journal_id.name
            )

    @api.depends("state")
    def _compute_sire_status(self):
        words = {"in_process": "confirmed", "paid": "confirmed", "canceled": "failed", "rejected": "failed"}
        for payment in self:
            payment.sire_status = words.get(payment.state, "pending")

    @api.depends("sire_receipt_number")
    def _compute_display_name(self):
        """Override of `account`: a receipt is called by the number on the paper."""
        result = super()._compute_display_name()
        for payment in self.filtered("sire_receipt_number"):
            payment.display_name = payment.sire_receipt_number
        return result

    # === CRUD ===#

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        if not gate.is_open(self.env) and any(payment[name] for payment in payments for name in RECEIPT_FIELDS):
            raise UserError(
                self.env._("The number and the state of a receipt are given by the system, when the money is received.")
            )
        return payments

    def write(self, vals):
        if not gate.is_open(self.env):
            if RECEIPT_FIELDS & vals.keys():
                raise UserError(
                    self.env._(
                        "The number and the state of a receipt are given by the system, when the money is received."
                    )
                )
            if FROZEN_FIELDS & vals.keys():
                self._sire_check_no_receipt()
            # with an entry in the same write it is still to be confirmed
            if vals.get("state") in ("in_process", "paid") and not vals.get("move_id"):
                self._sire_check_receipt_given()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_receipt(self):
        self._sire_check_no_receipt()

    def _sire_check_no_receipt(self):
        """:raise UserError: when one of these payments has a receipt in somebody's hands."""
        if gate.is_open(self.env):
            return
        for payment in self:
            if payment.sire_receipt_number:
                raise UserError(
                    self.env._(
                        "Receipt %s was handed out and stays as it is. Void it with a reason, or register a payment to the client"
                        " to give money back.",
                        payment.sire_receipt_number,
                    )
                )

    def _sire_check_receipt_given(self):
        """:raise UserError: when money that somebody took in person would be booked by another way than Confirm"""
        for payment in self:
            if payment._sire_needs_receipt() and not payment.sire_receipt_state:
                raise UserError(
                    self.env._("Cash, cheques and transfers are confirmed with “Confirm”: the receipt is given there.")
                )

    # === ACTIONS ===#

    def action_post(self):
        """Override of `account`: cash, cheques and transfers from a client get a receipt, on whichever screen they were
        entered.

        :raise UserError: when the date is in the future, or the cheque was received already
        """
        receipts = self.filtered(lambda payment: payment._sire_needs_receipt())
        receipts._sire_check_receivable()
        for payment in receipts:
            # Before the entry is made: the invoice asks whether the money has cleared.
            gate.opened(payment).sire_receipt_state = "uncleared" if payment._sire_is_cleared_later() else "received"
        result = super().action_post()
        for payment in receipts:
            gate.opened(payment).write(
                {
                    "sire_receipt_number": payment.company_id._sire_next_receipt_number(payment.date),
                    "sire_received_from": payment.sire_received_from or payment.partner_id.display_name,
                    "sire_cashier_id": self.env.uid,
                }
            )
        return result

    def action_sire_print_receipt(self):
        self.ensure_one()
        return self.env.ref("sire_billing.action_report_sire_receipt").report_action(self, config=False)

    def _sire_amount_text(self):
        """:return: the amount of the payment, as people write it"""
        self.ensure_one()
        return format_money(self.amount, self.currency_id)

    def _get_payment_receipt_report_filename(self):
        self.ensure_one()
        number = self.sire_reference or self.name or ""
        return self.env._("Receipt %s", number.replace("/", "-"))
