import logging
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.sire_base.exceptions import WebhookParked

from .. import const
from ..tools import own_transaction
from ..utils import StkResult

_logger = logging.getLogger(__name__)

ASK_AFTER = 60  # seconds: what a callback or a query says by then need not be asked for
QUESTIONS = 8  # about one prompt: about four hours
LIST_PAUSE = timedelta(minutes=10)


class PaymentTransaction(models.Model):
    """What the question about a prompt does not answer: transaction status knows it with amount and receipt number,
    and Safaricom's list of payments names it in the end."""

    _inherit = "payment.transaction"

    # === BUSINESS === #

    def _mpesa_ask_elsewhere(self):
        """Go on asking about a prompt that its query did not settle: transaction status, then the list of payments."""
        if self._mpesa_get_age() < ASK_AFTER:
            return
        self._mpesa_ask_status()
        provider = self.provider_id
        is_overdue = self._mpesa_get_age() >= provider.mpesa_release_seconds
        if is_overdue and provider.mpesa_pull_registered_at:
            if not provider.mpesa_pull_at or provider.mpesa_pull_at < fields.Datetime.now() - LIST_PAUSE:
                self.env.ref("sire_mpesa.ir_cron_mpesa_pull")._trigger()

    def _mpesa_ask_status(self):
        """Ask by the prompt's own number what money it moved, unless that was asked a moment ago.

        :return: the command, empty when nothing was asked
        """
        self.ensure_one()
        commands = self.env["sire.mpesa.command"]
        if not self.mpesa_merchant_request_id or self.provider_reference or not self.provider_id._mpesa_has_initiator():
            return commands
        asked = commands.search([("transaction_id", "=", self.id), ("kind", "=", "status")])
        pace = const.ASK_PACE[min(len(asked), len(const.ASK_PACE)) - 1] if asked else 0
        last = max(asked.mapped("create_date"), default=None)
        if len(asked) >= QUESTIONS or (last and last > fields.Datetime.now() - timedelta(seconds=pace)):
            return commands
        return commands._queue(self.provider_id, "status", transaction_id=self.id, about=self.reference)

    def _mpesa_take_status(self, answer, result, event=None):
        """Take what Safaricom says about the money of a prompt. Only a payment that is there changes anything.

        :param StatusAnswer answer:
        :raise WebhookParked: when it does not fit the prompt
        """
        self.ensure_one()
        self._mpesa_touch()
        if result.code != "0" or answer.verdict != "paid" or self.provider_reference:
            return
        fault = self._mpesa_find_fault(
            StkResult(
                merchant_request_id=self.mpesa_merchant_request_id,
                checkout_request_id=self.mpesa_checkout_request_id,
                code="0",
                amount=answer.amount,
                receipt=answer.number,
            )
        )
        if fault:
            raise WebhookParked(fault)
        self._mpesa_settle(
            {
                "result_code": "0",
                "result_description": result.description,
                "amount": answer.amount,
                "paid_at": answer.paid_at,
                "receipt": answer.number,
                "phone": answer.phone,
                "source": "status",
                "event": event,
            }
        )

    # === CRON === #

    @api.model
    def _mpesa_find_numberless(self, since, limit):
        """:return: prompts that are paid for sure, and whose receipt number nobody has reported"""
        found = self.search(
            [
                ("provider_id.code", "=", "mpesa"),
                ("state", "=", "done"),
                ("operation", "!=", "refund"),
                ("provider_reference", "=", False),
                ("mpesa_merchant_request_id", "!=", False),
                ("mpesa_requested_at", ">", since),
                ("mpesa_requested_at", "<", fields.Datetime.now() - timedelta(seconds=ASK_AFTER)),
            ],
            order="mpesa_requested_at desc",
            limit=limit,
        )
        return found.filtered(lambda tx: tx.provider_id._mpesa_has_initiator())

    def _mpesa_ask_number_alone(self):
        """Ask for the receipt number of one prompt and commit."""
        try:
            own_transaction.run(self.env.registry, self._name, self.id, lambda tx: tx._mpesa_ask_status())
        except Exception:
            _logger.exception("The receipt number of transaction %s could not be asked for", self.id)
