"""The same code path against a Stripe that keeps what it is told, and not our own idea of it, over real HTTP.

`localstripe` knows payments, cards that are declined, refunds, and signed reports of payments. It lacks fees (its balance
transactions keep nothing), disputes, reports of refunds, idempotency keys, and checks no key: all that is in the other
tests, by signed events and answers of the shapes that Stripe documents.
"""

import os
from pathlib import Path
from unittest.mock import patch

import requests

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sire_base.tests.outside import PATIENCE, OutsideCase, free_port
from odoo.addons.sire_stripe import const

from .common import StripeCommon

SECRET = "whsec_of_the_stand_in"


@tagged("post_install", "-at_install")
class TestStandIn(StripeCommon, OutsideCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        port = free_port()
        cls.url = cls.start_outside(port, "/js.stripe.com/v3/", Path(__file__).with_name("stand_in.py"), port)
        patcher = patch.dict(os.environ, {const.STAND_IN_VARIABLE: cls.url})
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    def setUp(self):
        super().setUp()
        self.provider.stripe_webhook_secret = False
        self.provider._stripe_register_webhook()

    def confirm(self, tx, card="pm_card_visa"):
        """What Stripe's own script does in the browser."""
        return requests.post(
            f"{self.url}/v1/payment_intents/{tx.provider_reference}/confirm",
            data={"payment_method": card},
            headers={"Authorization": "Bearer sk_test_browser"},
            timeout=PATIENCE,
        )

    def wait_for_report(self, kind):
        self.wait_for_events(
            [("provider", "=", "stripe"), ("state", "=", "received")],
            lambda events: kind in "".join(events.mapped("body_text")),
        )

    def test_paid_reported_and_refunded(self):
        self.assertEqual(self.provider.stripe_webhook_secret, SECRET)
        tx = self.begin()
        self.assertEqual(self.confirm(tx).status_code, 200)
        self.wait_for_report("payment_intent.succeeded")
        self.assertEqual((tx.state, tx.payment_id.amount, tx.invoice_ids.amount_residual), ("done", 1160, 0))
        self.settle()
        self.assertEqual((self.get_movements().amount, self.get_movements().state), (1160, "nothing"))
        refund = tx._refund(160)
        self.assertEqual((refund.state, refund.payment_id.amount), ("done", 160))
        self.settle()
        self.assertEqual(sorted(self.get_movements().mapped("amount")), [-160, 1160])

    def test_declined(self):
        tx = self.begin()
        self.confirm(tx, card="pm_card_chargeCustomerFail")
        self.wait_for_report("payment_intent.payment_failed")
        self.assertEqual((tx.state, tx.state_message), ("error", "Your card was declined."))
        self.assertEqual(tx.invoice_ids._sire_get_payable(), 1160)

    def test_two_tabs(self):
        first = self.begin()
        second = self.begin(invoice=first.invoice_ids)
        self.assertEqual(first.state, "cancel")
        self.assertNotEqual(self.confirm(first).status_code, 200)
        self.assertEqual(self.confirm(second).status_code, 200)

    def test_browser_comes_back_first(self):
        tx = self.begin()
        self.confirm(tx)
        url = f"/payment/stripe/return?reference={tx.reference}&payment_intent={tx.provider_reference}"
        self.url_open(url, allow_redirects=False)
        self.env.invalidate_all()
        self.assertEqual(tx.state, "done")
        self.wait_for_report("payment_intent.succeeded")
        self.assertEqual(self.env["account.payment"].search_count([("payment_transaction_id", "=", tx.id)]), 1)

    def test_setup(self):
        self.assertTrue(self.provider._stripe_check_keys())
        tx = self.provider._stripe_test()
        self.assertEqual((tx.state, tx.payment_id.amount), ("done", 150))
        self.wait_for_report("payment_intent.succeeded")
        step = next(step for step in self.provider._stripe_get_steps() if step["key"] == "test")
        self.assertEqual(step["state"], "done", step["words"])

    @mute_logger("odoo.addons.payment.models.payment_provider")
    def test_unreachable(self):
        with patch.dict(os.environ, {const.STAND_IN_VARIABLE: "http://127.0.0.1:9"}):
            tx = self.begin()
            self.assertEqual(tx.state, "error")
            self.assertFalse(self.provider._stripe_check_keys())
