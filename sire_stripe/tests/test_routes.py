"""The doors: the webhook as Stripe calls it, and the way back of a client's browser."""

import json

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import StripeCommon, sign


@tagged("post_install", "-at_install")
class TestRoutes(StripeCommon, HttpCase):
    def post(self, body, signature):
        headers = {"Content-Type": "application/json", **({"Stripe-Signature": signature} if signature else {})}
        return self.url_open("/payment/stripe/webhook", data=body, headers=headers)

    def get_events(self):
        return self.env["sire.webhook.event"].search([("provider", "=", "stripe")])

    def test_signed(self):
        tx = self.begin()
        self.stripe.pay(tx.provider_reference)
        event = self.event(tx, "payment_intent.succeeded")
        body = json.dumps(event).encode()
        for _again in range(2):
            self.assertEqual(self.post(body, sign(body)).status_code, 200)
        events = self.get_events()
        self.assertEqual((len(events), events.state, events.company_id), (1, "received", self.company))
        self.assertEqual(events.event_key, f"{self.provider.id}/{event['id']}")
        self.assertNotIn("Stripe-Signature", events.headers)
        self.assertEqual(tx.state, "draft")
        self.process_webhooks()
        self.assertEqual((tx.state, len(tx.payment_id)), ("done", 1))

    @mute_logger("odoo.addons.sire_stripe.controllers.main")
    def test_refused(self):
        tx = self.begin()
        self.stripe.pay(tx.provider_reference)
        body = json.dumps(self.event(tx, "payment_intent.succeeded")).encode()
        old = sign(body, at=1_700_000_000)
        for signature in (None, "", "t=1,v1=2", sign(body, secret="whsec_guessed"), sign(body + b" "), old):
            with self.subTest(signature):
                self.assertEqual(self.post(body, signature).status_code, 403)
        self.provider.stripe_webhook_secret = False
        self.assertEqual(self.post(body, sign(body)).status_code, 403)
        self.assertEqual(self.post(body, sign(body, secret="")).status_code, 403)
        large = b" " * (256 * 1024 + 1)
        self.assertEqual(self.post(large, sign(large)).status_code, 413)
        self.assertEqual((self.get_events().ids, tx.state), ([], "draft"))

    def come_back(self, reference, intent):
        url = f"/payment/stripe/return?reference={reference}&payment_intent={intent}"
        return self.url_open(url, allow_redirects=False)

    def test_browser_comes_back(self):
        tx = self.begin()
        self.stripe.pay(tx.provider_reference)
        self.assertEqual(self.come_back(tx.reference, tx.provider_reference).status_code, 303)
        self.assertEqual(tx.state, "done")
        self.tell(self.event(tx, "payment_intent.succeeded"))
        self.come_back(tx.reference, tx.provider_reference)
        self.assertEqual(self.env["account.payment"].search_count([("payment_transaction_id", "=", tx.id)]), 1)

    @mute_logger("odoo.addons.sire_stripe.controllers.main", "odoo.addons.payment_stripe.models.payment_transaction")
    def test_one_payment_does_not_pay_two_invoices(self):
        """The host asks Stripe about whatever the address names and books it on whichever transaction it names."""
        paid, unpaid = self.begin(), self.begin()
        self.stripe.pay(paid.provider_reference)
        asked = len(self.stripe.calls)
        for intent in (paid.provider_reference, "pi_../charges", "..%2Fcharges%2Fch_1", "", "pi_unknown"):
            self.assertEqual(self.come_back(unpaid.reference, intent).status_code, 303)
        self.come_back("no-such-reference", paid.provider_reference)
        self.assertEqual((unpaid.state, paid.state, len(self.stripe.calls)), ("draft", "draft", asked))
        # a transaction of before this module, which does not know its payment yet
        unpaid.provider_reference = False
        with mute_logger("odoo.addons.sire_stripe.models.payment_transaction"):
            self.come_back(unpaid.reference, paid.provider_reference)
        self.assertEqual((unpaid.state, unpaid.invoice_ids.amount_residual), ("draft", 1160))
