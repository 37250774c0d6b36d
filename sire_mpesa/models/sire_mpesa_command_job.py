import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import const
from ..tools import own_transaction

_logger = logging.getLogger(__name__)

BATCH = 100
RUN_SECONDS = 60
LEFT_BEHIND = 20  # seconds after which the thread that should have sent it is taken for dead
TELL_AFTER = timedelta(minutes=15)  # that a reversal has no result
PROMPTS_SINCE = timedelta(hours=48)


class SireMpesaCommand(models.Model):
    """What happens when nothing comes: what was left behind is sent, doubt is asked about, staff are told."""

    _inherit = "sire.mpesa.command"

    # === ACTIONS === #

    def action_check(self):
        """Button: ask Safaricom now what became of a reversal.

        :raise UserError: when there is nothing to ask by
        """
        for command_sudo in self._get_reversals():
            if not command_sudo.originator_conversation_id:
                raise UserError(self.env._("Safaricom gave this request no number: compare with the M-Pesa statement."))
            command_sudo._check()

    def action_not_returned(self):
        """Button: staff compared with the statement, and nothing was returned. A result that says otherwise and comes
        later is taken all the same.
        """
        for command_sudo in self._get_reversals():
            if command_sudo.state not in ("sent", "unknown"):
                raise UserError(self.env._("This request has its end already, or it is on its way."))
            if fields.Datetime.now() - command_sudo.create_date < timedelta(seconds=const.REVERSAL_SECONDS):
                raise UserError(self.env._("Safaricom may still be at it: wait five minutes, then look again."))
            command_sudo._end_unsent("by_hand", self.env._("Closed by %s", self.env.user.name))

    def _get_reversals(self):
        """:return: these reversals that have no end, locked, as superuser
        :raise AccessError: for anyone who may not enter payments
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Returning M-Pesa payments is for accountants."))
        commands_sudo = self.sudo()  # commands are written by the system alone
        for command_sudo in commands_sudo:
            command_sudo._lock()
            if command_sudo.kind != "reversal" or command_sudo.state not in self._LIVE:
                raise UserError(self.env._("This request has its end already, or it is on its way."))
        return commands_sudo

    # === CRON === #

    @api.model
    def _cron_commands(self):
        """Take the next step with each command that has none by itself, each in a transaction of its own."""
        now = fields.Datetime.now()
        queued = self.search(
            [("state", "=", "queued"), ("create_date", "<", now - timedelta(seconds=LEFT_BEHIND))], limit=BATCH
        )
        due = self.search(self._get_due_domain(), order="next_check_at, id", limit=BATCH)
        prompts = self.env["payment.transaction"]._mpesa_find_numberless(now - PROMPTS_SINCE, BATCH)
        steps = [
            *(command._step_alone for command in due),
            *(tx._mpesa_ask_number_alone for tx in prompts),
            *(command._send_alone for command in queued),  # last: each can take half a minute
        ]
        deadline, done = now + timedelta(seconds=RUN_SECONDS), 0
        for step in steps:
            if fields.Datetime.now() > deadline:
                break
            step()
            done += 1
        self.env["ir.cron"]._commit_progress(done, remaining=0)

    @api.model
    def _get_due_domain(self):
        now = fields.Datetime.now()
        stuck = now - timedelta(seconds=const.SEND_SECONDS)
        return [
            "|",
            "&", ("state", "=", "sending"), ("write_date", "<", stuck),
            "&", ("state", "in", ("sent", "unknown")), ("next_check_at", "<=", now),
        ]  # fmt: skip

    def _step_alone(self):
        """Take the next step and commit; the next one must not suffer from what goes wrong with it."""
        self._alone(
            lambda command: own_transaction.run(command.env.registry, self._name, command.id, lambda one: one._step())
        )

    def _send_alone(self):
        """Send what the thread that should have sent it left behind."""
        self._alone(lambda command: command._send())

    def _alone(self, func):
        try:
            func(self)
        except Exception:
            _logger.exception("Request %s could not be continued", self.id)

    def _step(self):
        """The process that sent it is dead, its result is overdue, or its time is over."""
        self._lock()
        now = fields.Datetime.now()
        if self.state == "sending":
            self.write({"state": "unknown", "next_check_at": now})
        elif self.state not in ("sent", "unknown") or not self.next_check_at or self.next_check_at > now:
            return
        elif self.kind != "reversal":
            self.write({"state": "unanswered", "next_check_at": False})
            if self.kind == "balance":
                self.provider_id.mpesa_balance_message = self.env._("Safaricom did not answer the last question.")
        else:
            self._tell_overdue()
            self._check()

    def _tell_overdue(self):
        """Tell staff once that nobody knows whether the money went back."""
        if self.fault or fields.Datetime.now() - self.create_date < TELL_AFTER:
            return
        self.fault = self.env._("Safaricom has not said whether the money went back. It is not sent again by itself.")
        self.receipt_id._tell_responsible(self.env._("Return of %s without a result", self.receipt_id.name), self.fault)
