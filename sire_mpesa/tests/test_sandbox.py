"""The same code path against a server that knows the contract and not our client, over real HTTP."""

import os
from pathlib import Path

import requests

from odoo.tests import tagged

from odoo.addons.sire_base.tests.outside import PATIENCE, OutsideCase, free_port

from .common import MpesaCommon

ROOT = Path(__file__).resolve().parents[2]


class SandboxCase(MpesaCommon, OutsideCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not (ROOT / "sandbox" / "__main__.py").exists():
            raise AssertionError(
                "These tests pay through the sandbox: have the repository's sandbox/ beside the modules."
            )
        port = free_port()
        cls.sandbox_url = cls.start_outside(
            port,
            "/health",
            *("-m", "sandbox", "--port", port, "--smtp-port", free_port()),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        cls.provider.write(
            {
                "mpesa_consumer_key": "sandbox-key",
                "mpesa_consumer_secret": "sandbox-secret",
                "mpesa_passkey": "sandbox-passkey",
                "mpesa_base_url": cls.sandbox_url,
            }
        )

    def setUp(self):
        super().setUp()
        self.control("reset")

    def control(self, path, **data):
        response = requests.post(f"{self.sandbox_url}/control/{path}", json=data, timeout=PATIENCE)
        self.assertEqual(response.status_code, 200, response.text)

    def pay(self, **behaviour):
        self.control("default", **behaviour)
        return self.request(500)

    def wait_for_callback(self, tx):
        self.wait_for_events([("event_key", "=like", f"{tx.id}/%")])


@tagged("post_install", "-at_install")
class TestSandbox(SandboxCase):
    def test_paid(self):
        tx = self.pay(result="success")
        self.assertEqual(tx.mpesa_push_state, "sent")
        self.wait_for_callback(tx)
        self.assertEqual((tx.state, tx.invoice_ids.payment_state), ("done", "partial"))
        self.assertRegex(tx.provider_reference, r"^[A-Z0-9]{10}$")

    def test_failed(self):
        for result, words in (
            ("cancelled", "cancelled on the phone"),
            ("wrong_pin", "PIN was wrong"),
            ("no_money", "not enough money"),
            ("unreachable", "could not be reached"),
            ("expired", "not answered in time"),
        ):
            tx = self.pay(result=result)
            self.wait_for_callback(tx)
            self.assertIn(words, tx._mpesa_status()["message"])

    def test_no_callback(self):
        tx = self.pay(result="success", callbacks="never")
        self.age(tx, 30)
        self.resolve()
        self.assertEqual((tx.state, tx.provider_reference), ("done", False))

    def test_nobody_answers_yet(self):
        for pending in ("error", "4999"):
            self.control("reset")
            tx = self.pay(result="manual", pending=pending)
            self.age(tx, 30)
            self.resolve()
            self.assertEqual(tx.state, "pending")

    def test_dead_token(self):
        self.pay(result="success")
        self.control("token/expire")
        self.control("reset")
        tx = self.pay(result="success")
        self.assertEqual(tx.mpesa_push_state, "sent")

    def test_faults_are_not_failures(self):
        for kind in ("html", "500", "spike", "busy", "lost_answer"):
            self.control("reset")
            self.control("faults", endpoint="stkpush", kind=kind, times=1)
            tx = self.pay(result="manual")
            with self.subTest(kind=kind):
                self.assertEqual((tx.state, tx.mpesa_push_state), ("pending", "unknown"))

    def test_wrong_keys(self):
        self.provider.mpesa_consumer_secret = "wrong"
        tx = self.pay(result="success")
        self.assertEqual((tx.state, tx.mpesa_result_code), ("error", "setup"))
        self.provider.write({"mpesa_consumer_secret": "sandbox-secret", "mpesa_passkey": "wrong"})
        tx = self.pay(result="success")
        self.assertEqual((tx.state, tx.mpesa_result_code), ("error", "setup"))

    def test_phone_is_busy(self):
        self.pay(result="manual")
        tx = self.pay(result="manual")
        self.assertEqual((tx.state, tx.mpesa_result_code), ("error", "1001"))

    def test_wrong_amount_is_not_booked(self):
        tx = self.pay(result="success", amount=5)
        self.wait_for_callback(tx)
        self.assertEqual(tx.state, "pending")
        self.assertIn("500 was asked for", tx.mpesa_flag)

    def test_lost_answer_then_paid(self):
        self.control("faults", endpoint="stkpush", kind="lost_answer", times=1)
        tx = self.pay(result="success")
        self.wait_for_callback(tx)
        self.assertEqual((tx.state, tx.invoice_ids.payment_state), ("done", "partial"))

    def test_setup(self):
        """What the set-up asks is understood by a server that knows the contract, and what is wrong is said."""
        self.provider.write({"mpesa_shortcode": "174379", "mpesa_passkey": "sandbox-passkey"})
        checks = (
            ("keys", {}, True),
            ("keys", {"mpesa_consumer_secret": "wrong"}, False),
            ("keys", {"mpesa_consumer_secret": "sandbox-secret"}, True),
            ("passkey", {}, True),
            ("passkey", {"mpesa_passkey": "wrong"}, False),
            ("passkey", {"mpesa_shortcode": "999999"}, False),
            ("keys", {"mpesa_base_url": "http://127.0.0.1:9"}, False),
        )
        for key, values, is_right in checks:
            with self.subTest(key=key, values=values):
                self.provider.write(values)
                self.assertEqual(self.provider._mpesa_run_check(key), is_right, self.provider.mpesa_checks)

    def test_a_shilling_of_ours(self):
        self.control("default", result="success")
        self.provider._mpesa_test("0712345678")
        tx = self.provider.mpesa_test_transaction_id
        tx._mpesa_send_push()
        self.wait_for_callback(tx)
        step = next(step for step in self.provider._mpesa_get_steps() if step["key"] == "test")
        self.assertEqual((step["state"], tx.payment_id.amount), ("done", 1))
