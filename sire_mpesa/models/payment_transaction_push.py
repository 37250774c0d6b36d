import secrets
from datetime import timedelta
from functools import partial

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.payment.logging import get_payment_logger
from odoo.addons.sire_base.utils.phone import is_mobile, parse_kenyan_phone

from .. import const
from ..tools import own_transaction, rows
from ..tools.daraja_client import PushAnswer
from ..tools.sending import Sending
from ..utils import make_account_reference

_logger = get_payment_logger(__name__, sensitive_keys=const.SENSITIVE_KEYS)

_pushes = Sending(
    "payment.transaction",
    workers=4,
    claim=lambda tx: tx._mpesa_claim_push(),
    take=lambda tx, answer: tx._mpesa_take_push_answer(answer),
    answer=PushAnswer,
)


class PaymentTransaction(models.Model):
    """The prompt: asked for in the request, sent after its commit, once.

    queued → sending → sent | refused | unknown, each step in a short transaction of its own, none open while Safaricom
    is asked. A process that dies in `sending` leaves a prompt that may have rung: it is treated as unknown. One that
    dies before leaves it queued, and the resolver sends it or ends it.
    """

    _inherit = "payment.transaction"

    # === BUSINESS === #

    def _mpesa_request_payment(self, phone):
        """Ask the payer for the PIN. The prompt leaves when the caller's transaction is committed.

        :param str phone: as the payer typed it
        :return: None
        :raise UserError: a sentence: no Kenyan mobile number, an amount that M-Pesa or the invoice does not allow
        """
        self.ensure_one()
        if self.provider_code != "mpesa":
            raise UserError(self.env._("This payment is not made by M-Pesa."))
        if self.state != "draft":
            raise UserError(self.env._("A prompt was already requested for this payment."))
        number = self._mpesa_parse_phone(phone)
        self._ensure_provider_is_not_disabled()
        self.provider_id._mpesa_check_amount(self.amount, self.currency_id)
        if self.invoice_ids:  # Once more, and locked: drafts hold nothing, and from now on this one does.
            self.invoice_ids._sire_check_payable(self.amount, currency=self.currency_id, exclude=self)
        now = fields.Datetime.now()
        self.write(
            {
                "mpesa_phone": number,
                "mpesa_account_reference": self._mpesa_make_account_reference(),
                "mpesa_callback_token": self.provider_id._mpesa_make_callback_token(lambda: secrets.token_urlsafe(24)),
                "mpesa_push_state": "queued",
                "mpesa_requested_at": now,
                "mpesa_next_query_at": now + timedelta(seconds=const.FIRST_QUERY_SECONDS),
            }
        )
        self._set_pending()
        _pushes.send_after_commit(self)
        self._mpesa_wake_resolver()

    def _mpesa_send_push(self):
        """Send the prompt of a committed transaction, unless somebody did or does. Commits on cursors of its own.

        :return: whether this call sent it
        :rtype: bool
        """
        return _pushes.send(self)

    # === HELPERS === #

    def _mpesa_parse_phone(self, phone):
        """Read what the payer typed.

        :return: E.164
        :raise UserError: a sentence in the payer's language
        """
        try:
            number = parse_kenyan_phone(phone)
        except ValueError:
            number = None
        if not is_mobile(number):
            typed = str(phone or "").strip()[:25]
            if not typed:
                raise UserError(self.env._("Type the phone number that pays, such as 0712 345 678."))
            raise UserError(self.env._("“%s” is not a Kenyan mobile number: write it like 0712 345 678.", typed))
        return number

    def _mpesa_make_account_reference(self):
        """:return: what the phone shows as the account that is paid, at most 12 characters"""
        invoice = self.invoice_ids._mpesa_oldest_first()[:1]  # of several the first that is paid
        return invoice.mpesa_reference or make_account_reference(invoice.name or self.reference)

    def _mpesa_claim_push(self):
        """Take the prompt for sending; whoever comes second finds it taken.

        :return: what asks Safaricom, None when it is not to be sent
        """
        if not self.try_lock_for_update(allow_referencing=True):
            return None
        if self.state != "pending" or self.mpesa_push_state != "queued" or self._mpesa_is_too_late_to_send():
            return None
        self.mpesa_push_state = "sending"
        return partial(self.provider_id._mpesa_get_client().push, self.provider_id._mpesa_build_push(self))

    def _mpesa_is_too_late_to_send(self):
        return self.mpesa_requested_at < fields.Datetime.now() - timedelta(seconds=const.SEND_WITHIN_SECONDS)

    def _mpesa_take_push_answer(self, answer):
        """Write down what became of the push. The callback may have been faster.

        :param PushAnswer answer:
        """
        self._mpesa_lock()
        _logger.info("Push of transaction %s: %s %s %s", self.reference, answer.outcome, answer.code, answer.detail)
        if answer.outcome == "accepted":
            self.write(
                {
                    "mpesa_push_state": "sent",
                    "mpesa_merchant_request_id": answer.merchant_request_id,
                    "mpesa_checkout_request_id": answer.checkout_request_id,
                }
            )
        elif answer.outcome == "unknown":
            self.mpesa_push_state = "unknown"
        else:
            self.mpesa_push_state = "refused"
            if self.state == "pending":
                self._mpesa_settle({"result_code": answer.code, "result_description": answer.detail})

    def _mpesa_lock(self):
        """Wait for the row, and start over when it was changed meanwhile (PostgreSQL refuses, the caller repeats)."""
        rows.lock(self)

    def _mpesa_in_own_transaction(self, func):
        """Run ``func(transaction)`` on a cursor of its own and commit.

        :return: what func returns
        """
        return own_transaction.run(self.env.registry, self._name, self.id, func)
