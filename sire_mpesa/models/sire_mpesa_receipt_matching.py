from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.sire_base.exceptions import WebhookParked

from .. import const
from ..utils import Sighting


class SireMpesaReceipt(models.Model):
    """Which prompt a receipt belongs to.

    Safaricom reports a prompt's payment twice, in any order: by the prompt's own callback, which names the prompt, and
    by a pay bill confirmation, which does not. Or it says "paid" and no receipt number. What fits together is then
    concluded from account, amount, phone and time, and a later report that names the prompt corrects the conclusion.

    Two words of Safaricom are facts: a receipt, and that a prompt was paid. Booked is each receipt, and each paid prompt
    that no receipt is left for. Which of several receipts belongs to which of several prompts that look alike is a
    guess, and changes no sum, as long as a paid prompt goes without only when the receipts are really too few: so others
    move up for it.
    """

    _inherit = "sire.mpesa.receipt"

    # === BUSINESS === #

    @api.model
    def _find_prompts(self, provider, sighting, since=None):
        """Find the prompts that a report may be about, and take their rows.

        Their rows are changed, not only locked: who concludes the opposite at the same time, on an older snapshot,
        starts over.

        :param datetime since: when it was paid, if the report does not say
        :return: prompts of that account, amount, phone and time, however they ended, whose receipt Safaricom has not
            named; the nearest first
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
            ]
        )
        found = found.filtered(
            lambda tx: (
                (not tx.provider_reference or tx.mpesa_receipt_ids.is_inferred)
                and tx._mpesa_fits(sighting.reference, sighting.phone)
            )
        )
        found._mpesa_touch()
        return found.sorted(lambda tx: (abs((tx.mpesa_requested_at - paid_at).total_seconds()), tx.id))

    def _find_own_prompts(self):
        """:return: the prompts that this receipt may be the payment of, as `_find_prompts`"""
        sighting = Sighting(
            number=self.name,
            amount=self.amount,
            source="c2b",
            kind=self.kind,
            paid_at=self.paid_at,
            phone=self.payer_phone or "",
            reference=self.reference or "",
        )
        return self._find_prompts(self.provider_id, sighting).filtered(self._is_of_client)

    @api.model
    def _find_for_prompt(self, tx, asked=None):
        """Find a receipt for a prompt that Safaricom says was paid, without a number.

        One that is free; or one that another paid prompt was only concluded to have, when there is another one for that
        (and so on); or one that a prompt has of which nobody but this conclusion says that it was paid.

        :param set asked: ids of prompts that a receipt was looked for already; each once, however many look alike
        :return: ``(receipt, prompt)`` of all that change, for `_pair`; empty when the prompt goes without
        :rtype: list
        """
        asked = set() if asked is None else asked
        asked.add(tx.id)
        fitting = self._find_fitting(tx)
        if free := fitting.filtered(lambda receipt: not receipt.transaction_id)[:1]:
            return [(free, tx)]
        for receipt in fitting.filtered("transaction_id.mpesa_is_told_paid"):
            holder = receipt.transaction_id
            if holder.id not in asked and (pairs := self._find_for_prompt(holder, asked)):
                return [(receipt, tx), *pairs]
        doubtful = fitting.filtered(
            lambda receipt: (
                not receipt.transaction_id.mpesa_is_told_paid
                and receipt.create_date >= tx.mpesa_requested_at  # what was seen before is no payment of this prompt
            )
        )
        return [(doubtful[0], tx)] if doubtful else []

    def _find_for_receipt(self, prompts, asked=None):
        """Find a prompt for a receipt that has none, among those that Safaricom says were paid.

        :param prompts: those that fit
        :param set asked: ids of prompts that were looked at already
        :return: as `_find_for_prompt`; empty when each of them has a receipt, and no one else can use it
        """
        asked = set() if asked is None else asked
        told = prompts.filtered(lambda tx: tx.state == "done" and tx.mpesa_is_told_paid and tx.id not in asked)
        if bare := told.filtered(lambda tx: not tx.mpesa_receipt_ids)[:1]:
            return [(self, bare)]
        asked.update(told.ids)
        for tx in told:
            other = tx.mpesa_receipt_ids
            if other._can_move() and (pairs := other._find_for_receipt(other._find_own_prompts(), asked)):
                return [(self, tx), *pairs]
        return []

    @api.model
    def _pair(self, pairs):
        """Conclude that these receipts are the payments of these prompts, instead of what was concluded before.

        :param list pairs: ``(receipt, prompt)``
        """
        self.browse(receipt.id for receipt, _tx in pairs)._lock()
        losers = [(receipt.transaction_id, receipt, tx) for receipt, tx in pairs if receipt.transaction_id]
        for _loser, receipt, heir in losers:
            receipt._unlink_prompt(heir)
        for receipt, tx in reversed(pairs):
            receipt._link(tx, is_inferred=True)
        for loser, _receipt, _heir in losers:
            loser._mpesa_lose_receipt()

    def _give_to_told(self, prompts):
        """Bring a receipt without a prompt together with one that Safaricom says was paid, if one goes without.

        :param prompts: those that fit, locked, the nearest first
        :return: whether it has a prompt now
        :rtype: bool
        """
        pairs = self._find_for_receipt(prompts)
        if not pairs:
            return False
        try:
            with self.env.cr.savepoint():
                self._pair(pairs)
        except WebhookParked as error:  # the books refuse to undo a payment: staff have to
            self.flag = str(error)
            return False
        return True

    def _offer(self):
        """A receipt lost its prompt: perhaps another paid one, that is booked without a number, was paid with it."""
        if not self.transaction_id and self.state not in ("reversed", "denied"):
            self._give_to_told(self._find_own_prompts())

    # === HELPERS === #

    def _find_fitting(self, tx):
        """:return: receipts that a prompt may have been paid with, unless Safaricom named another one for them; the
        nearest first"""
        before, after = const.PROMPT_WINDOW
        found = self.search(
            [
                ("provider_id", "=", tx.provider_id.id),
                ("amount", "=", tx.amount),
                "|",
                ("transaction_id", "=", False),
                ("is_inferred", "=", True),
                ("state", "not in", ("reversed", "denied")),
                ("confirmation", "not in", ("asked", "denied")),
                ("paid_at", ">=", tx.mpesa_requested_at - timedelta(seconds=before)),
                ("paid_at", "<=", tx.mpesa_requested_at + timedelta(seconds=after)),
            ]
        )
        found = found.filtered(
            lambda receipt: (
                tx._mpesa_fits(receipt.reference, receipt.payer_phone)
                and receipt._is_of_client(tx)
                and (not receipt.transaction_id or receipt._can_move())
            )
        )
        return found.sorted(
            lambda receipt: (
                receipt.waiting_for_id != tx,
                abs((receipt.paid_at - tx.mpesa_requested_at).total_seconds()),
                receipt.id,
            )
        )

    def _is_of_client(self, tx):
        """:return: whether this receipt is nobody's yet, or of the client who was to pay a prompt, for himself or for
        whoever its invoices are
        :rtype: bool
        """
        clients = (tx.partner_id | tx.invoice_ids.partner_id).commercial_partner_id
        return self.payment_ids.partner_id | self.transaction_id.partner_id.commercial_partner_id <= clients

    def _can_move(self):
        """:return: whether it was only concluded which prompt it belongs to, and nothing of it went back
        :rtype: bool
        """
        return self.is_inferred and not self.reversed_amount and not self.returning_id
