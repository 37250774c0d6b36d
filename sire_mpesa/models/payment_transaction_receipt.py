from datetime import datetime, time

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.sire_base.utils.eat import eat_to_utc

from .. import const, gate
from ..utils import Sighting, fold_reference, make_account_reference, phones_fit


class PaymentTransaction(models.Model):
    """A prompt and the ledger of money seen: what a prompt was paid with is a receipt there."""

    _inherit = "payment.transaction"

    mpesa_account_reference = fields.Char(string="Account on the Phone", readonly=True, copy=False)
    mpesa_receipt_ids = fields.One2many("sire.mpesa.receipt", "transaction_id", string="M-Pesa Receipt", readonly=True)
    mpesa_is_told_paid = fields.Boolean(
        "Paid, Says Safaricom",
        readonly=True,
        copy=False,
        help="Safaricom itself said that this prompt was paid. Otherwise it was only concluded from a receipt.",
    )
    mpesa_touched = fields.Integer(readonly=True, copy=False, help="Raised by whoever concludes what paid the prompt.")
    mpesa_waiting_receipt_ids = fields.One2many("sire.mpesa.receipt", "waiting_for_id", readonly=True)

    # === BUSINESS === #

    def _mpesa_take_receipt(self, payment_data):
        """Bring the receipt of a paid prompt together with it. The prompt is locked and not yet done.

        :param dict payment_data: ``receipt`` (its number, when Safaricom named one), ``phone`` and ``event``;
            or ``written``: the receipt that was made for it; or ``seen``: a receipt that is taken for the prompt's
        """
        receipts = gate.opened(self.env["sire.mpesa.receipt"])
        if written := payment_data.get("written"):
            written._link(self)
        elif payment_data.get("receipt"):
            receipts._see(self.provider_id, self._mpesa_make_sighting(payment_data))._link(self)
        elif seen := payment_data.get("seen"):
            gate.opened(seen)._link(self, is_inferred=True)
        elif not self.mpesa_receipt_ids and (pairs := receipts._find_for_prompt(self)):
            receipts._pair(pairs)

    def _mpesa_lose_receipt(self):
        """The receipt that was concluded to be this prompt's is another one's.

        What Safaricom said was paid stays paid: with another receipt, or without a number. What nobody but that receipt
        spoke for is as open as before.
        """
        if self.mpesa_is_told_paid:
            if not self.mpesa_receipt_ids:
                self._mpesa_take_receipt({})
            if not self.payment_id:
                self.is_post_processed = False
                self._mpesa_post_process()
            return
        self.write(
            {
                "mpesa_result_code": "unconfirmed",
                "mpesa_result_description": False,
                "mpesa_paid_at": False,
                "mpesa_next_query_at": fields.Datetime.now() if self.mpesa_checkout_request_id else False,
            }
        )
        result = const.RESULTS["unconfirmed"]
        message = self.with_context(lang=self.partner_lang or self.env.lang).env._(result.message)
        self._set_error(message, extra_allowed_states=("done",))

    def _mpesa_make_sighting(self, payment_data):
        """:return: what Safaricom says about the receipt of this prompt
        :rtype: Sighting
        """
        event, told = payment_data.get("event"), payment_data.get("paid_at")
        return Sighting(
            number=payment_data["receipt"],
            amount=payment_data["amount"],
            source=payment_data.get("source") or "stk_callback",
            kind="prompt",
            paid_at=self._mpesa_get_paid_at(told) if told else self.mpesa_paid_at,
            phone=payment_data.get("phone") or self.mpesa_phone,
            reference=self.mpesa_account_reference or "",
            body=event._get_raw_body().decode("utf-8", "replace") if event else "",
            event_id=event.id if event else None,
        )

    def _mpesa_get_paid_at(self, told):
        """:return: when it was paid: what Safaricom says, unless no clock can be that wrong"""
        now = fields.Datetime.now()
        is_possible = told and self.create_date <= fields.Datetime.add(told, hours=1) <= fields.Datetime.add(
            now, hours=2
        )
        return told if is_possible else now

    def _mpesa_find_receipt_fault(self, result):
        """Say why the receipt that a success names cannot be this prompt's.

        :return: one sentence for staff, or None
        :rtype: str | None
        """
        receipt = self.env["sire.mpesa.receipt"]._find(self.company_id, result.receipt)
        if not receipt or receipt.transaction_id == self:
            return None
        where = receipt.transaction_id.reference if receipt.transaction_id and not receipt.is_inferred else None
        if not where and receipt.payment_ids and not receipt._is_of_client(self):
            where = ", ".join(receipt.payment_ids.mapped("name"))
        if where:
            return self.env._(
                "Receipt %(receipt)s is booked already, on %(reference)s.", receipt=receipt.name, reference=where
            )
        if receipt.state == "reversed":
            return self.env._("Receipt %s was reversed.", receipt.name)
        return receipt._find_contradiction(
            Sighting(receipt.name, result.amount or self.amount, "stk_callback", "prompt")
        )

    def _mpesa_make_earlier_receipts(self):
        """Write down the receipts of prompts that were paid before there was a ledger. Repeating it changes nothing."""
        domain = [("provider_code", "=", "mpesa")]
        sent = [("mpesa_push_state", "!=", False), ("mpesa_account_reference", "=", False)]
        for tx in self.search([*domain, *sent]):
            name = tx.invoice_ids.name if len(tx.invoice_ids) == 1 else tx.reference
            tx.mpesa_account_reference = make_account_reference(name)  # as it was sent then
        domain.append(("operation", "!=", "refund"))
        paid = [("state", "=", "done"), ("provider_reference", "!=", False), ("mpesa_receipt_ids", "=", False)]
        for tx in self.search([*domain, *paid], order="id"):
            sighting = Sighting(
                number=tx.provider_reference,
                amount=tx.amount,
                source="earlier",
                kind="prompt",
                paid_at=tx.mpesa_paid_at or tx._mpesa_guess_paid_at(),
                phone=tx.mpesa_phone or "",
                reference=tx.mpesa_account_reference or "",
            )
            self.env["sire.mpesa.receipt"]._see(tx.provider_id, sighting)._link(tx)

    def _mpesa_guess_paid_at(self):
        """:return: noon in Nairobi of the day of the payment, where the moment was not written down"""
        day = self.payment_id.date
        return eat_to_utc(datetime.combine(day, time(12))) if day else self.last_state_change

    # === OVERRIDES === #

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment`: what pays is the receipt, wherever its money is by now."""
        receipt = gate.opened(self.mpesa_receipt_ids)
        if not receipt:
            return super()._create_payment(**extra_create_values)
        values = {**extra_create_values, **receipt._get_payment_values()}
        payment = super(PaymentTransaction, gate.opened(self))._create_payment(**values)
        receipt._take_payments(payment)
        return payment

    # === HELPERS === #

    def _mpesa_fits(self, reference, phone):
        """:return: whether a payment with this account and payer can be this prompt's
        :rtype: bool
        """
        typed = fold_reference(reference)
        return (not typed or typed == fold_reference(self.mpesa_account_reference)) and phones_fit(
            self.mpesa_phone or "", phone or ""
        )

    def _mpesa_touch(self):
        """Take these rows by changing them, so that whoever looks at them on an older snapshot starts over."""
        self.flush_recordset()
        if ids := tuple(sorted(self.ids)):
            query = """UPDATE payment_transaction SET mpesa_touched = COALESCE(mpesa_touched, 0) + 1
                        WHERE id IN (SELECT id FROM payment_transaction WHERE id IN %s ORDER BY id FOR NO KEY UPDATE)"""
            self.env.cr.execute(SQL(query, ids))
        self.invalidate_recordset()
