"""The same code path against a Stripe that keeps what it is told, and not our own idea of it, over real HTTP.

`localstripe` knows payments, cards that are declined, refunds, and signed reports of payments. It lacks fees (its balance
transactions keep nothing), disputes, reports of refunds, idempotency keys, and checks no key: all that is in the other
tests, by signed events and answers of the shapes that Stripe documents.
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import requests

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.sire_stripe import const

from .common import StripeCommon

PATIENCE = 60  # seconds, which only pass when something is broken
SECRET = "whsec_of_the_stand_in"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@tagged("post_install", "-at_install")
class TestStandIn(StripeCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        port = free_port()
        cls.url = f"http://127.0.0.1:{port}"
        process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("stand_in.py"), str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        cls.addClassCleanup(process.wait, PATIENCE)
        cls.addClassCleanup(process.terminate)
        cls.wait_until(cls.is_up)
        patcher = patch.dict(os.environ, {const.STAND_IN_VARIABLE: cls.url})
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    def setUp(self):
        super().setUp()
        self.http_request_allow_all = True  # it reports without the cookie of a test
        self.env["ir.config_parameter"].set_param("sire_base.public_url", self.base_url())
        self.provider.stripe_webhook_secret = False
        self.provider._stripe_register_webhook()

    @staticmethod
    def wait_until(condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError("waited too long")
            time.sleep(0.05)

    @classmethod
    def is_up(cls):
        try:
            return requests.get(f"{cls.url}/js.stripe.com/v3/", timeout=PATIENCE).ok
        except requests.RequestException:
            return False

    def confirm(self, tx, card="pm_card_visa"):
        """What Stripe's own script does in the browser."""
        return requests.post(
            f"{self.url}/v1/payment_intents/{tx.provider_reference}/confirm",
            data={"payment_method": card},
            headers={"Authorization": "Bearer sk_test_browser"},
            timeout=PATIENCE,
        )

    def wait_for_report(self, kind):
        def has_come():
            with self.allow_requests(all_requests=True):
                time.sleep(0.2)
            self.env.invalidate_all()
            events = self.env["sire.webhook.event"].search([("provider", "=", "stripe"), ("state", "=", "received")])
            return kind in "".join(events.mapped("body_text"))

        self.wait_until(has_come)
        self.process_webhooks()

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
