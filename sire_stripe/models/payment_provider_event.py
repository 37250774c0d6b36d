from odoo import api, models
from odoo.exceptions import ValidationError

from odoo.addons.sire_base.exceptions import WebhookParked, WebhookRetry

from .. import const
from ..utils import get_id, is_id, to_datetime


class PaymentProvider(models.Model):
    """What Stripe reports, from the inbox. Its signature was checked at the door; here it is brought to its transaction.

    Events come twice, late and in any order. Each is handled so that the order does not matter: states only go the way
    that Stripe's own go, and money is known by the number of its balance transaction.
    """

    _inherit = "payment.provider"

    @api.model
    def _stripe_handle_event(self, event):
        """Handle one event, in the worker's transaction.

        :raise WebhookRetry: when Stripe has to be asked and does not answer
        :raise WebhookParked: when it is no event of Stripe's
        """
        provider = self.browse(int(event.event_key.split("/")[0])).exists()
        data = event._get_json()
        try:
            kind, thing = data["type"], data["data"]["object"]
            is_event = isinstance(kind, str) and isinstance(thing, dict)
        except (KeyError, TypeError):
            is_event = False
        if not provider or not is_event:
            raise WebhookParked(self.env._("This is not an event of a Stripe account that is known here."))
        if kind.startswith("payment_intent."):
            provider._stripe_take_intent(thing)
        elif kind == "setup_intent.succeeded":
            provider._stripe_take_setup(thing)
        elif kind == "charge.refunded":
            provider._stripe_take_charge(thing)
        elif kind in const.REFUND_EVENTS:
            provider._stripe_take_refunds(thing.get("payment_intent"), thing.get("charge"), [thing])
        elif kind in const.DISPUTE_EVENTS:
            provider._stripe_take_dispute(thing, to_datetime(data.get("created")))

    # === KINDS OF EVENTS === #

    def _stripe_take_intent(self, intent):
        """A payment has come one step further, or to its end.

        :param dict intent: PaymentIntent
        """
        tx, fault = self._stripe_find_tx(intent.get("id"), intent.get("description"))
        if tx:
            tx._stripe_lock()
            fault = tx._stripe_find_fault(intent)
        if fault:
            if intent.get("status") == "succeeded":
                self.env["sire.stripe.movement"]._see_unbooked(self, intent, fault, tx)
            return
        method = intent.get("payment_method")
        if tx.tokenize and is_id(method, "pm"):
            method = self._stripe_ask(f"payment_methods/{method}")
        tx._process("stripe", {"payment_intent": intent, "payment_method": method})
        tx._stripe_post_process()

    def _stripe_take_setup(self, intent):
        """A card was saved without a payment."""
        tx = self.env["payment.transaction"].search(
            [
                ("provider_id", "=", self.id),
                ("reference", "=", intent.get("description") or ""),
                ("operation", "=", "validation"),
            ]
        )
        if tx and is_id(intent.get("payment_method"), "pm"):
            tx._stripe_lock()
            method = self._stripe_ask(f"payment_methods/{intent['payment_method']}")
            tx._process("stripe", {"setup_intent": intent, "payment_method": method})

    def _stripe_take_charge(self, charge):
        """Some of a payment was refunded. How much by which refund stands in its list, or Stripe has to be asked."""
        listed = charge.get("refunds") or {}
        refunds = listed.get("data")
        if refunds is None or listed.get("has_more"):
            if not is_id(charge.get("id"), "(ch|py)"):
                return
            refunds = self._stripe_ask("refunds", charge=charge["id"], limit=100).get("data") or []
        self._stripe_take_refunds(charge.get("payment_intent"), charge.get("id"), refunds)

    def _stripe_take_refunds(self, intent, charge, refunds):
        tx = self._stripe_find_confirmed(intent, charge)
        for refund in refunds if tx else ():
            tx._stripe_take_refund(refund)

    def _stripe_take_dispute(self, thing, told_at):
        """A client's bank wants money back, or has decided. What is of no transaction of ours is shown all the same."""
        tx = self._stripe_find_confirmed(thing.get("payment_intent"), thing.get("charge"))
        self.env["sire.stripe.dispute"]._take(self, tx, thing, told_at)

    # === TELLING STAFF === #

    def _stripe_tell_staff(self, tx, summary, words):
        """Give somebody a to-do on the invoice, or on the payment, of a transaction."""
        for record in (tx.invoice_ids[:1] or tx.payment_id)[:1]:
            self._stripe_schedule(record, tx, summary, words, None)

    def _stripe_schedule(self, record, tx, summary, words, day):
        """Give a to-do to the first who can read the record: who looks after cards, the seller, an accountant, the
        administrator. The host refuses a to-do for whoever cannot, and a report of Stripe must not fail for that.
        """
        accountants = self.env.ref("account.group_account_invoice").all_user_ids
        accountants = accountants.filtered(lambda user: self.company_id in user.company_ids and not user.share).sorted(
            "id"
        )
        candidates = [
            self.stripe_alert_user_id,
            *tx.invoice_ids.invoice_user_id,
            *accountants,
            self.env.ref("base.user_admin"),
        ]
        for user in candidates:
            if user.active and record.with_user(user).has_access("read"):
                record.activity_schedule(
                    "mail.mail_activity_data_todo", date_deadline=day, summary=summary, note=words, user_id=user.id
                )
                return

    # === HELPERS === #

    def _stripe_find_tx(self, intent_id, reference):
        """Find the transaction of a PaymentIntent in this account.

        :return: the transaction, or empty and a sentence that says why there is none
        :rtype: tuple[payment.transaction, str | None]
        """
        txs = self.env["payment.transaction"]
        domain = [("provider_id", "=", self.id), ("operation", "not in", ("refund", "validation"))]
        if not is_id(intent_id, "pi"):
            return txs, self.env._("It names no payment.")
        tx = txs.search([*domain, ("provider_reference", "=", intent_id)], limit=1)
        if not tx and isinstance(reference, str):
            tx = txs.search([*domain, ("reference", "=", reference)], limit=1)
        if not tx:
            return txs, self.env._("No transaction here has the reference “%s”.", str(reference or "")[:100])
        return tx, None

    def _stripe_find_confirmed(self, intent, charge):
        """Find the transaction of a charge, and confirm it first when its own report has not come yet.

        :param intent: id of the PaymentIntent, or as a whole, or nothing: then Stripe is asked
        :param charge: likewise, of the charge
        :return: the transaction, locked; empty when it is none of ours
        """
        intent_id, charge_id = get_id(intent), get_id(charge)
        if not is_id(intent_id, "pi") and is_id(charge_id, "(ch|py)"):
            intent_id = get_id(self._stripe_ask(f"charges/{charge_id}").get("payment_intent"))
        tx, _fault = self._stripe_find_tx(intent_id, None)
        if not tx and is_id(intent_id, "pi"):
            # its own report, or the browser, has not come: then its number is not written down if another version made it
            tx, _fault = self._stripe_find_tx(
                intent_id, self._stripe_ask(f"payment_intents/{intent_id}").get("description")
            )
        if not tx:
            return tx
        tx._stripe_lock()
        if tx.state != "done":
            self._stripe_take_intent(self._stripe_ask(f"payment_intents/{intent_id}"))
        if tx.state != "done":
            raise WebhookRetry(self.env._("The payment that this is about is not confirmed yet."))
        return tx

    def _stripe_ask(self, endpoint, **params):
        """Ask Stripe from the worker.

        :raise WebhookRetry: when there is no answer
        """
        try:
            return self._send_api_request("GET", endpoint, params=params or None)
        except ValidationError as error:
            raise WebhookRetry(self.env._("Stripe could not be asked: %s", str(error)[:200])) from None
