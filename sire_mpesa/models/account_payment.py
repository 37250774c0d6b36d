from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sire_base.utils.gate import given

from .. import gate

LEDGER_FIELDS = frozenset({"sire_mpesa_receipt_id", "sire_mpesa_source_account_id"})
FROZEN_FIELDS = frozenset({"amount", "company_id", "currency_id", "journal_id", "partner_id", "payment_type", "state"})


class AccountPayment(models.Model):
    _inherit = "account.payment"

    sire_mpesa_receipt_id = fields.Many2one(
        "sire.mpesa.receipt", string="M-Pesa Receipt", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict",
    )  # fmt: skip
    sire_mpesa_source_account_id = fields.Many2one(
        "account.account",
        string="Comes From",
        readonly=True,
        copy=False,
        help="Where the money stood in the books until it was known whose it is.",
    )

    # === COMPUTES === #

    @api.depends("sire_mpesa_source_account_id")
    def _compute_outstanding_account_id(self):
        """Override of `account`: money that was in suspense is in the books already, and comes from there."""
        result = super()._compute_outstanding_account_id()
        for payment in self.filtered("sire_mpesa_source_account_id"):
            payment.outstanding_account_id = payment.sire_mpesa_source_account_id
        return result

    def _compute_stat_buttons_from_reconciliation(self):
        """Override of `account`, which refuses the whole payment to whoever may not read an invoice that it paid: what came to
        the company's number for a branch is in the company's books, and its accountants need not see the branch."""
        payments_sudo = self.sudo()  # what may not be read is left out below
        result = super(AccountPayment, payments_sudo)._compute_stat_buttons_from_reconciliation()
        if not self.env.su:
            for payment_sudo in payments_sudo:
                payment_sudo._mpesa_leave_out_unseen(self.env)
        return result

    def _mpesa_leave_out_unseen(self, env):
        """Take invoices of other companies that somebody may not read out of what a payment says it paid.

        :param env: of whoever reads; this is the superuser's
        """
        paid_sudo = self.reconciled_invoice_ids
        if paid_sudo.company_id <= self.company_id:
            return
        seen = paid_sudo.with_env(env)._filtered_access("read")
        if len(seen) < len(paid_sudo):
            self.reconciled_invoice_ids = paid_sudo & seen
            self.reconciled_invoices_count = len(seen)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if LEDGER_FIELDS & given(self, vals_list):
            self._mpesa_check_gate()
        return super().create(vals_list)

    def write(self, vals):
        if LEDGER_FIELDS & vals.keys():
            self._mpesa_check_gate()
        if FROZEN_FIELDS & vals.keys():
            self._mpesa_check_not_received(vals)
        return super().write(vals)

    def unlink(self):
        """Override of `account`, which takes the entry away first, and goes through all of that for no payment, too: once for
        each line of an invoice that is written."""
        if not self:
            return True
        self._mpesa_check_not_received({"state": "deleted"})
        return super().unlink()

    # === BUSINESS === #

    def _generate_journal_entry(self, write_off_line_vals=None, force_balance=None, line_ids=None):
        """Override of `account`, which makes the entries of many at once and then writes on each payment alone: half of
        the time that booking fifty receipts takes is spent on looking fifty times for what depends on that.
        """
        payments = self.filtered(lambda payment: not payment.move_id and payment.outstanding_account_id)
        if not gate.is_open(self.env) or len(payments) < 2:
            return super()._generate_journal_entry(write_off_line_vals, force_balance, line_ids)
        moves = self.env["account.move"].create([payment._generate_move_vals() for payment in payments])
        for payment, move in zip(payments, moves, strict=True):
            for name, value in (("move_id", move.id), ("state", "in_process")):
                self._fields[name].write(payment, value)
        payments.modified(["move_id", "state"])
        return None

    # === HELPERS === #

    def _mpesa_get_client_lines(self):
        """:return: the items by which these payments are the client's
        :rtype: account.move.line
        """
        lines = self.env["account.move.line"]
        for payment in self:
            account = payment.destination_account_id
            lines |= payment.move_id.line_ids.filtered(lambda line, account=account: line.account_id == account)
        return lines

    def _mpesa_check_gate(self):
        """:raise AccessError: unless the ledger itself is at work"""
        if not gate.is_open(self.env):
            raise AccessError(self.env._("The M-Pesa receipt of a payment is set by the system alone."))

    def _mpesa_check_not_received(self, vals):
        """Money that Safaricom reported has arrived: its payment is moved to whom it belongs, never unmade.

        :raise UserError: a sentence that says what can be done instead
        """
        if gate.is_open(self.env) or vals.get("state") in ("in_process", "paid"):
            return
        for payment in self:
            if payment.sire_mpesa_receipt_id and payment._mpesa_get_changed(vals):
                raise UserError(
                    self.env._(
                        "M-Pesa receipt %s has arrived, so its payment stays. If it is somebody else's, open the receipt"
                        " and take it back to be assigned.",
                        payment.sire_mpesa_receipt_id.name,
                    )
                )

    def _mpesa_get_changed(self, vals):
        """:return: names of frozen fields that would get another value"""
        return {
            name
            for name in FROZEN_FIELDS & vals.keys()
            if self._fields[name].convert_to_write(self[name], self) != vals[name]
        }

    def _sire_needs_check(self):
        """Override of `sire_payment`: what Safaricom reported has arrived, it is never refused."""
        if gate.is_open(self.env) and self.sire_mpesa_receipt_id:
            return False
        return super()._sire_needs_check()
