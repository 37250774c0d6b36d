import math
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.sire_base.exceptions import WebhookParked, WebhookRetry
from odoo.addons.sire_payment.utils import format_money

from .. import const
from ..commands import parse_result, read_status
from ..utils import parse_amount, parse_time

YOUNG = timedelta(seconds=10)


class SireMpesaCommand(models.Model):
    """What is made of a result: a report that carries no signature, so its numbers have to be those of our request."""

    _inherit = "sire.mpesa.command"

    # === RESULTS === #

    def _receive(self, raw_body, headers, remote_addr, is_late):
        """Keep a result for the worker. A true repetition is one row; anything that differs is another.

        :param bytes raw_body: as received
        :param bool is_late: whether it came to the address for what Safaricom gave up
        :return: the event
        """
        self.ensure_one()
        inbox_sudo = self.env["sire.webhook.event"].sudo()  # Safaricom has no user here; the address was the key.
        return inbox_sudo._receive(
            const.COMMAND_KIND,
            f"{self.id}/{'late' if is_late else 'result'}/{inbox_sudo._get_storable_key('', raw_body)}",
            raw_body,
            headers,
            remote_addr=remote_addr,
            company=self.company_id,
        )

    @api.model
    def _handle_command_event(self, event):
        """Handle a result or a time-out from the inbox, in the worker's transaction.

        :raise WebhookParked: when it does not fit: kept, not believed
        :raise WebhookRetry: when the answer to our own request is still under way
        """
        command_id, address, *_digest = event.event_key.split("/")
        command = self.browse(int(command_id)).exists()
        if not command:
            raise WebhookParked(self.env._("Its request was deleted."))
        command._lock()
        try:
            result = parse_result(event._get_json())
        except ValueError as error:
            raise WebhookParked(str(error)) from None
        if command.state in ("queued", "sending"):  # a moment, or until a dead process is taken for dead
            is_young = fields.Datetime.now() - command.write_date < YOUNG
            why = self.env._("The answer to our own request is not there yet.")
            raise WebhookRetry(why, delay=2) if is_young else WebhookRetry(why)
        if not command.conversation_id:
            command._adopt(result)
            return
        if fault := command._find_fault(result):
            raise WebhookParked(fault)
        if address == "late":
            command._take_timeout(result)
        else:
            command._take_result(result, event)

    def _find_fault(self, result):
        """Say why a result cannot be this command's.

        :return: one sentence for staff, or None
        :rtype: str | None
        """
        ours = (self.originator_conversation_id, self.conversation_id)
        if (result.originator_conversation_id, result.conversation_id) != ours:
            return self.env._("A result names another request than the one that was sent.")
        return None

    def _adopt(self, result):
        """The answer to our request was lost, so nobody knows whether these numbers are its own. A question is asked
        anew. Of a reversal Safaricom is asked by these numbers, and only a reversal that is there is believed.
        """
        is_given_up = self.state == "failed" and self.result_code == "by_hand"
        if self.kind != "reversal" or not (self.state == "unknown" or is_given_up):
            return
        domain = [("conversation_id", "=", result.conversation_id)]
        if not result.conversation_id or not result.originator_conversation_id or self.search_count(domain, limit=1):
            raise WebhookParked(self.env._("A result names another request than the one that was sent."))
        self.write(
            {
                "originator_conversation_id": result.originator_conversation_id,
                "conversation_id": result.conversation_id,
                "is_adopted": True,
                "result_description": result.description,
                **({} if is_given_up else {"state": "sent"}),
            }
        )
        self._check()

    def _take_timeout(self, result):
        """Safaricom gave the request up. Whether it was done all the same is not said."""
        if self.state not in self._LIVE:
            return
        now = fields.Datetime.now()
        if self.kind == "reversal":
            self.write({"timed_out_at": now, "result_description": result.description, "next_check_at": now})
            self._check()
            return
        self.write({"state": "unanswered", "timed_out_at": now, "result_description": result.description})

    def _take_result(self, result, event=None):
        """Take what Safaricom says about a command, once. A success after a failure is taken too: the money moved.

        :param CommandResult result:
        :param event: the report
        """
        is_done = result.code in ("0", const.ALREADY_REVERSED if self.kind == "reversal" else const.NOT_KNOWN)
        if self.state == "done" or (self.state == "failed" and not is_done):
            return
        if self.kind == "reversal" and result.code == "0" and (fault := self._find_amount_fault(result)):
            self.write({"fault": fault, "next_check_at": fields.Datetime.now()})
            self._check()
            return
        self.write(
            {
                "state": "done" if is_done else "failed",
                "result_code": result.code,
                "result_description": result.description,
                "result_receipt": result.receipt if self.kind == "reversal" and result.code == "0" else False,
                "result_body": event._get_raw_body().decode("utf-8", "replace") if event else False,
                "answered_at": fields.Datetime.now(),
                "next_check_at": False,
            }
        )
        if self.kind == "reversal":
            self._end_reversal(is_done, parse_time(result.parameters.get("TransCompletedTime")))
        elif self.kind == "balance":
            self.provider_id._mpesa_take_balance(self, result)
        elif self.checked_id:
            self.checked_id._take_check(self._read(result), result)
        elif self.receipt_id:
            self.receipt_id._take_status(self._read(result), result, event)
        elif self.transaction_id:
            self.transaction_id._mpesa_take_status(self._read(result), result, event)

    def _find_amount_fault(self, result):
        """:return: what is wrong with the amount that a result names, or None"""
        amount = parse_amount(result.parameters.get("Amount"))
        if amount is None or (math.isfinite(amount) and self.currency_id.compare_amounts(amount, self.amount) == 0):
            return None
        told = format_money(amount, self.currency_id) if math.isfinite(amount) else "?"
        return self.env._(
            "A result says that %(told)s was returned, and %(asked)s was asked for.",
            told=told,
            asked=format_money(self.amount, self.currency_id),
        )

    def _read(self, result):
        """:return: what a status says about money
        :rtype: StatusAnswer
        """
        return read_status(result, self.provider_id._mpesa_get_shortcodes())

    # === REVERSALS IN DOUBT === #

    def _check(self):
        """Ask what became of a reversal that has no result, by its own numbers."""
        self.ensure_one()
        asked = self.search([("checked_id", "=", self.id)])
        asked.filtered(lambda question: question.state in ("sent", "unknown")).write({"state": "unanswered"})
        pace = const.ASK_PACE[min(len(asked), len(const.ASK_PACE) - 1)]
        self.next_check_at = fields.Datetime.add(fields.Datetime.now(), seconds=pace)
        if self.originator_conversation_id and self.provider_id._mpesa_has_initiator():
            self._queue(self.provider_id, "status", checked_id=self.id, about=self.about)

    def _take_check(self, answer, result):
        """Take what Safaricom says about a reversal that had no result.

        :param StatusAnswer answer: the reversal itself is a movement, in its own words
        """
        self._lock()
        if self.state == "done":
            return
        if result.code == "0" and answer.number and answer.amount:
            if (
                self.currency_id.compare_amounts(answer.amount, self.amount) != 0
                or answer.number == self.receipt_id.name
            ):
                self.fault = self.env._("Safaricom knows this request as another movement: %s.", answer.number)
                return
            if result.parameters.get("TransactionStatus") != "Completed":
                return
            self.write(
                {
                    "state": "done",
                    "result_code": "0",
                    "result_description": self.env._("Found by transaction status"),
                    "result_receipt": answer.number,
                    "answered_at": fields.Datetime.now(),
                    "next_check_at": False,
                    "fault": False,
                }
            )
            self._end_reversal(True, answer.paid_at)
        elif result.code == const.NOT_KNOWN and self.state == "sent" and not self.is_adopted:
            self.denials += 1
            if self.timed_out_at and self.denials >= 2:
                self.write(
                    {
                        "state": "failed",
                        "result_code": "timed_out",
                        "answered_at": fields.Datetime.now(),
                        "next_check_at": False,
                    }
                )
                self._end_reversal(is_done=False)

    def _end_reversal(self, is_done, completed_at=None):
        """Bring the end of a reversal into the books, and say it.

        :param datetime completed_at: naive UTC, when Safaricom says
        """
        if self.transaction_id:
            self.transaction_id._mpesa_take_reversal(self, is_done, completed_at)
        else:
            self.receipt_id._take_return(self, is_done, completed_at)
