from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.sire_base.exceptions import WebhookParked

from .. import gate
from ..utils import Sighting, parse_c2b


class SireMpesaReceipt(models.Model):
    """Payments that nobody was prompted for, and the second report of those that somebody was."""

    _inherit = "sire.mpesa.receipt"

    # === BUSINESS === #

    @api.model
    def _handle_c2b_event(self, event):
        """Handle a confirmation from the inbox, in the worker's transaction.

        :raise WebhookParked: when it cannot be read, or is about another shortcode
        """
        provider = self.env["payment.provider"].browse(int(event.event_key.split("/")[0])).exists()
        if not provider:
            raise WebhookParked(self.env._("Its provider was deleted."))
        try:
            sighting, shortcode = parse_c2b(event._get_json())
        except ValueError as error:
            raise WebhookParked(str(error)) from None
        if shortcode and shortcode not in (provider.mpesa_shortcode, provider.mpesa_till):
            raise WebhookParked(self.env._("A confirmation is about %s, which is not the shortcode here.", shortcode))
        body = event._get_raw_body().decode("utf-8", "replace")
        self._take(provider, replace(sighting, body=body, event_id=event.id), event.received_at)

    @api.model
    def _handle_statement_event(self, event):
        """Handle a row of a statement that staff imported, in the worker's transaction."""
        provider = self.env["payment.provider"].browse(int(event.event_key.split("/")[0])).exists()
        if not provider:
            raise WebhookParked(self.env._("Its provider was deleted."))
        values = event._get_json()
        paid_at = fields.Datetime.to_datetime(values["paid_at"])
        body = event._get_raw_body().decode()
        provider._mpesa_take_sighting(Sighting(**{**values, "paid_at": paid_at, "body": body, "event_id": event.id}))

    @api.model
    def _take(self, provider, sighting, since=None):
        """Write down a report that names no prompt, find out whether it is about one, and book it.

        :param datetime since: when it was reported, for reports that do not say when it was paid
        :return: the receipt
        :rtype: sire.mpesa.receipt
        """
        receipts = gate.opened(self)
        prompts = self.env["payment.transaction"]
        if not receipts._find(provider.company_id, sighting.number).transaction_id:
            prompts = receipts._find_prompts(provider, sighting, since)  # prompts are locked before receipts
        receipt = gate.opened(receipts._see(provider, sighting))
        if receipt._must_be_confirmed(sighting):
            receipt._wait_for_confirmation(prompts.filtered(lambda tx: not tx.provider_reference))
            return receipt
        if receipt.state == "waiting" and not receipt.transaction_id and not receipt.waiting_for_id:
            receipt._choose_prompt(prompts)
        receipt._book()
        return receipt

    def _choose_prompt(self, prompts):
        """Take the prompt that was paid and has no receipt number, or wait for one that is still open.

        When nobody says any more how prompts ended, the one that fits was paid with it; of two that fit neither was, for
        all that is known: then it is no prompt's, and booked by its account.

        :param prompts: those that fit, locked, the nearest first
        """
        if self._give_to_told(prompts):
            return
        now, patience = fields.Datetime.now(), timedelta(seconds=self.provider_id.mpesa_release_seconds)
        free = prompts.filtered(lambda tx: tx._mpesa_is_open() and not tx.mpesa_waiting_receipt_ids - self)
        for tx in free.filtered(lambda tx: tx.state == "pending" and now < tx.mpesa_requested_at + patience):
            reason = self.env._("Perhaps the payment of prompt %s, which is still open.", tx.reference)
            self.write({"waiting_for_id": tx.id, "reason": reason, "next_try_at": tx.mpesa_requested_at + patience})
            return
        self.write({"waiting_for_id": False, "reason": False})
        likely = prompts.filtered(lambda tx: tx._mpesa_may_be_paid())
        if len(likely) == 1 and likely in free:
            likely._mpesa_take_seen(self)
