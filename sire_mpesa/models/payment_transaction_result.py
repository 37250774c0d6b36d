import logging
import math
from datetime import timedelta

import psycopg2

from odoo import fields, models

from odoo.addons.sire_base.exceptions import WebhookParked, WebhookRetry
from odoo.addons.sire_payment.utils import format_money

from .. import const
from ..utils import parse_stk_callback

_logger = logging.getLogger(__name__)


class PaymentTransaction(models.Model):
    """How a prompt ended: callbacks are hints, Safaricom's own answer is the truth, states change in `_process`."""

    _inherit = "payment.transaction"

    # === CALLBACKS === #

    def _mpesa_receive_callback(self, raw_body, headers, remote_addr):
        """Keep a callback for the worker. A true repetition is one row; anything that differs is another.

        :param bytes raw_body: as received
        :return: the event
        """
        self.ensure_one()
        inbox_sudo = self.env["sire.webhook.event"].sudo()  # Safaricom has no user here; the address was the key.
        # The transaction is part of the key, so the address, which is a secret, need not be kept.
        return inbox_sudo._receive(
            const.WEBHOOK_KIND,
            f"{self.id}/{inbox_sudo._get_storable_key('', raw_body)}",
            raw_body,
            headers,
            remote_addr=remote_addr,
            company=self.company_id,
        )

    def _mpesa_handle_stk_event(self, event):
        """Handle a callback from the inbox, in the worker's transaction.

        :raise WebhookParked: when it does not fit: kept, shown on the transaction, not booked
        :raise WebhookRetry: when Safaricom cannot confirm it right now
        """
        tx = self.browse(int(event.event_key.split("/")[0])).exists()
        if not tx:
            raise WebhookParked(self.env._("Its transaction was deleted."))
        tx._mpesa_lock()
        try:
            result = parse_stk_callback(event._get_json())
        except ValueError as error:
            raise WebhookParked(str(error)) from None
        if fault := tx._mpesa_find_fault(result):
            raise WebhookParked(fault)
        # A prompt that was concluded to be paid, or whose number we never learnt, is no proof of what names another receipt.
        is_known = tx.state == "done" and tx.mpesa_checkout_request_id and not tx.mpesa_receipt_ids.is_inferred
        if result.is_paid and not is_known:
            tx._mpesa_confirm(result)
        tx._mpesa_take_result(result, event)

    def _mpesa_find_fault(self, result):
        """Say why a result cannot be about this transaction.

        :param StkResult result:
        :return: one sentence for staff, or None
        :rtype: str | None
        """
        if self.mpesa_checkout_request_id and (
            result.checkout_request_id != self.mpesa_checkout_request_id
            or result.merchant_request_id != self.mpesa_merchant_request_id
        ):
            return self.env._("A callback names another prompt than the one that was sent.")
        if other := self._mpesa_find_other("mpesa_checkout_request_id", result.checkout_request_id):
            return self.env._("A callback names a prompt that belongs to %s.", other.reference)
        if not result.is_paid:
            if self.state == "done":
                return self.env._("A callback says that a payment failed which is confirmed.")
            return None
        if result.amount is not None and (
            not math.isfinite(result.amount) or self.currency_id.compare_amounts(result.amount, self.amount) != 0
        ):
            told = format_money(result.amount, self.currency_id) if math.isfinite(result.amount) else "?"
            asked = format_money(self.amount, self.currency_id)
            return self.env._("A callback says %(told)s, and %(asked)s was asked for.", told=told, asked=asked)
        if result.receipt:
            is_other = self.state == "done" and self.provider_reference not in (False, result.receipt)
            if is_other and not self.mpesa_receipt_ids.is_inferred:
                return self.env._("A callback names another receipt than %s.", self.provider_reference)
            return self._mpesa_find_receipt_fault(result)
        return None

    def _mpesa_find_other(self, field_name, value):
        """:return: another M-Pesa transaction of the company with this value, empty without a value"""
        if not value:
            return self.browse()
        return self.search(
            [
                (field_name, "=", value),
                ("company_id", "=", self.company_id.id),
                ("mpesa_callback_token", "!=", False),
                ("id", "!=", self.id),
            ],
            limit=1,
        )

    def _mpesa_confirm(self, result):
        """Ask Safaricom before money is believed. Ids that we did not get ourselves are never taken on trust.

        :param StkResult result: a success
        """
        if not self.provider_id.mpesa_confirm_callbacks and self.mpesa_checkout_request_id:
            return
        if not result.checkout_request_id:
            raise WebhookParked(self.env._("A callback names no prompt."))
        outcome, answer = self.provider_id._mpesa_query(result.checkout_request_id)
        if outcome == "failed":
            raise WebhookParked(
                self.env._("A callback says paid, and Safaricom says: %s", answer.description or answer.code)
            )
        if outcome != "paid":
            raise WebhookRetry(self.env._("Safaricom could not confirm the payment yet."))
        if answer.merchant_request_id and answer.merchant_request_id != result.merchant_request_id:
            raise WebhookParked(self.env._("A callback names another prompt than the one that Safaricom knows."))
        if not self.mpesa_checkout_request_id:
            self.write(
                {
                    "mpesa_merchant_request_id": result.merchant_request_id,
                    "mpesa_checkout_request_id": result.checkout_request_id,
                }
            )

    def _mpesa_find_contradictions(self):
        """Look through the parked callbacks of this transaction for what does not fit.

        :return: sentences for staff
        :rtype: list[str]
        """
        self.ensure_one()
        events_sudo = self.env["sire.webhook.event"].sudo()  # The inbox is the administrator's; staff see the fault.
        faults = []
        domain = [("provider", "=", const.WEBHOOK_KIND), ("state", "=", "parked")]
        for event in events_sudo.search([*domain, ("event_key", "=like", f"{self.id}/%")]):
            try:
                fault = self.sudo()._mpesa_find_fault(parse_stk_callback(event._get_json()))
            except (ValueError, WebhookParked):
                fault = self.env._("A callback could not be read.")
            faults += [fault] if fault else []
        return faults

    # === PROCESSING === #

    def _mpesa_take_result(self, result, event=None):
        """Let the host's gate change the state.

        :param StkResult result: a callback that was confirmed, or Safaricom's own answer
        :param event: the callback, kept as evidence of its receipt
        """
        self._mpesa_settle(self._mpesa_make_payment_data(result, event))

    def _mpesa_make_payment_data(self, result, event=None):
        """:return: what the host's gate is told, as `_apply_updates` wants it
        :rtype: dict
        """
        data = {"result_code": result.code, "result_description": result.description}
        if result.is_paid:
            data.update(amount=result.amount or self.amount, paid_at=result.paid_at)
            data.update(receipt=result.receipt, phone=result.phone, event=event)
        elif event and self.mpesa_checkout_request_id and self.provider_id.mpesa_confirm_callbacks:
            data["is_claimed"] = True  # nobody asked Safaricom yet
        return data

    def _mpesa_settle(self, data):
        """Let the host's gate change the state, book what came of it, and end the waiting of receipts for it.

        :param dict data: ``result_code`` and what belongs to it
        """
        self._process("mpesa", data)
        self._mpesa_post_process()
        if self.state != "pending":
            for receipt in self.mpesa_waiting_receipt_ids:
                receipt._book()

    def _mpesa_take_seen(self, receipt):
        """Take a receipt that waited as this prompt's: it fits, and nobody says any more how the prompt ended."""
        self._mpesa_settle(
            {
                "result_code": "0",
                "result_description": self.env._("Concluded from receipt %s", receipt.name),
                "amount": receipt.amount,
                "paid_at": receipt.paid_at,
                "seen": receipt,
            }
        )

    def _mpesa_is_open(self):
        """:return: whether nobody has said how this prompt ended
        :rtype: bool
        """
        return self.state == "pending" or (self.state in ("cancel", "error") and self._mpesa_is_in_doubt())

    def _mpesa_may_be_paid(self):
        """:return: whether Safaricom itself has not said that this prompt failed; a callback is asked about
        :rtype: bool
        """
        return self.state == "done" or self._mpesa_is_open() or bool(self.mpesa_next_query_at)

    def _mpesa_is_in_doubt(self):
        """:return: whether an ended prompt may have been paid all the same, for all that we know"""
        return self.mpesa_result_code in const.OPEN_RESULTS or self.mpesa_result_code not in const.RESULTS

    def _extract_amount_data(self, payment_data):
        """Override of `payment`: a failure and a query name no amount, so there is none to compare."""
        if self.provider_code != "mpesa":
            return super()._extract_amount_data(payment_data)
        if "amount" not in payment_data:
            return None
        return {"amount": payment_data["amount"], "currency_code": const.CURRENCY}

    def _apply_updates(self, payment_data):
        """Override of `payment`: the one place where an M-Pesa transaction changes its state."""
        if self.provider_code != "mpesa":
            return super()._apply_updates(payment_data)
        code, before = payment_data["result_code"], self.state
        values = {"mpesa_result_code": code, "mpesa_result_description": payment_data.get("result_description")}
        if code == "0":
            self._mpesa_set_paid(values, payment_data, before)
            return None
        result = const.RESULTS.get(code, const.OTHER_RESULT)
        message = self.with_context(lang=self.partner_lang or self.env.lang).env._(result.message)
        self.write(values)
        if payment_data.get("is_claimed") and (before == "pending" or self.mpesa_next_query_at):
            # Whoever knows address and ids can say so: the resolver asks, until Safaricom answers.
            soon = fields.Datetime.now() + timedelta(seconds=const.FIRST_QUERY_SECONDS)
            self.mpesa_next_query_at = min(self.mpesa_next_query_at or soon, soon)
        elif not self._mpesa_is_in_doubt():  # Else the resolver goes on asking.
            self.mpesa_next_query_at = False
        if before in ("cancel", "error"):
            self.state_message = message
        elif result.state == "cancel":
            self._set_canceled(state_message=message)
        else:
            self._set_error(message)
        return None

    def _mpesa_set_paid(self, values, payment_data, before):
        """Take the money as paid, whatever was believed before: it moved, and it has to be in the books.

        :param str before: the state until now; a success after a failure is told to staff
        """
        paid_at = self.mpesa_paid_at or self._mpesa_get_paid_at(payment_data.get("paid_at"))
        is_told = self.mpesa_is_told_paid or "seen" not in payment_data
        self.write({**values, "mpesa_paid_at": paid_at, "mpesa_next_query_at": False, "mpesa_is_told_paid": is_told})
        self._mpesa_take_receipt(payment_data)
        if before == "done":
            if not self.payment_id:  # The receipt that was taken for its own is another payment's.
                self.is_post_processed = False
            return
        self._set_done(extra_allowed_states=("cancel",))
        if before in ("cancel", "error"):
            message = self.env._(
                "%(amount)s by M-Pesa%(receipt)s arrived after the prompt had ended without success. It is booked; what is"
                " more than the invoice is the client's credit.",
                amount=format_money(self.amount, self.currency_id),
                receipt=f" ({self.provider_reference})" if self.provider_reference else "",
            )
            self._log_message_on_linked_documents(message)

    def _mpesa_post_process(self):
        """Book at once, so that the invoice shows the payment. When that fails, what happened is kept all the same:
        the host's own job tries again.
        """
        if self.is_post_processed:
            return
        try:
            with self.env.cr.savepoint():
                self._post_process()
        except psycopg2.OperationalError:  # Somebody was faster: the whole step is repeated.
            raise
        except Exception:
            _logger.exception("M-Pesa transaction %s is confirmed and could not be booked yet", self.reference)
