"""Two at once, in connections of their own. Committed, and cleaned up after."""

import json
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from odoo.addons.sire_payment.tests.race_common import RaceCase
from odoo.addons.sire_stripe import gate

from .common import SECRET, FakeStripe


@tagged("post_install", "-at_install")
class TestStripeRaces(RaceCase):
    def setUp(self):
        super().setUp()
        self.stripe = FakeStripe()
        self.stripe.numbers = 900_000
        handle = lambda session, request, **kwargs: self.stripe.handle(session, request, **kwargs)  # noqa: E731
        patcher = patch("requests.Session.send", handle)
        patcher.start()
        self.addCleanup(patcher.stop)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            provider = env["payment.provider"].browse(self.provider_id)
            method = env.ref("payment.payment_method_card")
            provider.write(
                {
                    "code": "stripe",
                    "stripe_publishable_key": "pk_test_x",
                    "stripe_secret_key": "sk_test_x",
                    "stripe_webhook_secret": SECRET,
                    "payment_method_ids": [(4, method.id)],
                }
            )
            provider.state = "test"
            self.tx_values.update(payment_method_id=method.id, state="draft", amount=1000)

    def delete_all(self, env):
        domain = [("provider_id", "=", self.provider_id)]
        movements = gate.opened(env["sire.stripe.movement"].search(domain))
        entries = movements.move_id
        movements.unlink()
        entries.line_ids.remove_move_reconcile()
        entries.button_draft()
        entries.unlink()
        env["sire.webhook.event"].search([("event_key", "=like", f"{self.provider_id}/%")]).unlink()
        txs = env["payment.transaction"].search([*domain, ("operation", "=", "refund")])
        txs.unlink()
        super().delete_all(env)

    def read(self, func):
        with self.registry.cursor() as cr:
            return func(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True}))

    def begin(self):
        def do(env):
            tx = env["payment.transaction"].create(dict(self.tx_values))
            tx._get_specific_processing_values({})
            return tx.id, tx.provider_reference, tx.reference

        return self.read(do)

    def receive(self, env, event):
        key = f"{self.provider_id}/{event['id']}"
        env["sire.webhook.event"]._receive("stripe", key, json.dumps(event).encode(), {})

    def work(self, env):
        env["sire.webhook.event"]._process_due()

    def finish(self):
        def due(env):
            events = env["sire.webhook.event"].search(
                [("event_key", "=like", f"{self.provider_id}/%"), ("state", "=", "received")]
            )
            events.next_attempt_at = "2026-01-01"

        self.read(due)
        self.read(self.work)
        self.read(lambda env: env["payment.transaction"]._stripe_settle_due())

    def assertBookedOnce(self, tx_id, refunds=0):
        def look(env):
            tx = env["payment.transaction"].browse(tx_id)
            payments = env["account.payment"].search([("payment_transaction_id", "=", tx.id)])
            self.assertEqual((tx.state, len(payments), payments), ("done", 1, tx.payment_id))
            self.assertEqual(env["account.move"].browse(self.invoice_id).amount_residual, 0)
            movements = env["sire.stripe.movement"].search([("provider_id", "=", self.provider_id)])
            self.assertEqual(len(movements.move_id), 1)
            self.assertEqual(len(tx.child_transaction_ids), refunds)
            self.assertEqual(len(tx.child_transaction_ids.payment_id), refunds)

        self.read(look)

    def test_report_and_return_at_once(self):
        tx_id, number, _reference = self.begin()
        self.stripe.pay(number)
        self.read(
            lambda env: self.receive(env, self.stripe.event("payment_intent.succeeded", self.stripe.things[number]))
        )

        def come_back(env):
            tx = env["payment.transaction"].browse(tx_id)
            intent = tx._send_api_request("GET", f"payment_intents/{number}")
            tx._process("stripe", {"payment_intent": intent, "payment_method": None})
            tx._post_process()

        self.run_both(self.work, come_back)
        self.finish()
        self.assertBookedOnce(tx_id)

    def test_two_jobs_at_once(self):
        tx_id, number, _reference = self.begin()
        self.stripe.pay(number)
        self.read(
            lambda env: self.receive(env, self.stripe.event("payment_intent.succeeded", self.stripe.things[number]))
        )
        self.read(self.work)
        settle = lambda env: env["payment.transaction"]._stripe_settle_due()  # noqa: E731
        self.run_both(settle, settle)
        self.assertBookedOnce(tx_id)

    def test_refund_and_its_report_at_once(self):
        """Stripe reports the refund before we have committed that we asked for it."""
        tx_id, number, _reference = self.begin()
        self.stripe.pay(number)
        self.read(
            lambda env: self.receive(env, self.stripe.event("payment_intent.succeeded", self.stripe.things[number]))
        )
        self.finish()

        def refund(env):
            env["payment.transaction"].browse(tx_id)._refund(400)
            # its report is here before our commit, and a worker takes it up
            self.read(
                lambda other: self.receive(
                    other, self.stripe.event("charge.refunded", self.stripe.get_refunded(number))
                )
            )

        self.run_both(refund, lambda _env: self.finish())
        self.finish()
        self.assertBookedOnce(tx_id, refunds=1)
        made = [one for one in self.stripe.things.values() if one["object"] == "refund"]
        self.assertEqual(len(made), 1)

    def test_two_refunds_of_the_same_money(self):
        tx_id, number, _reference = self.begin()
        self.stripe.pay(number)
        self.read(
            lambda env: self.receive(env, self.stripe.event("payment_intent.succeeded", self.stripe.things[number]))
        )
        self.finish()
        refund = lambda env: env["payment.transaction"].browse(tx_id)._refund(600)  # noqa: E731
        results = self.run_both(refund, refund)
        self.assertEqual(results[0], "ok")
        self.assertIn("Only KSh 400 of this payment is left", results[1])
        self.assertEqual(len([one for one in self.stripe.things.values() if one["object"] == "refund"]), 1)

    def test_two_tabs_at_once(self):
        def pay(env):
            tx = env["payment.transaction"].create(dict(self.tx_values))
            tx._get_specific_processing_values({})

        self.run_both(pay, pay)
        intents = [one for one in self.stripe.things.values() if one["object"] == "payment_intent"]
        open_intents = [one for one in intents if one["status"] == "requires_payment_method"]
        self.assertEqual(len(open_intents), 1)
        states = self.read(
            lambda env: env["payment.transaction"].search([("partner_id", "=", self.partner_id)]).mapped("state")
        )
        self.assertEqual(states.count("draft"), 1)
