import logging
import secrets
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const
from ..tools import rows
from ..tools.daraja_client import CommandAnswer
from ..tools.sending import Sending

_logger = logging.getLogger(__name__)

_commands = Sending(
    "sire.mpesa.command",
    workers=2,
    claim=lambda command: command._claim(),
    take=lambda command, answer: command._take_answer(answer),
    answer=CommandAnswer,
)


class SireMpesaCommand(models.Model):
    """How a command leaves, as a prompt does: after the commit, once.

    queued → sending → sent | failed | unknown, each step in a short transaction of its own, none open while Safaricom
    is asked. A process that dies in `sending` leaves a command that may have been taken: it is treated as unknown.
    """

    _inherit = "sire.mpesa.command"

    # === BUSINESS === #

    @api.model
    def _queue(self, provider, kind, **values):
        """Write down a command. It leaves when the caller's transaction is committed.

        :param provider: ``payment.provider``
        :param str kind: status, reversal or balance
        :param values: what it is about
        :return: the command
        :rtype: sire.mpesa.command
        """
        self.flush_model(["state"])  # one reversal at a time: what has ended is ended in the database too
        command = self.create(
            {
                "provider_id": provider.id,
                "company_id": provider.company_id.id,
                "currency_id": self.env.ref("base.KES").id,
                "kind": kind,
                "token": provider._mpesa_make_callback_token(lambda: secrets.token_urlsafe(24)),
                **values,
            }
        )
        _commands.send_after_commit(command)
        return command

    def _send(self):
        """Send a committed command, unless somebody did or does. Commits on cursors of its own.

        :return: whether this call sent it
        :rtype: bool
        """
        return _commands.send(self)

    # === HELPERS === #

    def _claim(self):
        """Take the command for sending; whoever comes second finds it taken.

        :return: what asks Safaricom, None when it is not to be sent
        """
        if not self.try_lock_for_update(allow_referencing=True):
            return None
        if self.state != "queued":
            return None
        is_late = self.create_date < fields.Datetime.now() - timedelta(seconds=const.REVERSAL_WITHIN)
        if is_late and self.kind == "reversal":
            self._end_unsent("not_sent", "")
            return None
        try:
            if self.provider_id.state == "disabled":
                raise UserError(self.env._("Enable the provider first."))
            payload = self.provider_id._mpesa_build_command(self)
        except (UserError, ValueError) as error:
            self._end_unsent("setup", str(error))
            return None
        self.state = "sending"
        return partial(self.provider_id._mpesa_get_client().command, self.kind, payload)

    def _take_answer(self, answer):
        """Write down what became of the request.

        :param CommandAnswer answer:
        """
        self._lock()
        _logger.info("Request %s (%s): %s %s", self.id, self.kind, answer.outcome, answer.detail)
        if self.state not in ("sending", "unknown") or self.conversation_id:
            return
        seconds = const.REVERSAL_SECONDS if self.kind == "reversal" else const.ANSWER_SECONDS
        next_check_at = fields.Datetime.now() + timedelta(seconds=seconds)
        if answer.outcome == "accepted":
            self.write(
                {
                    "state": "sent",
                    "originator_conversation_id": answer.originator_conversation_id,
                    "conversation_id": answer.conversation_id,
                    "next_check_at": next_check_at,
                }
            )
        elif answer.outcome == "unknown":
            self.write({"state": "unknown", "result_description": answer.detail, "next_check_at": next_check_at})
        else:
            self._end_unsent(answer.code, answer.detail)

    def _end_unsent(self, code, detail):
        """End a command that Safaricom did not take for sure.

        :param str code: a key of ``const.COMMAND_FAULTS`` or empty
        """
        self.write(
            {
                "state": "failed",
                "result_code": code or False,
                "result_description": detail,
                "next_check_at": False,
                "answered_at": fields.Datetime.now(),
            }
        )
        if self.kind == "reversal":
            self._end_reversal(is_done=False)
        elif self.kind == "balance":
            self.provider_id.mpesa_balance_message = f"{self._get_fault_words(code)} {detail}".strip()
        elif self.receipt_id:
            self.receipt_id._note_no_answer(f"{self._get_fault_words(code)} {detail}".strip())

    def _lock(self):
        """Wait for the row, and start over when it was changed meanwhile (PostgreSQL refuses, the caller repeats)."""
        rows.lock(self)
