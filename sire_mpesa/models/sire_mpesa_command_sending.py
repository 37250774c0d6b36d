import logging
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .. import const
from ..tools import own_transaction
from ..tools.daraja_client import CommandAnswer

_logger = logging.getLogger(__name__)

MODEL = "sire.mpesa.command"

# Requests of this process that go out at a time: each can take half a minute, and nobody's page waits for them.
_senders = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mpesa.command")


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
        dbname, command_id = self.env.cr.dbname, command.id
        self.env.cr.postcommit.add(lambda: _send_soon(dbname, command_id))
        return command

    def _send(self):
        """Send a committed command, unless somebody did or does. Commits on cursors of its own.

        :return: whether this call sent it
        :rtype: bool
        """
        self.ensure_one()
        self.env.flush_all()
        is_sent = _send_command(self.env.registry, self.id)
        self.env.invalidate_all()
        return is_sent

    # === HELPERS === #

    def _claim(self):
        """Take the command for sending; whoever comes second finds it taken.

        :return: the client, the kind and the request to send, None when it is not to be sent
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
        return self.provider_id._mpesa_get_client(), self.kind, payload

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
        self.flush_recordset()
        self.env.execute_query(SQL("SELECT id FROM sire_mpesa_command WHERE id = %s FOR NO KEY UPDATE", self.id))
        self.invalidate_recordset()


def _send_command(registry, command_id):
    """Claim, send, write down. No database transaction is open while Safaricom is asked."""
    claim = own_transaction.run(registry, MODEL, command_id, lambda command: command._claim())
    if not claim:
        return False
    client, kind, payload = claim
    try:
        answer = client.command(kind, payload)
    except Exception as error:
        _logger.exception("Request %s broke off", command_id)
        answer = CommandAnswer("unknown", detail=type(error).__name__)
    own_transaction.run(registry, MODEL, command_id, lambda command: command._take_answer(answer))
    return True


def _send_soon(dbname, command_id):
    """Hand a command to the threads that send. The request is committed: nothing may fail here any more."""
    try:
        _senders.submit(_send_in_background, dbname, command_id)
    except RuntimeError:  # The server is stopping: the job of the next one sends it.
        _logger.info("Request %s is left to the job", command_id)


def _send_in_background(dbname, command_id):
    """Send one command from a thread that has no request: whatever goes wrong, the job takes over."""
    threading.current_thread().dbname = dbname
    try:
        _send_command(Registry(dbname), command_id)
    except Exception:
        _logger.exception("Request %s could not be sent", command_id)
