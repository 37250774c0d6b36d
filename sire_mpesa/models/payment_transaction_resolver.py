import logging
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.payment import utils as payment_utils

from .. import const

_logger = logging.getLogger(__name__)

BATCH = 40
RUN_SECONDS = 60


class PaymentTransaction(models.Model):
    """How doubt ends: every prompt that Safaricom has not explained is asked about, ever more rarely, for two days.

    Nothing is declared failed that is not known. But an invoice is not kept locked either: after some minutes it can be
    paid again, and a success that is confirmed later is booked all the same.
    """

    _inherit = "payment.transaction"

    # === ACTIONS === #

    def action_mpesa_query(self):
        """Ask Safaricom now. What a person decides to ask is booked even when a callback said something else.

        :return: a notification with the answer
        """
        payment_utils.check_rights_on_recordset(self)
        self.ensure_one()
        if self.provider_code != "mpesa" or not self.mpesa_checkout_request_id:
            message = self.env._("Safaricom gave this prompt no number, so it cannot be asked about.")
        else:
            tx_sudo = self.sudo()  # Transactions are written by the payment flow alone.
            tx_sudo._mpesa_lock()
            if tx_sudo.state != "done":
                tx_sudo._mpesa_ask(by_hand=True)
            status = tx_sudo.with_env(self.env(su=True))._mpesa_status()
            message = status["message"]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "next": {"type": "ir.actions.client", "tag": "soft_reload"}},
        }

    # === CRON === #

    @api.model
    def _cron_mpesa_resolve(self):
        """Go through the prompts whose time has come, each in a transaction of its own."""
        due = self.search(self._mpesa_get_due_domain(), order="mpesa_next_query_at, id", limit=BATCH)
        deadline = fields.Datetime.now() + timedelta(seconds=RUN_SECONDS)
        done = 0
        for tx in due:
            if fields.Datetime.now() > deadline:
                break
            tx._mpesa_resolve_alone()
            done += 1
        self.env["ir.cron"]._commit_progress(done, remaining=0)

    def _mpesa_get_due_domain(self):
        return [("provider_id.code", "=", "mpesa"), ("mpesa_next_query_at", "<=", fields.Datetime.now())]

    def _mpesa_resolve_alone(self):
        """Resolve one prompt and commit; the next one must not suffer from what goes wrong with it."""
        try:
            if self._mpesa_in_own_transaction(lambda tx: tx._mpesa_resolve()) == "send":
                self._mpesa_send_push()
        except Exception:
            _logger.exception("M-Pesa transaction %s could not be resolved", self.id)

    def _mpesa_wake_resolver(self):
        """Have the resolver look at this transaction soon after its callback is overdue, not at the next full minute."""
        cron_sudo = self.env.ref("sire_mpesa.ir_cron_mpesa_resolve").sudo()  # Clients pay without an account.
        cron_sudo._trigger(at=self.mpesa_next_query_at)
        dbname, inbox = self.env.cr.dbname, self.env["sire.webhook.event"]
        self.env.cr.postcommit.add(lambda: inbox._notify_later(dbname, const.FIRST_QUERY_SECONDS + 1))

    # === BUSINESS === #

    def _mpesa_resolve(self):
        """Take the next step with one prompt.

        :return: "send" when it was never sent and still can be
        """
        if not self.try_lock_for_update(allow_referencing=True):
            return None  # Its callback is being handled this very moment.
        self.invalidate_recordset()
        if not self.mpesa_next_query_at or self.state == "done":
            self.mpesa_next_query_at = False
        elif self.mpesa_push_state == "queued":
            if not self._mpesa_is_too_late_to_send():
                self._mpesa_ask_again_later()
                return "send"
            self.mpesa_push_state = "not_sent"
            self._mpesa_settle({"result_code": "not_sent"})
        else:
            if self.mpesa_checkout_request_id:
                self._mpesa_ask()
            if self.mpesa_next_query_at:
                self._mpesa_release()
                self._mpesa_ask_elsewhere()
                self._mpesa_ask_again_later()
        return None

    def _mpesa_ask(self, by_hand=False):
        """Ask Safaricom, and take a sure answer. An answer that a callback contradicts is a person's to take.

        :param bool by_hand: whether a person asked
        """
        outcome, result = self.provider_id._mpesa_query(self.mpesa_checkout_request_id)
        if outcome == "failed" and result.code not in const.RESULTS and not by_hand:
            return  # Not a result that we know: it may be another way to say "not yet".
        if outcome not in ("paid", "failed"):
            return
        if result.checkout_request_id != self.mpesa_checkout_request_id:
            _logger.warning("Safaricom answered for another prompt than that of transaction %s", self.reference)
        elif outcome == "failed" or by_hand or not self._mpesa_find_contradictions():
            self._mpesa_take_result(result)

    def _mpesa_release(self):
        """Let the invoice be paid again when nobody has said for long enough how the prompt ended."""
        if self.state == "pending" and self._mpesa_get_age() >= self.provider_id.mpesa_release_seconds:
            if receipt := self.mpesa_waiting_receipt_ids[:1]:
                receipt._book()
            if self.state == "done":
                return
            code = "contradiction" if self._mpesa_find_contradictions() else "unconfirmed"
            self._mpesa_settle({"result_code": code})

    def _mpesa_ask_again_later(self):
        """Set the next question: soon at first, then ever more rarely, and never before there is something to decide."""
        age, now = self._mpesa_get_age(), fields.Datetime.now()
        pause = next((pause for limit, pause in const.QUERY_PACE if age < limit), None)
        if not pause or (not self.mpesa_checkout_request_id and self.state != "pending"):
            self.mpesa_next_query_at = False
            return
        at = now + timedelta(seconds=pause)
        release_at = self.mpesa_requested_at + timedelta(seconds=self.provider_id.mpesa_release_seconds)
        if self.state == "pending" and now < release_at:
            at = min(at, release_at)
        self.mpesa_next_query_at = at

    def _mpesa_get_age(self):
        """:return: seconds since the prompt was asked for"""
        return (fields.Datetime.now() - self.mpesa_requested_at).total_seconds()
