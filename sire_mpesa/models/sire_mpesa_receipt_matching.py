from datetime import timedelta

from odoo import api, fields, models

from .. import const


class SireMpesaReceipt(models.Model):
    """Which prompt a receipt belongs to.

    Safaricom reports a prompt's payment twice, in any order: by the prompt's own callback, which names the prompt, and
    by a pay bill confirmation, which does not. Or it says "paid" and no receipt number. What fits together is then
    concluded from account, amount, phone and time, and a later report that names the prompt corrects the conclusion.
    """

    _inherit = "sire.mpesa.receipt"

    # === BUSINESS === #

    @api.model
    def _find_prompts(self, provider, sighting, since=None):
        """Find the prompts that a report may be about, and take their rows.

        Their rows are changed, not only locked: who concludes the opposite at the same time, on an older snapshot,
        starts over.

        :param datetime since: when it was paid, if the report does not say
        :return: prompts of that account, amount, phone and time, that no other receipt is known for; the nearest first
        :rtype: payment.transaction
        """
        paid_at = sighting.paid_at or since or fields.Datetime.now()
        before, after = const.PROMPT_WINDOW
        txs_sudo = self.env["payment.transaction"].sudo()  # whoever reports money has no right on transactions
        found = txs_sudo.search(
            [
                ("provider_id", "=", provider.id),
                ("amount", "=", sighting.amount),
                ("mpesa_push_state", "in", ("sending", "sent", "unknown")),
                ("mpesa_requested_at", ">=", paid_at - timedelta(seconds=after)),
                ("mpesa_requested_at", "<=", paid_at + timedelta(seconds=before)),
                ("provider_reference", "=", False),
            ]
        )
        found = found.filtered(lambda tx: tx._mpesa_fits(sighting.reference, sighting.phone))
        found._mpesa_touch()
        return found.sorted(lambda tx: (abs((tx.mpesa_requested_at - paid_at).total_seconds()), tx.id))

    @api.model
    def _find_for_prompt(self, tx):
        """Find the receipt of a prompt that Safaricom says was paid, without a number.

        :return: the receipt that fits and is no other prompt's, locked; or empty
        :rtype: sire.mpesa.receipt
        """
        before, after = const.PROMPT_WINDOW
        found = self.search(
            [
                ("provider_id", "=", tx.provider_id.id),
                ("amount", "=", tx.amount),
                ("transaction_id", "=", False),
                ("state", "not in", ("reversed", "denied")),
                ("confirmation", "not in", ("asked", "denied")),
                ("paid_at", ">=", tx.mpesa_requested_at - timedelta(seconds=before)),
                ("paid_at", "<=", tx.mpesa_requested_at + timedelta(seconds=after)),
            ]
        )
        partner = tx.partner_id.commercial_partner_id
        found = found.filtered(
            lambda receipt: (
                tx._mpesa_fits(receipt.reference, receipt.payer_phone)
                and receipt.partner_id in (partner, partner.browse())
            )
        )
        receipt = found.sorted(
            lambda receipt: (
                receipt.waiting_for_id != tx,
                abs((receipt.paid_at - tx.mpesa_requested_at).total_seconds()),
                receipt.id,
            )
        )[:1]
        receipt._lock()
        return receipt
