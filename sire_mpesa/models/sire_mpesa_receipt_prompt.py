from odoo import models

from odoo.addons.sire_base.exceptions import WebhookParked

from .. import gate


class SireMpesaReceipt(models.Model):
    """A receipt and its prompt: one payment in the books, whichever of the two was there first."""

    _inherit = "sire.mpesa.receipt"

    # === BUSINESS === #

    def _link(self, tx, is_inferred=False):
        """Say that this receipt is the payment of a prompt. Both rows are locked by the caller.

        What was booked for the one is taken over by the other; nothing is booked here that was not booked.

        :param tx: ``payment.transaction`` that is paid, or is about to be
        :param bool is_inferred: nobody named the prompt: account, amount, phone and time say so
        """
        self.ensure_one()
        receipt = gate.opened(self)
        before, loser = gate.opened(tx.mpesa_receipt_ids), receipt.transaction_id
        if before == receipt:
            receipt.is_inferred &= is_inferred
            return
        if before:
            before._unlink_prompt()
        if loser:
            receipt._unlink_prompt(tx)
        receipt.write({"transaction_id": tx.id, "is_inferred": is_inferred, "waiting_for_id": False, "reason": False})
        tx.provider_reference = receipt.name
        if tx.payment_id:
            receipt._take_payment_of(tx)
        elif receipt.payment_ids:
            receipt._give_payment_to(tx)
        if loser:
            loser._mpesa_lose_receipt()
        if before:
            before._offer()

    def _unlink_prompt(self, heir=None):
        """Free a prompt from a receipt that was only concluded to be its own. What the receipt paid stays paid.

        :param heir: the prompt whose payment it is instead
        """
        self.ensure_one()
        tx = self.transaction_id
        if heir:
            message = self.env._(
                "It was taken for the payment of %(reference)s. It is that of %(heir)s, which looks the same.",
                reference=tx.reference,
                heir=heir.reference,
            )
        else:
            message = self.env._(
                "It was taken for the payment of %(reference)s. Safaricom named another receipt for that prompt: this one is"
                " a payment of its own.",
                reference=tx.reference,
            )
        self.message_post(body=message)
        self.payment_ids.payment_transaction_id = False
        tx.write({"payment_id": False, "provider_reference": False})
        self.write({"transaction_id": False, "is_inferred": False})
        self.flush_recordset(["transaction_id"])  # others take their places, which are there once
        tx.flush_recordset(["provider_reference"])

    # === HELPERS === #

    def _take_payment_of(self, tx):
        """The prompt is booked already (Safaricom had said "paid" and no number): its payment is this receipt's."""
        payment = tx.payment_id
        if self.payment_ids:
            self._cancel_second(payment)
            self._give_payment_to(tx)
            return
        if self.state == "suspense":
            self._reverse_suspense()
        gate.opened(payment).write(
            {"sire_mpesa_receipt_id": self.id, "memo": f"{tx.reference} - {self.name}"},
        )
        self.write({"state": "booked", "reason": False, "next_try_at": False})

    def _give_payment_to(self, tx):
        """The receipt is booked already (it was reported before the prompt's end): its payment is the prompt's."""
        payment = self.payment_ids.sorted("id")[:1]
        tx.payment_id = payment
        payment.payment_transaction_id = tx
        for own in self.payment_ids:
            self._match(own, tx.invoice_ids)

    def _cancel_second(self, payment):
        """Undo the payment of a prompt that had no receipt number, when its money turns out to be booked by number.

        :raise WebhookParked: when the books do not allow it any more
        """
        name = payment.name
        try:
            with self.env.cr.savepoint():
                payment = gate.opened(payment)
                payment.move_id.line_ids.remove_move_reconcile()
                payment.action_draft()
                payment.action_cancel()
        except Exception as error:
            raise WebhookParked(
                self.env._("Receipt %(number)s is booked twice, and %(payment)s cannot be cancelled: %(why)s",
                           number=self.name, payment=name, why=error)
            ) from error  # fmt: skip
        message = self.env._("%s was cancelled: the same money had been booked before its number was known.", name)
        self.message_post(body=message)
        payment.message_post(body=message)
