"""Two prompts that look the same, and reports that name no prompt or no receipt: in each order each shilling is booked
once. The table of decision 0430."""

from datetime import timedelta
from itertools import permutations

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sire_base.utils.eat import format_daraja_timestamp

from .common import sample
from .test_c2b import C2bCommon

A, B = "TWINAAAAA1", "TWINBBBBB1"  # the receipts


class TwinsCommon(C2bCommon):
    """``a`` and ``b``: the same phone, account and amount. The answer to the push of ``b`` was lost."""

    def setUp(self):
        super().setUp()
        self.elapsed = 0
        now = fields.Datetime.now
        self.patch(fields.Datetime, "now", staticmethod(lambda: now() + timedelta(seconds=self.elapsed)))
        self.daraja.answer_query = self.answer_query

    def begin(self, paid="ab", pause=5):
        """:param str paid: which of the prompts is paid, ten seconds after it was sent
        :param pause: seconds between the two"""
        self.invoice = self.make_invoice(1000)
        self.end = {}  # letter → result code, once Safaricom says
        self.txs, self.paid_at = {}, {}
        self.numbers = {"a": f"{A}{self.invoice.id}", "b": f"{B}{self.invoice.id}"}
        self.paid = paid
        for letter in "ab":
            if letter == "b":
                self.elapsed += pause
                self.daraja.next_is("push", (503, ""))
            self.txs[letter] = self.request(100, self.invoice)
            self.paid_at[letter] = fields.Datetime.now() + timedelta(seconds=10)
        self.a, self.b = self.txs.values()
        self.elapsed += 12

    def answer_query(self, body):
        for letter, tx in self.txs.items():
            number = tx.mpesa_checkout_request_id or f"ws_CO_lost{tx.id}"
            if body["CheckoutRequestID"] == number and letter in self.end:
                return 200, sample(
                    "stk_query_paid", CheckoutRequestID=number, ResultCode=self.end[letter],
                    MerchantRequestID=tx.mpesa_merchant_request_id or f"m-lost{tx.id}",
                )  # fmt: skip
        return 500, sample("error_pending")

    # === STEPS: what is told, and about which prompt === #

    def step(self, what):
        kind, _dash, letter = what.partition(" ")
        getattr(self, f"step_{kind}")(letter)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertLessEqual(self.get_arrived(), 100 * len(self.paid), f"booked, and nobody paid it, after {what}")
        self.assertGreaterEqual(self.invoice.amount_residual, 0)

    def step_receipt(self, letter):
        """A pay bill confirmation: it names no prompt."""
        time = format_daraja_timestamp(self.paid_at[letter])
        self.confirm(self.numbers[letter], "100.00", self.invoice.mpesa_reference, TransTime=time)

    def step_import(self, letter):
        """The same, from a statement."""
        sighting = self.sight(
            self.numbers[letter], 100, source="statement", paid_at=self.paid_at[letter],
            reference=self.invoice.mpesa_reference,
        )  # fmt: skip
        self.provider._mpesa_take_sighting(sighting)

    def step_query(self, letter):
        """Safaricom's answer to our question: it names no receipt."""
        self.end[letter] = "0" if letter in self.paid else "1032"
        self.txs[letter].action_mpesa_query()

    def step_bare(self, letter):
        """A callback without a receipt number."""
        self.step_callback(letter, None)

    def step_named(self, letter):
        self.step_callback(letter, self.numbers[letter])

    def step_callback(self, letter, number):
        self.end[letter] = "0"
        tx = self.txs[letter]
        ids = {"CheckoutRequestID": f"ws_CO_lost{tx.id}", "MerchantRequestID": f"m-lost{tx.id}"}
        ids = {} if tx.mpesa_checkout_request_id else ids
        event = self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber=number, ResultDesc=str(number), **ids))
        self.assertEqual(event.state, "done", event.error)

    def step_failed(self, letter):
        """A callback that the prompt failed. It may be untrue: Safaricom is asked later."""
        tx = self.txs[letter]
        self.receive(tx, self.failed_callback(tx, 1032, CheckoutRequestID=tx.mpesa_checkout_request_id or "ws_CO_x"))

    def fail(self, letter):
        """Safaricom says that the prompt failed, whatever it says later."""
        self.end[letter] = "1032"
        self.txs[letter].action_mpesa_query()
        self.assertEqual((self.txs[letter].state, self.txs[letter].mpesa_next_query_at), ("cancel", False))

    def step_release(self, _letter):
        self.elapsed += 200
        for tx in (self.a | self.b).filtered("mpesa_next_query_at"):
            tx.mpesa_next_query_at = fields.Datetime.now()
        self.resolve()
        with self.enter_cron():
            self.receipts._cron_book()

    # === WHAT HOLDS === #

    def get_arrived(self):
        """:return: shillings in the books for this invoice"""
        payments = self.env["account.payment"].search([("partner_id", "=", self.partner.id)])
        mine = payments.filtered(
            lambda one: (
                one.state in ("in_process", "paid")
                and (one.payment_transaction_id in (self.a | self.b) or one.sire_mpesa_receipt_id in self.get_seen())
            )
        )
        return sum(mine.mapped("amount"))

    def get_seen(self):
        return self.receipts.search([("name", "in", list(self.numbers.values()))])

    def assertEnd(self, arrived):
        """This much is booked on the invoice, each receipt once, and what is linked agrees."""
        self.assertEqual((self.get_arrived(), self.invoice.amount_residual), (arrived, 1000 - arrived))
        for receipt in self.get_seen():
            live = receipt.payment_ids.filtered(lambda one: one.state in ("in_process", "paid"))
            self.assertEqual((receipt.state, live.mapped("amount"), receipt.flag), ("booked", [100], False))
        for tx in self.txs.values():
            if tx.state == "done":
                self.assertEqual(tx.payment_id.sire_mpesa_receipt_id, tx.mpesa_receipt_ids)
                self.assertEqual((tx.payment_id.state, tx.payment_id.amount), ("in_process", 100))
            else:
                self.assertFalse(tx.payment_id)
            self.assertEqual(tx.provider_reference or "", tx.mpesa_receipt_ids.name or "")
        done = (self.a | self.b).filtered(lambda tx: tx.state == "done")
        self.assertEqual(len(done.payment_id), len(done))
        days = self.env["sire.mpesa.day"].search([("company_id", "=", self.company.id)])
        self.assertFalse(days.filtered("difference"))

    def live(self, paid, *steps, arrived=None, pause=5):
        self.begin(paid, pause)
        for step in steps:
            self.step(step)
        self.assertEnd(100 * len(paid) if arrived is None else arrived)

    def live_in_each_order(self, paid, *steps):
        for order in permutations(steps):
            with self.subTest(order=order):
                self.live(paid, *order)


@tagged("post_install", "-at_install")
class TestTwins(TwinsCommon):
    def test_one_is_paid(self):
        """Each order of the receipt, Safaricom's word without a number, and the end of our patience."""
        for word in ("query a", "bare a", "named a"):
            self.live_in_each_order("a", "receipt a", word, "release")

    def test_one_is_paid_and_the_other_fails(self):
        self.live_in_each_order("a", "receipt a", "bare a", "release", "failed b")

    def test_the_lost_one_is_paid(self):
        self.live_in_each_order("b", "receipt b", "release", "failed a", "bare b")

    def test_both_are_paid_and_one_is_named(self):
        self.live_in_each_order("ab", "receipt a", "bare a", "named b", "receipt b")

    def test_both_are_paid_and_one_receipt_is_known_from_a_report_alone(self):
        self.live_in_each_order("ab", "receipt b", "bare a", "named a", "bare b")

    def test_both_are_paid_and_one_receipt_is_never_known(self):
        self.live_in_each_order("ab", "receipt a", "query a", "bare b", "release")

    def test_nothing_is_concluded_of_two(self):
        """The one that was not paid is not said to be: the money is booked by its account."""
        self.live("a", "receipt a", "release")
        receipt = self.get_seen()
        self.assertEqual((receipt.transaction_id.id, receipt.partner_id), (False, self.partner))
        self.assertEqual((self.a | self.b).mapped("mpesa_result_code"), ["unconfirmed", "unconfirmed"])
        self.step("query a")
        self.assertEnd(100)
        self.assertEqual((self.a.mpesa_receipt_ids, self.a.mpesa_is_told_paid), (receipt, True))
        self.assertEqual((self.b.state, self.b.mpesa_is_told_paid), ("error", False))

    def test_nothing_is_concluded_while_somebody_says_that_one_failed(self):
        """Anybody can say so. Safaricom has not answered yet."""
        self.live("a", "failed a", "receipt a", "release")
        self.assertEqual((self.a.state, self.b.state, self.get_seen().transaction_id.id), ("cancel", "error", False))
        self.step("query a")
        self.assertEnd(100)
        self.assertEqual(self.a.mpesa_receipt_ids, self.get_seen())

    def test_concluded_of_one_that_is_left(self):
        """The other one failed, as Safaricom said: there is no doubt whose it is."""
        self.live("b", "receipt b", "query a", "release")
        self.assertEqual(
            (self.b.state, self.b.mpesa_is_told_paid, self.b.mpesa_receipt_ids), ("done", False, self.get_seen())
        )
        self.step("bare b")
        self.assertTrue(self.b.mpesa_is_told_paid)
        self.assertEnd(100)

    def test_a_conclusion_yields_to_what_safaricom_says(self):
        """It failed, as Safaricom said; the other one got its receipt; then Safaricom says that it was paid."""
        self.begin("a")
        self.fail("a")
        self.step("receipt a")
        self.step("release")
        self.assertEnd(100)
        self.assertEqual(self.b.mpesa_receipt_ids, self.get_seen())
        self.step("bare a")
        self.assertEnd(100)
        self.assertEqual((self.a.mpesa_receipt_ids, self.b.state), (self.get_seen(), "error"))
        self.assertEqual(self.b.mpesa_result_code, "unconfirmed")
        self.paid = "ab"
        self.step("bare b")
        self.assertEnd(200)
        self.step("receipt b")
        self.assertEnd(200)
        self.assertEqual(self.b.provider_reference, self.numbers["b"])

    def test_a_named_receipt_that_another_one_has(self):
        """It was paid too, so its money stays, without a number; its own receipt is its payment then."""
        self.live("ab", "bare a", "receipt b", "named b", arrived=200)
        self.assertEqual((self.b.provider_reference, self.a.provider_reference), (self.numbers["b"], False))
        self.assertEqual(self.a.state, "done")
        self.step("receipt a")
        self.assertEnd(200)
        self.assertEqual(self.a.provider_reference, self.numbers["a"])

    def test_a_receipt_that_is_free_again(self):
        """Both are booked without a number, and the one's receipt was taken for the other's, until that is named."""
        self.live("ab", "query a", "receipt b", "bare b", "named a")
        self.assertEqual([tx.provider_reference for tx in (self.a, self.b)], [self.numbers["a"], self.numbers["b"]])

    def test_exchanged(self):
        """Each wears the other's receipt, until one is named."""
        self.live("ab", "bare a", "receipt b", "bare b", "receipt a")
        self.assertEqual([tx.provider_reference for tx in (self.a, self.b)], [self.numbers["b"], self.numbers["a"]])
        payments = self.a.payment_id | self.b.payment_id
        self.step("named a")
        self.assertEnd(200)
        self.assertEqual([tx.provider_reference for tx in (self.a, self.b)], [self.numbers["a"], self.numbers["b"]])
        self.assertEqual(self.a.payment_id | self.b.payment_id, payments)

    def test_others_move_up(self):
        """The receipt that only the first can have comes when it has the second's already."""
        steps = "query a", "receipt b", "bare b", "receipt a"
        for order in permutations(steps):
            with self.subTest(order=order):
                self.live("ab", *order, pause=200)
                self.assertEqual(len(self.get_seen().transaction_id), 2)

    def test_reported_by_a_statement(self):
        for steps in (
            ("query a", "release", "import a"),
            ("release", "import a", "query a"),
            ("import a", "bare a", "release", "receipt a"),
        ):
            with self.subTest(steps=steps):
                self.live("a", *steps)

    def test_the_books_refuse(self):
        """The payment without a number cannot be undone any more: all is kept, and staff are told."""
        self.begin("ab")
        for step in ("query a", "receipt b", "bare b"):
            self.step(step)
        self.assertEqual((self.a.provider_reference, self.b.provider_reference), (self.numbers["b"], False))

        def refuse(_payment):
            raise UserError("The year is closed.")

        self.patch(type(self.b.payment_id), "action_draft", refuse)
        self.end["a"] = "0"
        event = self.receive(self.a, self.paid_callback(self.a, MpesaReceiptNumber=self.numbers["a"]))
        self.assertEqual((event.state, self.a.provider_reference), ("done", self.numbers["a"]))
        receipt = self.get_receipt(self.numbers["b"])
        self.assertRegex(receipt.flag, "booked twice.*The year is closed")
