from odoo import Command, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.payment import utils as payment_utils
from odoo.addons.payment_stripe.controllers.main import StripeController
from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_payment.utils import format_money, get_amount_fault

from ..utils import is_id

OVER = ("failed", "canceled")


class PaymentTransaction(models.Model):
    """Refunds, made here or at Stripe: each is one transaction and one outbound payment."""

    _inherit = "payment.transaction"

    # === REQUEST === #

    def _refund(self, amount_to_refund=None):
        """Override of `payment`: two at once, and what is on its way, count before Stripe is asked.

        :raise UserError: nothing was asked of Stripe then
        """
        self.ensure_one()
        if self.provider_code != "stripe":
            return super()._refund(amount_to_refund=amount_to_refund)
        self._stripe_lock()
        if self.state != "done" or self.operation in ("refund", "validation"):
            raise UserError(self.env._("Only a card payment that arrived can be refunded."))
        amount = self.amount if amount_to_refund is None else amount_to_refund
        if get_amount_fault(amount, self.currency_id.decimal_places):
            raise UserError(self.env._("%s is not an amount that can be refunded.", amount))
        left = self.amount + sum(self._stripe_get_live_refunds().mapped("amount"))
        if self.currency_id.compare_amounts(amount, left) > 0:
            raise UserError(
                self.env._("Only %s of this payment is left to refund.", format_money(left, self.currency_id))
            )
        return super()._refund(amount_to_refund=amount)

    def _create_child_transaction(self, amount, is_refund=False, **custom_create_values):
        """Override of `payment`: a refund is for the credit notes."""
        if is_refund and self.provider_code == "stripe":
            notes = self._sire_get_open_credit_notes()
            custom_create_values.setdefault("invoice_ids", [Command.set(notes.ids)])
        return super()._create_child_transaction(amount, is_refund=is_refund, **custom_create_values)

    def _send_refund_request(self):
        """Override of `payment_stripe`: asked once, however often the request is repeated.

        The key makes Stripe answer a repetition with the first refund; the reference lets its report be known for ours
        when we are killed before the answer is on disk. No answer is no failure: the refund waits, and is asked again.
        """
        if self.provider_code != "stripe":
            return super()._send_refund_request()
        source = self.source_transaction_id
        try:
            refund = self._send_api_request(
                "POST",
                "refunds",
                data={
                    "payment_intent": source.provider_reference,
                    "amount": self._stripe_to_minor(-self.amount),
                    "metadata[reference]": self.reference,
                },
                idempotency_key=payment_utils.generate_idempotency_key(self, scope="refunds"),
            )
        except ValidationError as error:
            if self._stripe_is_refusal(error):
                raise
            self._set_pending(state_message=self.env._("Stripe did not answer yet. It is asked again by itself."))
            self._stripe_settle_later()
            return None
        data = {}
        StripeController._include_refund_in_payment_data(refund, data)
        self._process("stripe", data)
        self._stripe_post_process()
        return None

    @staticmethod
    def _stripe_is_refusal(error):
        """:return: whether Stripe said no, and not just nothing (a broken line, a fault of its own)"""
        response = getattr(error.__context__, "response", None)
        status = getattr(response, "status_code", None)
        return bool(status and 400 <= status < 500 and status not in (408, 409, 429))

    # === REPORTS === #

    def _stripe_take_refund(self, refund):
        """Take what Stripe says of a refund of this payment. Repeating it changes nothing.

        :param dict refund: Refund
        """
        self.ensure_one()
        refund_id, amount = refund.get("id"), refund.get("amount")
        is_amount = isinstance(amount, int) and not isinstance(amount, bool) and amount > 0
        is_same = str(refund.get("currency") or "").upper() == self.currency_id.name
        if not is_id(refund_id, "(re|pyr)") or not is_amount or not is_same:
            return
        refunds = self._stripe_get_refunds()
        known = refunds.filtered(lambda tx: tx.provider_reference == refund_id)
        if not known:
            reference = (refund.get("metadata") or {}).get("reference")
            # One that we were killed over and forgot leaves its reference to the next, which may be of another amount.
            known = refunds.filtered(
                lambda tx: (
                    not tx.provider_reference
                    and tx.reference == reference
                    and self._stripe_to_minor(-tx.amount) == amount
                )
            )
        if not known:
            if self.currency_id.compare_amounts(self._stripe_from_minor(amount), self.amount) > 0:
                return  # no refund of this payment
            known = self._create_child_transaction(self._stripe_from_minor(amount), is_refund=True)
        known._stripe_lock()
        data = {}
        StripeController._include_refund_in_payment_data(refund, data)
        known._process("stripe", data)
        known._stripe_post_process()

    def _apply_updates(self, payment_data):
        """Override of `payment_stripe`: a refund that failed does not come back to life by an older message."""
        if self.provider_code != "stripe" or self.operation != "refund":
            return super()._apply_updates(payment_data)
        refund = payment_data["refund"]
        if self.state in ("error", "cancel") and self.provider_reference == refund["id"]:
            return None
        was_done = self.state == "done"
        if was_done and refund.get("status") == "canceled":
            refund = {**refund, "status": "failed"}
        if was_done and refund.get("status") not in OVER:
            return None  # an older message
        result = super()._apply_updates({**payment_data, "refund": refund})
        if self.state == "error":
            self._stripe_unbook_refund()
        return result

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment`: money that went back takes the client's credit of that payment with it."""
        if self.provider_code != "stripe" or self.operation != "refund":
            return super()._create_payment(**extra_create_values)
        before = self.source_transaction_id.payment_id
        if before:
            extra_create_values.setdefault("destination_account_id", before.destination_account_id.id)
        payment = super()._create_payment(**extra_create_values)
        account = payment.destination_account_id
        lines = (payment | before).move_id.line_ids.filtered(
            lambda line: line.account_id == account and not line.reconciled
        )
        if before.move_id in lines.move_id and payment.move_id in lines.move_id:
            lines.reconcile()
        return payment

    def _stripe_unbook_refund(self):
        """The money of a refund came back to us: the client's bank did not take it."""
        move = self.payment_id.move_id
        if move and not move.reversal_move_ids:
            ref = self.env._("The refund %s did not go through", self.reference)
            move._reverse_moves([{"date": eat_today(), "ref": ref}], cancel=True)
        self._stripe_settle_soon()
        self.provider_id._stripe_tell_staff(
            self.source_transaction_id,
            self.env._("A card refund did not go through"),
            self.env._(
                "%(amount)s of %(reference)s came back: the client's bank did not take it. Return it another way.",
                amount=format_money(-self.amount, self.currency_id),
                reference=self.reference,
            ),
        )

    # === HELPERS === #

    def _stripe_get_refunds(self):
        return self.child_transaction_ids.filtered(lambda child: child.operation == "refund")

    def _stripe_get_live_refunds(self):
        """:return: refunds that were made or may yet be"""
        return self._stripe_get_refunds().filtered(lambda refund: refund.state not in ("error", "cancel"))
