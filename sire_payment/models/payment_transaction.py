from odoo import api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.payment import utils as payment_utils

from ..utils import is_finite_number


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._sire_check_payment_flow()
        for vals in vals_list:
            if not is_finite_number(vals.get("amount")):
                raise UserError(self.env._("The amount must be a number, for example 1160 or 1160.50."))
            # First of all, so that the later of two at once starts over before it computes a reference twice.
            self._sire_get_invoices(vals)._sire_lock_payable()
        txs = super().create(vals_list)
        for tx, vals in zip(txs, vals_list, strict=True):
            if tx.invoice_ids and tx.operation != "refund":
                if tx.operation == "validation":
                    raise UserError(self.env._("An invoice cannot be paid by checking a card: choose Pay instead."))
                # As it was asked for: the field is rounded already, and 0.001 is not an amount.
                tx.invoice_ids._sire_check_payable(vals["amount"], currency=tx.currency_id, exclude=tx)
        return txs

    def write(self, vals):
        self._sire_check_payment_flow()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_payment_flow(self):
        self._sire_check_payment_flow()

    # === ACTIONS === #

    def action_post_process(self):
        """Override of `payment`: who may write transactions starts it, the payment flow does it."""
        payment_utils.check_rights_on_recordset(self)
        txs_sudo = self.sudo()  # The fields of a transaction are written by the payment flow alone.
        return super(PaymentTransaction, txs_sudo).action_post_process()

    # === HELPERS === #

    def _sire_get_invoices(self, vals):
        """:return: the invoices in the values of a transaction to come, as superuser
        :rtype: account.move
        """
        ids = self._fields["invoice_ids"].convert_to_cache(vals.get("invoice_ids") or (), self)
        return self.env["account.move"].sudo().browse(ids).exists()  # Clients pay without an account.

    def _sire_get_open_credit_notes(self):
        """:return: what a refund of this payment is for: the host matches it with them
        :rtype: account.move
        """
        return self.invoice_ids.reversal_move_ids.filtered(
            lambda note: note.state == "posted" and note.amount_residual > 0 and note.currency_id == self.currency_id
        )

    def _sire_check_payment_flow(self):
        """Keep the amount and state of a transaction out of reach of forms, imports and the external API.

        The host lets every biller create and write transactions; its own flows do it in superuser mode.

        :raise AccessError: outside of it.
        """
        if not self.env.su:
            raise AccessError(self.env._("Payment transactions are written by the payment flow alone."))

    def _sire_get_held(self):
        """Return how much of its invoices' residual this transaction holds.

        A transaction of "no provider" or a bank transfer promises money without moving any, so only its confirmation
        counts, as in the host's `_has_to_be_paid`.

        :return: amount and its currency.
        :rtype: tuple[float, res.currency]
        """
        self.ensure_one()
        held = 0.0
        if self.operation not in ("refund", "validation"):
            captures = self.child_transaction_ids.filtered(
                lambda child: child.operation == self.operation and child.state in ("done", "cancel")
            )
            held = sum(child._sire_get_held()[0] for child in captures)
            if self.state in ("pending", "authorized") and self.provider_code not in ("none", "custom"):
                held += self.amount - sum(captures.mapped("amount"))
            elif self.state == "done" and not captures and self.payment_id.state in (False, "draft"):
                held += self.amount
        return held, self.currency_id

    def _sire_hold_reason(self, amount):
        """Say why money is held.

        :param str amount: how much, as people write it.
        :rtype: str
        """
        self.ensure_one()
        provider_sudo = self.sudo().provider_id  # Only its name.
        if self.state == "done":
            return self.env._(
                "%(amount)s has just been paid by %(provider)s", amount=amount, provider=provider_sudo.name
            )
        return self.env._("%(amount)s is being paid by %(provider)s", amount=amount, provider=provider_sudo.name)
