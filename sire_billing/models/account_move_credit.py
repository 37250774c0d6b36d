from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_payment.utils import format_money

REFUND_IS_OVER = ("done", "cancel", "error")


class AccountMove(models.Model):
    """What the client has paid too much, offered on the next invoice."""

    _inherit = "account.move"

    sire_credit = fields.Monetary(
        string="Client Credit",
        compute="_compute_sire_credit",
        help="What the client has paid and no invoice needed, in the currency of this invoice.",
    )
    sire_credit_text = fields.Char(string="Credit to Use", compute="_compute_sire_credit")

    @api.depends("state", "amount_residual", "partner_id")
    def _compute_sire_credit(self):
        for move in self:
            lines = move._sire_get_credit_lines()
            move.sire_credit = -sum(lines.mapped("amount_residual_currency"))
            move.sire_credit_text = (
                self.env._(
                    "%(client)s has %(amount)s credit.",
                    client=move.commercial_partner_id.display_name,
                    amount=format_money(move.sire_credit, move.currency_id),
                )
                if move.sire_credit
                else False
            )

    def _sire_get_credit_lines(self):
        """Return the items by which the client is owed, oldest first: payments of which something is left, credit notes.

        Left out is what something else waits for: a cheque that is not cleared, money received for another open invoice,
        money on its way back to the client.

        :return: of the company, the currency and the receivable account of this invoice; none when it needs nothing
        :rtype: account.move.line
        """
        self.ensure_one()
        # sudo: whoever reads the invoice may know the client's credit, and the client its own
        move_sudo = self.sudo()
        lines_sudo = move_sudo.env["account.move.line"]
        if move_sudo.state != "posted" or not move_sudo._sire_is_payable_kind() or not move_sudo.amount_residual:
            return lines_sudo
        accounts = move_sudo._sire_get_open_lines().account_id
        found = lines_sudo.search(
            [
                ("company_id", "=", move_sudo.company_id.id),
                ("partner_id", "=", move_sudo.commercial_partner_id.id),
                ("account_id", "in", accounts.ids),
                ("currency_id", "=", move_sudo.currency_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual_currency", "<", 0),
            ],
            order="date, id",
        )
        return found.filtered(lambda line: not move_sudo._sire_is_waited_for(line.move_id.origin_payment_id))

    def _sire_is_waited_for(self, payment_sudo):
        """Whether what is left of a payment is not for this invoice to use."""
        others = payment_sudo.invoice_ids.filtered(
            lambda move: move.state == "posted" and move._sire_is_payable_kind() and move.amount_residual
        )
        refunds = payment_sudo.payment_transaction_id.child_transaction_ids.filtered(
            lambda tx: tx.operation == "refund" and tx.state not in REFUND_IS_OVER
        )
        receipt = payment_sudo.sire_mpesa_receipt_id
        return bool(
            others - self
            or refunds
            or receipt.returning_id
            or receipt.to_return
            or payment_sudo.sire_receipt_state == "uncleared"
        )

    def _sire_get_open_lines(self):
        return self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )

    # === ACTIONS ===#

    def action_sire_use_credit(self):
        """Use the client's credit on this invoice: as much as it needs, and no more than there is.

        :raise UserError: a sentence: there is none, nothing is left to pay, or a prompt holds what is left
        """
        for move in self:
            move.check_access("write")
            move._sire_use_credit()
        return True

    def _sire_use_credit(self):
        lines = self._sire_get_credit_lines()
        # The invoice and where the credit comes from: of two invoices at once the later starts over.
        (self.sudo() | lines.move_id)._sire_lock_payable()  # sudo: only the counter
        self._sire_check_open()
        amount = min(-sum(lines.mapped("amount_residual_currency")), self.amount_residual)
        if self.currency_id.compare_amounts(amount, 0) <= 0:
            if not self.amount_residual:
                self._sire_check_payable(self.currency_id.rounding)
            raise UserError(self.env._("%s has no credit that could be used.", self.commercial_partner_id.display_name))
        payments = lines.move_id.origin_payment_id
        self._sire_check_payable(
            self.currency_id.round(amount),
            exclude=payments.payment_transaction_id,
            exclude_payments=payments,
        )
        before = self.amount_residual
        (self._sire_get_open_lines() | lines.with_env(self.env)).reconcile()
        self.message_post(
            body=self.env._(
                "%s of the client's credit was used on this invoice.",
                format_money(before - self.amount_residual, self.currency_id),
            )
        )

    # === FOR THE CLIENT ===#

    def _sire_say_credit(self):
        """:return: what the client reads about its credit; empty when there is none"""
        self.ensure_one()
        payable = self._sire_get_payable()
        if not self.sire_credit or payable <= 0:
            return ""
        left = max(payable - self.sire_credit, 0.0)
        values = {
            "credit": format_money(self.sire_credit, self.currency_id),
            "left": format_money(left, self.currency_id),
        }
        if left:
            return self.env._(
                "You have %(credit)s credit with us. With it, %(left)s is left to pay. Ask us to use it.", **values
            )
        return self.env._(
            "You have %(credit)s credit with us: with it, nothing is left to pay. Ask us to use it.", **values
        )
