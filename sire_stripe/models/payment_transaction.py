import logging

import psycopg2

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.payment import utils as payment_utils
from odoo.addons.payment_stripe.const import CURRENCY_DECIMALS
from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_payment.utils import format_money

from ..utils import is_id

_logger = logging.getLogger(__name__)

FORMS = ("online_direct", "online_redirect")


class PaymentTransaction(models.Model):
    """A card payment: one PaymentIntent, one transaction, one booking, whoever reports it first."""

    _inherit = "payment.transaction"

    stripe_touched = fields.Integer(readonly=True, copy=False, help="Raised by whoever concludes something about it.")
    stripe_movement_ids = fields.One2many("sire.stripe.movement", "transaction_id", readonly=True)
    stripe_dispute_ids = fields.One2many("sire.stripe.dispute", "transaction_id", readonly=True)

    # === REQUESTS === #

    def _stripe_create_intent(self):
        """Override of `payment_stripe`: one open form at a time for the same money, and its number is written down.

        The form of an earlier click, in another tab, is closed at Stripe before this one is opened: a cancelled
        PaymentIntent cannot be paid any more, whatever the other tab does.
        """
        if self.operation == "validation":
            return super()._stripe_create_intent()
        try:
            self._stripe_close_other_forms()
        except UserError as error:
            self._set_error(str(error))
            return None
        intent = super()._stripe_create_intent()
        if intent:
            self.provider_reference = intent["id"]
        return intent

    def _stripe_close_other_forms(self):
        """Cancel the open forms of the same invoices that could not be paid beside this one.

        :raise UserError: when one of them turns out to be paid, and nothing is left
        """
        if not self.invoice_ids:
            return
        others = self._stripe_get_open_forms([("invoice_ids", "in", self.invoice_ids.ids), ("id", "!=", self.id)])
        payable = sum(invoice._sire_get_payable(exclude=self) for invoice in self.invoice_ids)
        total = self.amount + sum(others.mapped("amount"))
        if not others or self.currency_id.compare_amounts(total, payable) <= 0:
            return
        for other in others:
            other._stripe_cancel_intent()
        self.invoice_ids._sire_check_payable(self.amount, currency=self.currency_id, exclude=self)

    def _stripe_get_open_forms(self, domain):
        """:return: transactions that somebody may be about to pay with a card form"""
        return self.search(
            [
                *domain,
                ("provider_code", "=", "stripe"),
                ("operation", "in", FORMS),
                ("state", "=", "draft"),
                ("provider_reference", "!=", False),
            ]
        )

    def _stripe_cancel_intent(self):
        """Have Stripe cancel the PaymentIntent. When it is too late, learn how it ended.

        :raise ValidationError: when Stripe cannot be reached: then nobody knows
        """
        endpoint = f"payment_intents/{self.provider_reference}"
        try:
            intent = self._send_api_request("POST", f"{endpoint}/cancel")
        except ValidationError:
            intent = self._send_api_request("GET", endpoint)
        self._process("stripe", {"payment_intent": intent, "payment_method": intent.get("payment_method")})

    # === UPDATES === #

    def _validate_amount(self, payment_data):
        """Override of `payment`: what does not fit is refused as a whole in `_apply_updates`. The host would turn an
        open transaction into an error, and a second message about that error into a payment.
        """
        if self.provider_code == "stripe" and "payment_intent" in payment_data:
            return None
        return super()._validate_amount(payment_data)

    def _apply_updates(self, payment_data):
        """Override of `payment_stripe`: only what is about this transaction, from whichever door it came."""
        if self.provider_code != "stripe" or "payment_intent" not in payment_data:
            return super()._apply_updates(payment_data)
        if fault := self._stripe_find_fault(payment_data["payment_intent"]):
            _logger.warning("Stripe transaction %s: %s", self.reference, fault)
            return None
        return super()._apply_updates(payment_data)

    def _set_done(self, *, state_message=None, extra_allowed_states=()):
        """Override of `payment`: money that arrived has arrived, although we took the transaction for cancelled."""
        cards = self.filtered(lambda tx: tx.provider_code == "stripe")
        if cards and "refund" not in cards.mapped("operation"):
            extra_allowed_states = (*extra_allowed_states, "cancel")
        txs = super()._set_done(state_message=state_message, extra_allowed_states=extra_allowed_states)
        (txs & cards)._stripe_settle_soon()
        return txs

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment`: dated by the day in Nairobi; of more than was open, the client is told."""
        if self.provider_code != "stripe":
            return super()._create_payment(**extra_create_values)
        extra_create_values.setdefault("date", eat_today())
        payment = super()._create_payment(**extra_create_values)
        if self.operation != "refund" and self.invoice_ids:
            account = payment.destination_account_id
            lines = payment.move_id.line_ids.filtered(lambda line: line.account_id == account)
            surplus = -sum(lines.mapped("amount_residual_currency"))
            if self.currency_id.compare_amounts(surplus, 0) > 0:
                self._log_message_on_linked_documents(
                    self.env._(
                        "%s of this card payment is more than the invoice needed: it is the client's credit.",
                        format_money(surplus, self.currency_id),
                    )
                )
        return payment

    def _stripe_post_process(self):
        """Book at once, so that the invoice shows the payment. When that fails, what happened is kept all the same:
        the host's own job tries again.
        """
        if self.is_post_processed or self.state not in ("done", "cancel"):
            return
        try:
            with self.env.cr.savepoint():
                self._post_process()
        except psycopg2.OperationalError:  # somebody was faster: the whole step is repeated
            raise
        except Exception:
            _logger.exception("Stripe transaction %s is confirmed and could not be booked yet", self.reference)

    # === HELPERS === #

    def _stripe_lock(self):
        """Take these rows by changing them, so that whoever looks at them on an older snapshot starts over."""
        self.flush_recordset()
        if ids := tuple(sorted(self.ids)):
            query = """UPDATE payment_transaction SET stripe_touched = COALESCE(stripe_touched, 0) + 1
                        WHERE id IN (SELECT id FROM payment_transaction WHERE id IN %s ORDER BY id FOR NO KEY UPDATE)"""
            self.env.cr.execute(SQL(query, ids))
            self.invalidate_recordset(["stripe_touched"], flush=False)

    def _stripe_to_minor(self, amount):
        """:return: an amount as Stripe writes it: cents, or whole units where a currency has none
        :rtype: int
        """
        decimals = CURRENCY_DECIMALS.get(self.currency_id.name)
        return payment_utils.to_minor_currency_units(amount, self.currency_id, arbitrary_decimal_number=decimals)

    def _stripe_from_minor(self, amount):
        """:return: an amount of Stripe's, in units of the currency
        :rtype: float
        """
        decimals = CURRENCY_DECIMALS.get(self.currency_id.name)
        return payment_utils.to_major_currency_units(amount, self.currency_id, arbitrary_decimal_number=decimals)

    def _stripe_find_fault(self, intent):
        """Say why a PaymentIntent cannot be this transaction's.

        :param dict intent: as Stripe reports it
        :return: one sentence for staff, or None
        :rtype: str | None
        """
        self.ensure_one()
        if not is_id(intent.get("id"), "pi") or self.provider_reference not in (False, intent["id"]):
            return self.env._("Stripe names another payment than the one that was begun for %s.", self.reference)
        if intent.get("description") not in (None, self.reference):
            return self.env._("Stripe says that this payment is for another reference than %s.", self.reference)
        if (intent.get("description") is None) and not self.provider_reference:
            return self.env._("Stripe names no reference, and it is not known what was begun for %s.", self.reference)
        asked, told = self._stripe_to_minor(self.amount), intent.get("amount")
        if str(intent.get("currency") or "").upper() != self.currency_id.name:
            return self.env._("Stripe says another currency than %s.", self.currency_id.name)
        if isinstance(told, bool) or told != asked:
            return self.env._("Stripe says %(told)s, and %(asked)s was asked for (in cents).", told=told, asked=asked)
        received = intent.get("amount_received", asked)
        if intent.get("status") == "succeeded" and received != asked:
            return self.env._("Stripe received %(told)s of %(asked)s (in cents).", told=received, asked=asked)
        return None
