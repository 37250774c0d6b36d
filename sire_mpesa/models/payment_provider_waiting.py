from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.phone import mask_phone

from .. import const


class PaymentProvider(models.Model):
    """One live prompt a document and a phone, and no new one before Safaricom would take it.

    This spares people prompts that Safaricom refuses anyway. That nothing is paid twice does not depend on it.
    """

    _inherit = "payment.provider"

    def _mpesa_check_wait(self, phone, amount, invoices):
        """Refuse a prompt that has to wait. Locks the invoices, so that of two at once the later one sees the other.

        :param str phone: E.164
        :param float amount: shillings
        :param invoices: ``account.move`` that is paid; may be empty
        :raise UserError: a sentence that says what for, and how long
        """
        invoices_sudo = invoices.sudo()  # whoever asks for a prompt need not read who else does
        invoices_sudo._sire_lock_payable()
        seconds, sentence = self._mpesa_get_wait(phone, amount, invoices_sudo)
        if seconds:
            raise UserError(sentence)

    def _mpesa_get_wait(self, phone, amount, invoices):
        """Find out how long a prompt has to wait.

        :return: seconds and why, a sentence; 0 and an empty text when it need not
        :rtype: tuple[int, str]
        """
        self.ensure_one()
        txs_sudo = self.env["payment.transaction"].sudo()  # as above
        waits = [
            self._mpesa_wait_for_documents(txs_sudo, invoices),
            self._mpesa_wait_for_phone(txs_sudo, phone),
            self._mpesa_wait_for_amount(txs_sudo, phone, amount),
        ]
        return next((wait for wait in waits if wait[0]), (0, ""))

    # === HELPERS === #

    def _mpesa_wait_for_documents(self, txs, invoices):
        live = txs.search(
            [
                ("provider_code", "=", "mpesa"),
                ("state", "=", "pending"),
                ("invoice_ids", "in", invoices.ids),
            ],
            order="mpesa_requested_at desc, id desc",
            limit=1,
        )
        if not live:
            return 0, ""
        shared = live.invoice_ids & invoices
        # When the phone has forgotten the prompt, Safaricom may still know of a payment: until the release nobody else pays.
        seconds = self._mpesa_seconds_to(live.mpesa_requested_at, const.PROMPT_SECONDS)
        seconds = (
            seconds or self._mpesa_seconds_to(live.mpesa_requested_at, live.provider_id.mpesa_release_seconds) or 1
        )
        return seconds, self.env._(
            "A prompt for %(invoice)s is open on %(phone)s: wait until it is answered, at most %(wait)s.",
            invoice=", ".join(shared.mapped("name")),
            phone=mask_phone(live.mpesa_phone),
            wait=self._mpesa_say_seconds(seconds),
        )

    def _mpesa_wait_for_phone(self, txs, phone):
        own = [("provider_id", "=", self.id), ("mpesa_phone", "=", phone)]
        last = txs.search(
            [*own, "|", ("state", "=", "pending"), ("mpesa_result_code", "=", const.PHONE_BUSY)],
            order="mpesa_requested_at desc, id desc",
            limit=1,
        )
        if not last:
            return 0, ""
        if last.state == "pending":
            seconds = self._mpesa_seconds_to(last.mpesa_requested_at, const.PROMPT_SECONDS)
        else:
            seconds = self._mpesa_seconds_to(last.last_state_change, const.PHONE_BUSY_SECONDS)
        return seconds, self.env._(
            "%(phone)s has another prompt open: finish that one, or wait %(wait)s.",
            phone=mask_phone(phone),
            wait=self._mpesa_say_seconds(seconds),
        )

    def _mpesa_wait_for_amount(self, txs, phone, amount):
        same = txs.search(
            [
                ("provider_id", "=", self.id),
                ("mpesa_phone", "=", phone),
                ("amount", "=", amount),
                ("state", "=", "done"),
                ("last_state_change", ">", fields.Datetime.now() - timedelta(seconds=const.SAME_AMOUNT_SECONDS)),
            ],
            order="last_state_change desc",
            limit=1,
        )
        if not same:
            return 0, ""
        seconds = self._mpesa_seconds_to(same.mpesa_paid_at or same.last_state_change, const.SAME_AMOUNT_SECONDS)
        return seconds, self.env._(
            "Safaricom takes the same amount from one phone again only after two minutes: wait %s, or change the amount.",
            self._mpesa_say_seconds(seconds),
        )

    @api.model
    def _mpesa_seconds_to(self, since, seconds):
        """:return: what is left of a number of seconds that began at a moment (naive UTC)"""
        left = seconds - (fields.Datetime.now() - since).total_seconds()
        return max(0, min(seconds, round(left)))

    @api.model
    def _mpesa_say_seconds(self, seconds):
        """:return: such as "45 seconds" or "2 minutes 5 seconds" """
        if seconds < 60:
            return self.env._("%s seconds", seconds)
        return self.env._("%(minutes)s min %(seconds)s s", minutes=seconds // 60, seconds=seconds % 60)
