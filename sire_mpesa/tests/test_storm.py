"""Everything at once: prompts, cash, true, repeated, forged and missing callbacks, the resolver, in threads of their own."""

import random
import threading
import time
from collections import Counter

from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tests import tagged

from .common import sample
from .test_races import MpesaRaceCase

SEED = 20261120
ACTIONS = 18  # a thread, after the prompt with which each begins
THREADS = 4
PART = 100  # shillings, of an invoice of 1,000
PATIENCE = 300  # seconds, which only pass when something is broken


@tagged("post_install", "-at_install")
class TestStorm(MpesaRaceCase):
    def setUp(self):
        super().setUp()
        self.truth = {}  # number of a prompt → result code, decided when the phone is answered
        self.cash = 0
        self.lock = threading.Lock()
        self.steps = Counter()  # what came of them
        self.all_asked = threading.Barrier(THREADS, timeout=PATIENCE)
        self.patch(self.daraja, "answer_query", self.answer_query)

    def answer_query(self, body):
        checkout_id = body["CheckoutRequestID"]
        code = self.truth.get(checkout_id)
        if code is None:
            return 500, sample("error_pending")
        merchant_id = "m-" + checkout_id.split("_")[-1]
        ids = {"CheckoutRequestID": checkout_id, "MerchantRequestID": merchant_id}
        return 200, sample("stk_query_paid", ResultCode=code, **ids)

    def run_storm(self, seed):
        rng = random.Random(seed)
        self.step(self.ask, rng)  # while there is something left to pay
        self.all_asked.wait()
        for _number in range(ACTIONS):
            action = rng.choice((self.ask, self.answer, self.answer, self.forge, self.counter, self.wake, self.work))
            self.step(action, rng)

    def step(self, action, rng):
        """One thing that somebody does, again until nobody else is in the way."""
        deadline = time.monotonic() + PATIENCE
        outcome = None
        while not outcome:
            try:
                self.read(lambda env: action(env, rng) if action != self.work else action(env))
                outcome = "done"
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                if time.monotonic() > deadline:
                    raise
            except UserError:  # nothing is left to pay: as it should be
                outcome = "refused"
        with self.lock:
            self.steps[action.__name__, outcome] += 1

    def ask(self, env, _rng):
        tx = env["payment.transaction"].create({**self.tx_values, "amount": PART})
        tx._mpesa_request_payment("0712345678")

    def counter(self, env, _rng):
        wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=[self.invoice_id])
        wizard.create({"amount": PART, "journal_id": self.journal_id})._create_payments()
        env.cr.postcommit.add(self.count_cash)

    def count_cash(self):
        with self.lock:
            self.cash += PART

    def get_sent(self, env):
        domain = [("partner_id", "=", self.partner_id), ("mpesa_checkout_request_id", "!=", False)]
        return env["payment.transaction"].search(domain)

    def answer(self, env, rng):
        """Somebody answers a prompt; its callback may come, come twice in other words, or never."""
        for tx in self.get_sent(env):
            checkout_id = tx.mpesa_checkout_request_id
            with self.lock:
                code = self.truth.setdefault(checkout_id, rng.choice(("0", "0", "0", "1032", "2001")))
            for _time in range(rng.choice((0, 1, 2))):
                if code == "0":
                    receipt = "R" + checkout_id.split("_")[-1].zfill(9)
                    amount = rng.choice((PART, float(PART), f"{PART}.00"))
                    self.callback(env, tx.id, MpesaReceiptNumber=receipt, Amount=amount)
                else:
                    self.callback(env, tx.id, ResultCode=int(code), CallbackMetadata=None)

    def forge(self, env, rng):
        """Who knows the token says what he likes."""
        for tx in self.get_sent(env)[:2]:
            self.callback(env, tx.id, **rng.choice(({"Amount": 5}, {"CheckoutRequestID": "ws_CO_x"}, {"Amount": "x"})))

    def wake(self, env, _rng):
        self.make_due(env)
        env.cr.postcommit.add(lambda: self.read(self.resolve))

    def test_storm(self):
        threads = [threading.Thread(target=self.run_storm, args=(SEED + number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        self.assertEqual(sum(self.steps.values()), THREADS * (1 + ACTIONS), "every step was made")
        self.wait_for_senders()
        # In the end every phone is answered and every callback arrives.
        rng = random.Random(SEED)
        rng.choice = lambda options: options[1]
        self.read(lambda env: self.answer(env, rng))
        self.settle()
        self.read(self.check)

    def check(self, env):
        txs = env["payment.transaction"].search([("partner_id", "=", self.partner_id)])
        self.assertEqual(len(txs), self.steps["ask", "done"])
        self.assertGreaterEqual(len(txs), THREADS, "a storm in which nothing happens shows nothing")
        arrived = 0
        for tx in txs:
            payments = env["account.payment"].search([("payment_transaction_id", "=", tx.id)])
            if self.truth.get(tx.mpesa_checkout_request_id) == "0":
                arrived += PART
                self.assertEqual((tx.state, payments.mapped("amount")), ("done", [PART]), tx.reference)
                self.assertEqual(payments, tx.payment_id)
                self.assertTrue(tx.provider_reference)
            else:
                self.assertFalse(payments, tx.reference)
                self.assertNotEqual(tx.state, "done", tx.reference)
        invoice = env["account.move"].browse(self.invoice_id)
        payments = env["account.payment"].search([("partner_id", "=", self.partner_id)])
        self.assertEqual(sum(payments.mapped("amount")), arrived + self.cash)
        self.assertEqual(invoice.amount_residual, max(0, invoice.amount_total - arrived - self.cash))
