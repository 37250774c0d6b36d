"""Two at once, in connections of their own: callbacks, resolver, counter, senders."""

import json
import threading
import time
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import tagged

from odoo.addons.sire_mpesa.models import payment_transaction_push
from odoo.addons.sire_payment.tests.race_common import RaceCase

from .common import DARAJA, FakeDaraja, sample

CREDENTIALS = {
    "mpesa_shortcode": "174379",
    "mpesa_consumer_key": "race-key",
    "mpesa_consumer_secret": "race-secret",
    "mpesa_passkey": "race-passkey",
    "mpesa_base_url": DARAJA,
    "state": "test",
}


class MpesaRaceCase(RaceCase):
    """Prompts of the race's invoice, and a Safaricom that every thread reaches."""

    daraja = FakeDaraja()

    def setUp(self):
        super().setUp()
        self.daraja.__init__()
        # A timer would wake up in the middle of somebody else's test.
        self.patch(self.registry["sire.webhook.event"], "_notify_later", staticmethod(lambda *_args: None))
        with self.registry.cursor() as cr:
            provider = api.Environment(cr, SUPERUSER_ID, {}).ref("sire_mpesa.payment_provider_mpesa")
            self.before = {name: provider[name] for name in CREDENTIALS}
            provider.write(CREDENTIALS)
            self.tx_values.update(provider_id=provider.id, state="draft")

    def clean_up(self):
        self.wait_for_senders()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sire.webhook.event"].search([("provider", "in", ("mpesa_stk", "mpesa_c2b"))]).unlink()
            env["sire.mpesa.token"].search([]).unlink()
            self.forget_receipts(env)
        super().clean_up()
        with self.registry.cursor() as cr:
            provider = api.Environment(cr, SUPERUSER_ID, {}).ref("sire_mpesa.payment_provider_mpesa")
            provider.state = "disabled"
            provider.write(self.before)

    def forget_receipts(self, env):
        """The ledger forgets nothing, so a test has to go behind its back."""
        entries = env["sire.mpesa.receipt"].search([]).suspense_line_id.move_id
        env.cr.execute(
            """
            UPDATE account_payment SET sire_mpesa_receipt_id = NULL WHERE sire_mpesa_receipt_id IS NOT NULL;
            DELETE FROM sire_mpesa_receipt_evidence;
            DELETE FROM sire_mpesa_receipt;
            """
        )
        env.invalidate_all()
        entries.line_ids.remove_move_reconcile()
        entries.button_draft()
        entries.with_context(force_delete=True).unlink()

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if request.url.startswith(DARAJA):
            return cls.daraja.handle(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    def read(self, func):
        with self.registry.cursor() as cr:
            return func(api.Environment(cr, SUPERUSER_ID, {}))

    def prompt(self, amount=1000):
        """A prompt that was asked for, committed, and sent by the thread that the commit starts."""

        def ask(env):
            tx = env["payment.transaction"].create({**self.tx_values, "amount": amount})
            tx._mpesa_request_payment("0712345678")
            return tx.id

        tx_id = self.read(ask)
        self.wait_for_senders()
        return tx_id

    def wait_for_senders(self):
        """Wait until the threads that a commit started have written down what they sent."""
        domain = [("partner_id", "=", self.partner_id), ("mpesa_push_state", "in", ("queued", "sending"))]
        deadline = time.monotonic() + 60
        while self.read(lambda env: env["payment.transaction"].search_count(domain)):
            self.assertLess(time.monotonic(), deadline, "the push did not leave after the commit")
            time.sleep(0.05)

    def callback(self, env, tx_id, **values):
        tx = env["payment.transaction"].browse(tx_id)
        data = sample(
            "stk_callback_paid",
            **{
                "MerchantRequestID": tx.mpesa_merchant_request_id,
                "CheckoutRequestID": tx.mpesa_checkout_request_id,
                "Amount": tx.amount,
                **values,
            },
        )
        tx._mpesa_receive_callback(json.dumps(data).encode(), {}, "127.0.0.1")

    def work(self, env):
        env["sire.webhook.event"]._process_due()

    def resolve(self, env):
        for tx in env["payment.transaction"].search([("partner_id", "=", self.partner_id)]):
            tx._mpesa_resolve_alone()

    def make_due(self, env):
        """The callback is overdue, for the resolver and for the inbox."""
        env["payment.transaction"].search([("partner_id", "=", self.partner_id)]).write(
            {"mpesa_next_query_at": fields.Datetime.now()}
        )

    def settle(self):
        """Let what was postponed have its turn."""
        for _turn in range(5):
            self.read(
                lambda env: (
                    env["sire.webhook.event"]
                    .search([("provider", "in", ("mpesa_stk", "mpesa_c2b")), ("state", "=", "received")])
                    .write({"next_attempt_at": fields.Datetime.now()})
                )
            )
            self.read(self.work)


@tagged("post_install", "-at_install")
class TestMpesaRaces(MpesaRaceCase):
    def assertBookedOnce(self, tx_id, receipt="NLJ7RT61SV"):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            tx, invoice = env["payment.transaction"].browse(tx_id), env["account.move"].browse(self.invoice_id)
            payments = env["account.payment"].search([("payment_transaction_id", "=", tx.id)])
            self.assertEqual((tx.state, tx.provider_reference, len(payments)), ("done", receipt, 1))
            self.assertEqual(payments, tx.payment_id)
            self.assertGreaterEqual(invoice.amount_residual, 0)
            return invoice.amount_residual, invoice.payment_state

    def test_the_prompt_leaves_after_the_commit(self):
        tx_id = self.prompt()
        self.assertEqual(len(self.daraja.sent("push")), 1)
        self.assertTrue(self.read(lambda env: env["payment.transaction"].browse(tx_id).mpesa_checkout_request_id))

    def test_nothing_leaves_without_a_commit(self):
        def ask(after):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["payment.transaction"].create(dict(self.tx_values))._mpesa_request_payment("0712345678")
                after(cr)

        with patch.object(payment_transaction_push._pushes, "send_soon") as push:
            ask(lambda cr: cr.rollback())
            push.assert_not_called()
            ask(lambda cr: push.assert_not_called())
            push.assert_called_once()
        with self.registry.cursor() as cr:  # nobody sends this one
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["payment.transaction"].search([("partner_id", "=", self.partner_id)]).mpesa_push_state = "unknown"

    def test_two_callbacks_at_once(self):
        tx_id = self.prompt()
        self.daraja.query_result = ("paid", "0")
        self.read(lambda env: self.callback(env, tx_id))
        self.read(lambda env: self.callback(env, tx_id, Amount=1000))
        self.run_both(self.work, self.work)
        self.settle()
        self.assertEqual(self.assertBookedOnce(tx_id), (0, "paid"))

    def test_callback_and_resolver_at_once(self):
        tx_id = self.prompt()
        self.daraja.query_result = ("paid", "0")
        self.read(self.make_due)
        self.read(lambda env: self.callback(env, tx_id))
        self.run_both(self.work, self.resolve)
        self.settle()
        self.assertEqual(self.assertBookedOnce(tx_id), (0, "paid"))

    def test_two_resolvers_at_once(self):
        tx_id = self.prompt()
        self.daraja.query_result = ("paid", "0")
        self.read(self.make_due)
        self.run_both(self.resolve, self.resolve)
        self.assertEqual(self.assertBookedOnce(tx_id, False), (0, "paid"))

    def test_cash_while_a_prompt_is_live(self):
        tx_id = self.prompt(600)
        results = self.run_both(self.pay_at_the_counter, lambda _env: None)
        self.assertRegex(results[1], "^Only KSh 400 is left .* KSh 600 is waiting for an M-Pesa prompt")
        self.daraja.query_result = ("paid", "0")
        self.read(lambda env: self.callback(env, tx_id))
        self.settle()
        self.assertEqual(self.assertBookedOnce(tx_id), (400, "partial"))

    def test_prompt_and_cash_at_once(self):
        def ask(env):
            env["payment.transaction"].create(dict(self.tx_values))._mpesa_request_payment("0712345678")

        results = self.run_both(ask, self.pay_at_the_counter)
        self.assertEqual(results[0], "ok")
        self.assertIn("Only KSh 400 is left", results[1])

    def test_late_success_and_cash_at_once(self):
        """The prompt was given up, somebody pays in cash, and the money of the prompt arrives in that moment: both are
        real, so both are booked, and what is too much is the client's credit."""
        tx_id = self.prompt(1000)
        self.daraja.query_result = ("paid", "0")
        self.read(lambda env: env["payment.transaction"].browse(tx_id)._set_error("given up"))
        self.read(lambda env: self.callback(env, tx_id))
        self.run_both(self.work, self.pay_at_the_counter)
        self.settle()
        residual, state = self.assertBookedOnce(tx_id)
        self.assertEqual((residual, state), (0, "paid"))

    def test_two_senders(self):
        self.patch(self.registry["payment.transaction"], "_mpesa_wake_resolver", lambda _tx: None)
        with self.registry.cursor() as cr:
            tx = api.Environment(cr, SUPERUSER_ID, {})["payment.transaction"].create(dict(self.tx_values))
            tx._mpesa_request_payment("0712345678")
            cr.postcommit.clear()  # as if the process had been killed here
            tx_id = tx.id
        send = lambda env: env["payment.transaction"].browse(tx_id)._mpesa_send_push()  # noqa: E731
        self.run_both(send, send)
        self.assertEqual(len(self.daraja.sent("push")), 1)

    def test_one_fetches_the_token_for_all(self):
        slow = threading.Event()

        def fetch():
            slow.wait(0.3)
            fetched.append(1)
            return f"token-{len(fetched)}", 3599

        fetched, got = [], []
        get = lambda env: got.append(env["sire.mpesa.token"]._get(DARAJA, "race-key", fetch))  # noqa: E731
        self.run_both(get, get)
        self.assertEqual((len(fetched), got), (1, ["token-1", "token-1"]))
        renew = lambda env: got.append(env["sire.mpesa.token"]._get(DARAJA, "race-key", fetch, dead="token-1"))  # noqa: E731
        self.run_both(renew, renew)
        self.assertEqual((len(fetched), got[2:]), (2, ["token-2", "token-2"]))
