from odoo import Command, models
from odoo.exceptions import UserError

from odoo.addons.sire_payment.utils import format_money, get_amount_fault

from .. import const, gate

LIVE = ("draft", "pending", "authorized")


class PaymentTransaction(models.Model):
    """Refunds: the host's flow, and Safaricom's reversal, which answers later. One at a time, each booked once."""

    _inherit = "payment.transaction"

    # === REQUEST === #

    def _refund(self, amount_to_refund=None):
        """Override of `payment`: refuse in a sentence what Safaricom or our books would not allow.

        The prompt's row is changed first, so that the second of two at once starts over and finds the first one's
        refund on its way.

        :raise UserError: nothing was asked of Safaricom then
        """
        self.ensure_one()
        if self.provider_code != "mpesa":
            return super()._refund(amount_to_refund=amount_to_refund)
        self._mpesa_touch()
        if self.state != "done" or self.operation == "refund":
            raise UserError(self.env._("Only a payment that arrived can be returned."))
        amount = self.amount if amount_to_refund is None else amount_to_refund
        if get_amount_fault(amount, 0):
            raise UserError(self.env._("M-Pesa returns whole shillings, at least one: %s is no such amount.", amount))
        if self._mpesa_get_refunds().filtered(lambda refund: refund.state in LIVE):
            raise UserError(self.env._("A refund of this payment is on its way: wait for Safaricom's answer."))
        receipt = self.mpesa_receipt_ids
        if not receipt:
            raise UserError(
                self.env._("Safaricom has not named the receipt of this payment yet, so it cannot be returned.")
            )
        left = receipt.amount - (receipt.reversed_amount or 0)
        if self.currency_id.compare_amounts(amount, left) > 0:
            raise UserError(
                self.env._("Only %s of this payment is left to return.", format_money(left, self.currency_id))
            )
        return super()._refund(amount_to_refund=amount)

    def _create_child_transaction(self, amount, is_refund=False, **custom_create_values):
        """Override of `payment`: a refund is for the credit notes."""
        if is_refund and self.provider_code == "mpesa":
            notes = self._sire_get_open_credit_notes()
            custom_create_values.setdefault("invoice_ids", [Command.set(notes.ids)])
        return super()._create_child_transaction(amount, is_refund=is_refund, **custom_create_values)

    def _send_refund_request(self):
        """Override of `payment`: the request leaves after the commit, its result comes later."""
        if self.provider_code != "mpesa":
            return super()._send_refund_request()
        receipt = gate.opened(self.source_transaction_id.mpesa_receipt_ids)
        receipt._lock()
        receipt._request_reversal(-self.amount, refund=self)
        self._set_pending(state_message=self.env._("Safaricom was asked to return the money."))
        return None

    # === RESULT === #

    def _mpesa_take_reversal(self, command, is_done, completed_at):
        """Take the end of a refund. Repeating it changes nothing.

        :param command: the reversal
        :param datetime completed_at: naive UTC, or None
        """
        self.ensure_one()
        source = self.source_transaction_id
        (self | source)._mpesa_touch()
        receipt = command.receipt_id
        receipt._lock()
        if self.state == "done":
            return
        is_counted = is_done and receipt._is_counted(command)
        self._process(
            "mpesa",
            {
                "result_code": "counted" if is_counted else command.result_code or "",
                "result_description": command.result_description,
                "is_returned": is_done and not is_counted,
                "receipt": command.result_receipt,
                "paid_at": completed_at and max(completed_at, receipt.paid_at),
                **({"amount": command.amount} if is_done else {}),
            },
        )
        if is_counted:
            return
        if not is_done:
            receipt._note_not_returned(command)
            return
        self._mpesa_post_process()
        receipt._note_returned(command)

    def _mpesa_book_reversal(self, command, completed_at):
        """Book a return of this prompt's receipt that no refund was asked for: it was in suspense then.

        :param command: the reversal
        """
        refund = self._create_child_transaction(command.amount, is_refund=True)
        command.transaction_id = refund
        refund._mpesa_take_reversal(command, True, completed_at)

    def _apply_updates(self, payment_data):
        """Override of `payment`: how a refund ends."""
        if self.provider_code != "mpesa" or self.operation != "refund":
            return super()._apply_updates(payment_data)
        self.write(
            {
                "mpesa_result_code": payment_data["result_code"],
                "mpesa_result_description": payment_data["result_description"],
            }
        )
        if not payment_data["is_returned"]:
            fault = const.COMMAND_FAULTS.get(payment_data["result_code"], const.OTHER_FAULT)
            self._set_error(self.env._(fault))
            return None
        self.write({"provider_reference": payment_data["receipt"], "mpesa_paid_at": payment_data["paid_at"]})
        self._set_done(extra_allowed_states=("cancel",))
        return None

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment`: money that went back takes the client's credit of that payment with it."""
        if self.provider_code != "mpesa" or self.operation != "refund":
            return super()._create_payment(**extra_create_values)
        receipt = self.source_transaction_id.mpesa_receipt_ids
        if self.mpesa_paid_at:
            extra_create_values.setdefault("date", receipt._get_return_date(self.mpesa_paid_at))
        before = self.source_transaction_id.payment_id
        if before:
            extra_create_values.setdefault("destination_account_id", before.destination_account_id.id)
        payment = super()._create_payment(**extra_create_values)
        lines = (payment | before)._mpesa_get_client_lines().filtered(lambda line: not line.reconciled)
        if lines.filtered(lambda line: line.move_id == before.move_id) and len(lines.account_id) == 1:
            lines.reconcile()
        return payment

    # === HELPERS === #

    def _mpesa_get_refunds(self):
        """:return: the refunds of this payment, however they ended"""
        return self.child_transaction_ids.filtered(lambda child: child.operation == "refund")
