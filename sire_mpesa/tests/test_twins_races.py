"""Two prompts that look the same, and two reports about them at once, in connections of their own."""

from odoo.tests import tagged

from .common import sample
from .interleaving import InterleavingCase
from .test_interleavings import RECEIPT, TX

A, B = "TWINAAAAA1", "TWINBBBBB1"  # the receipts


@tagged("post_install", "-at_install")
class TestTwinsRaces(InterleavingCase):
    def setUp(self):
        super().setUp()
        self.paid = set()  # numbers of prompts that Safaricom says were paid
        self.daraja.answer_query = self.answer_query
        self.addCleanup(lambda: self.daraja.__dict__.pop("answer_query"))
        self.a, self.b = self.prompt(100), self.prompt(100)

    def answer_query(self, body):
        number = body["CheckoutRequestID"]
        if number not in self.paid:
            return 500, sample("error_pending")
        merchant = "m-" + number.split("_")[-1]
        return 200, sample("stk_query_paid", CheckoutRequestID=number, MerchantRequestID=merchant, ResultCode="0")

    def pay(self, *tx_ids):
        self.read(lambda env: self.paid.update(env[TX].browse(tx_ids).mapped("mpesa_checkout_request_id")))

    def ask(self, tx_id):
        """:return: ``callable(env)`` that asks Safaricom, which says that it was paid and names no receipt"""
        self.pay(tx_id)
        return lambda env: env[TX].browse(tx_id).action_mpesa_query()

    def name(self, tx_id, number):
        """:return: ``callable(env)`` that handles a callback with the receipt's number"""
        self.pay(tx_id)
        return self.call_back(tx_id, MpesaReceiptNumber=number)

    def give_up(self):
        """Nobody said in time how the prompts ended."""

        def end(env):
            env.cr.execute("UPDATE payment_transaction SET mpesa_requested_at = mpesa_requested_at - interval '200 seconds'"
                           " WHERE id IN %s", [(self.a, self.b)])  # fmt: skip
            for tx in env[TX].browse((self.a, self.b)):
                tx._mpesa_release()

        self.read(end)

    def assertNumbers(self, *numbers):
        self.read(
            lambda env: self.assertEqual(env[TX].browse((self.a, self.b)).mapped("provider_reference"), list(numbers))
        )

    def test_said_to_be_paid_while_its_receipt_comes(self):
        """Whichever is first: the other prompt is not said to be paid, and the money is booked once."""
        self.interleave(self.confirm(100, A), self.ask(self.a), (TX, "_mpesa_touch"))
        self.assertBooks(100, receipts=(A,))
        self.assertNumbers(A, False)

    def test_receipt_while_it_is_said_to_be_paid(self):
        self.interleave(self.ask(self.a), self.confirm(100, A), (TX, "_mpesa_lock"))
        self.assertBooks(100, receipts=(A,))
        self.assertNumbers(A, False)

    def test_receipt_while_one_is_looked_for(self):
        self.interleave(self.ask(self.a), self.confirm(100, A), (RECEIPT, "_find_for_prompt"))
        self.assertBooks(100, receipts=(A,))
        self.assertNumbers(A, False)

    def test_receipt_after_both_were_given_up(self):
        self.give_up()
        self.interleave(self.confirm(100, A), self.ask(self.a), (RECEIPT, "_book_by_account"))
        self.assertBooks(100, receipts=(A,))
        self.assertNumbers(A, False)

    def test_both_said_to_be_paid_and_one_receipt(self):
        self.give_up()
        self.read(self.confirm(100, A))
        self.interleave(self.ask(self.a), self.ask(self.b), (RECEIPT, "_find_for_prompt"))
        self.assertBooks(200, receipts=(A,))

    def test_freed_while_the_other_is_said_to_be_paid(self):
        """The receipt of the one is taken for the other's. That one's is named while the one is found to be paid."""
        self.read(self.ask(self.a))
        self.read(self.confirm(100, B))
        self.assertNumbers(B, False)
        self.interleave(self.name(self.a, A), self.ask(self.b), (RECEIPT, "_unlink_prompt"))
        self.assertBooks(200, receipts=(A, B))
        self.assertNumbers(A, B)

    def test_said_to_be_paid_while_its_receipt_is_freed(self):
        self.read(self.ask(self.a))
        self.read(self.confirm(100, B))
        self.interleave(self.ask(self.b), self.name(self.a, A), (RECEIPT, "_find_for_prompt"))
        self.assertBooks(200, receipts=(A, B))
        self.assertNumbers(A, B)

    def test_receipt_while_another_one_is_taken_away(self):
        """The other's callback names the receipt that was taken for its own, and its own is reported at this moment."""
        self.read(self.ask(self.a))
        self.read(self.confirm(100, B))
        self.interleave(self.name(self.b, B), self.confirm(100, A), (TX, "_mpesa_lose_receipt"))
        self.assertBooks(200, receipts=(A, B))
        self.assertNumbers(A, B)
