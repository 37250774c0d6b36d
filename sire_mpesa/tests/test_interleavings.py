"""What no lock or a weaker one would let through, each shown at the moment at which it would happen."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sire_mpesa.utils import Sighting

from .interleaving import NUMBER, InterleavingCase

TX, RECEIPT, MOVE = "payment.transaction", "sire.mpesa.receipt", "account.move"
BATCH = "odoo.addons.sire_base.models.sire_webhook_event_batch"


@tagged("post_install", "-at_install")
class TestInterleavings(InterleavingCase):
    def setUp(self):
        super().setUp()
        self.daraja.query_result = ("paid", "0")

    # === CALLBACKS AND THE RESOLVER === #

    def test_two_callbacks(self):
        """The second waits for the first, and then finds that all is done: Safaricom is asked once."""
        tx_id = self.prompt(1000)
        first, second = self.call_back(tx_id), self.call_back(tx_id, Amount="1000.00")
        has_waited, *_results = self.interleave(first, second, (TX, "_mpesa_confirm"))
        self.assertTrue(has_waited)
        self.assertEqual(len(self.daraja.sent("query")), 1)
        self.assertBooks(1000)

    def test_resolver_while_a_callback_is_handled(self):
        tx_id = self.prompt(600)
        callback, resolver = self.call_back(tx_id), self.overdue(tx_id)
        has_waited, *_results = self.interleave(callback, resolver, (TX, "_mpesa_take_result"))
        self.assertFalse(has_waited, "it leaves what somebody is at")
        self.assertEqual(len(self.daraja.sent("query")), 1)
        self.assertBooks(600)

    def test_callback_while_the_resolver_asks(self):
        tx_id = self.prompt(600)
        callback, resolver = self.call_back(tx_id), self.overdue(tx_id)
        has_waited, *_results = self.interleave(resolver, callback, (TX, "_mpesa_take_result"))
        self.assertTrue(has_waited)
        self.assertEqual(len(self.daraja.sent("query")), 1)
        self.assertBooks(600)

    def test_resolver_between_look_and_lock(self):
        """The callback has its snapshot and not yet the row, and the resolver books meanwhile."""
        tx_id = self.prompt(600)
        callback, resolver = self.call_back(tx_id), self.overdue(tx_id)
        has_waited, *_results = self.interleave(callback, resolver, (TX, "_mpesa_lock"))
        self.assertFalse(has_waited)
        self.assertBooks(600)

    # === THE COUNTER === #

    def ask(self, env):
        env[TX].create({**self.tx_values, "amount": 600})._mpesa_request_payment("0712345678")

    def test_counter_while_a_prompt_is_asked_for(self):
        has_waited, prompt, cash = self.interleave(self.ask, self.pay_at_the_counter, (TX, "_set_pending"))
        self.assertEqual((has_waited, prompt), (True, "ok"))
        self.assertRegex(cash, "^Only KSh 400 is left")
        self.wait_for_senders()
        self.assertEqual(len(self.daraja.sent("push")), 1)

    def test_prompt_while_cash_is_taken(self):
        has_waited, cash, prompt = self.interleave(self.pay_at_the_counter, self.ask, (MOVE, "_sire_get_payables"))
        self.assertEqual((has_waited, cash), (True, "ok"))
        self.assertRegex(prompt, "^Only KSh 400 is left")
        self.assertFalse(self.daraja.sent("push"), "nothing rings")
        self.assertBooks(0, cash=600, receipts=())

    def test_counter_between_look_and_lock(self):
        """Who asks for a prompt has looked at the invoice, and cash is taken before he locks it."""
        has_waited, prompt, cash = self.interleave(self.ask, self.pay_at_the_counter, (MOVE, "_sire_lock_payable"))
        self.assertEqual((has_waited, cash), (False, "ok"))
        self.assertRegex(prompt, "^Only KSh 400 is left")

    def test_counter_while_a_live_prompt_is_paid(self):
        """The prompt holds its amount until the callback is committed, whatever the counter sees."""
        tx_id = self.prompt(600)
        callback = self.call_back(tx_id)
        has_waited, _callback, cash = self.interleave(callback, self.pay_at_the_counter, (TX, "_create_payment"))
        self.assertRegex(cash, "^Only KSh 400 is left")
        self.assertFalse(has_waited)
        self.assertBooks(600)

    def test_late_success_while_cash_is_taken(self):
        """The prompt was given up: both are real money, and what is too much is the client's credit."""
        tx_id = self.prompt(1000)
        self.read(lambda env: env[TX].browse(tx_id)._set_error("given up"))
        callback = self.call_back(tx_id)
        _waited, cash, _callback = self.interleave(self.pay_at_the_counter, callback, (MOVE, "_sire_get_payables"))
        self.assertEqual(cash, "ok")
        self.assertBooks(1000, cash=600)

    # === ONE RECEIPT, TWO REPORTS === #

    def test_confirmation_before_the_callback_writes(self):
        tx_id = self.prompt(600)
        callback, confirmation = self.call_back(tx_id), self.confirm()
        self.interleave(callback, confirmation, (RECEIPT, "_see"))
        self.assertBooks(600)

    def test_callback_before_the_confirmation_writes(self):
        for at in ((RECEIPT, "_see"), (RECEIPT, "_find_prompts"), (RECEIPT, "_book")):
            with self.subTest(at=at):
                tx_id = self.prompt(100)
                number = f"SAME{at[1].upper().replace('_', '')[:6]:0>6}"
                callback = self.call_back(tx_id, MpesaReceiptNumber=number)
                self.interleave(self.confirm(100, number), callback, at)
        self.assertBooks(300, receipts=("SAME000SEE", "SAMEFINDPR", "SAME00BOOK"))

    def test_two_confirmations(self):
        for at in ((RECEIPT, "_insert"), (RECEIPT, "_add_evidence"), (RECEIPT, "_book_once")):
            with self.subTest(at=at):
                number = f"TWICE{at[1].upper().replace('_', '')[:5]:0>5}"
                self.interleave(self.confirm(100, number), self.confirm(100, number, OrgAccountBalance="1"), at)
        self.assertBooks(300, receipts=("TWICEINSER", "TWICEADDEV", "TWICEBOOKO"))

    def test_two_confirmations_that_meet_no_other_row(self):
        """No prompt and no invoice is looked at, so the receipt's number alone keeps the two apart."""
        for at in ((RECEIPT, "_see"), (RECEIPT, "_insert")):
            with self.subTest(at=at):
                number = f"NOBODY{at[1].upper().replace('_', '')[:4]:0>4}"
                one = self.confirm(100, number, BillRefNumber="RENT")
                two = self.confirm(100, number, BillRefNumber="RENT", OrgAccountBalance="1")
                self.interleave(one, two, at)
        self.settle()

        def check(env):
            receipts = env[RECEIPT].search([], order="name")
            self.assertEqual(receipts.mapped("name"), ["NOBODY0SEE", "NOBODYINSE"])
            self.assertEqual(receipts.mapped("state"), ["suspense"] * 2)
            self.assertEqual([len(receipt.evidence_ids) for receipt in receipts], [2, 2])
            account = env.company._mpesa_get_suspense_account()
            lines = env["account.move.line"].search([("account_id", "=", account.id), ("parent_state", "=", "posted")])
            self.assertEqual(lines, receipts.suspense_line_id)

        self.read(check)

    def failed_prompt(self):
        """:return: id of a prompt that Safaricom first says has failed, and then that it was paid"""
        tx_id = self.prompt(600)
        self.daraja.query_result = ("failed", "1032")
        self.overdue(tx_id)
        self.read(self.resolve)
        self.daraja.query_result = ("paid", "0")
        return tx_id

    def ask_by_hand(self, tx_id):
        return lambda env: env[TX].browse(tx_id).action_mpesa_query()

    def pay_everything(self, env):
        wizard = env["account.payment.register"].with_context(active_model=MOVE, active_ids=[self.invoice_id])
        wizard.create({"journal_id": self.journal_id})._create_payments()

    def test_confirmation_overtaken_by_a_late_success(self):
        """It looks at the prompt, which failed; then that is found to be paid after all, without a number; then it goes on.
        On what it saw it would book the money once more. The invoice is paid in cash, so its row keeps nobody apart."""
        tx_id = self.failed_prompt()
        self.read(self.pay_everything)
        self.interleave(self.confirm(), self.ask_by_hand(tx_id), (TX, "_mpesa_touch"))
        self.assertBooks(600, cash=1000)

    def test_late_success_overtaken_by_a_confirmation(self):
        """The other way round: no receipt was there when it looked, and before it locks the prompt one is the client's
        credit. Nothing of that is in the prompt's row but that it was touched: a lock alone would tell it nothing."""
        tx_id = self.failed_prompt()
        self.read(self.pay_everything)
        has_waited, *_results = self.interleave(self.ask_by_hand(tx_id), self.confirm(), (TX, "_mpesa_lock"))
        self.assertFalse(has_waited)
        self.assertBooks(600, cash=1000)

    def test_confirmation_while_a_late_success_is_booked(self):
        tx_id = self.failed_prompt()
        has_waited, *_results = self.interleave(self.ask_by_hand(tx_id), self.confirm(), (RECEIPT, "_find_for_prompt"))
        self.assertTrue(has_waited)
        self.assertBooks(600)

    def test_booked_by_two_at_once(self):
        """A receipt that waited is booked by the job and by hand: the second makes no entry that would be thrown away."""

        def see(env):
            reference = env[MOVE].browse(self.invoice_id).mpesa_reference
            sighting = Sighting(NUMBER, 600, "pull", "paybill", reference=reference)
            return env[RECEIPT]._see(env.ref("sire_mpesa.payment_provider_mpesa"), sighting).id

        receipt_id = self.read(see)
        book = lambda env: env[RECEIPT].browse(receipt_id)._book()  # noqa: E731
        has_waited, *_results = self.interleave(book, book, (RECEIPT, "_book_once"))
        self.assertTrue(has_waited)
        self.assertBooks(600)

    # === MANY IN ONE TRANSACTION === #

    def two_called_back(self):
        """:return: ids of two prompts, and ``callable(env)`` that handles their callbacks together"""
        tx_ids = [self.prompt(400), self.prompt(300)]
        for tx_id, number in zip(tx_ids, ("BATCH00001", "BATCH00002"), strict=True):
            self.read(lambda env, tx_id=tx_id, number=number: self.callback(env, tx_id, MpesaReceiptNumber=number))
        claims = [(event_id, 1) for event_id in self.read(self.take)]
        self.left = []
        return tx_ids, lambda env: self.left.extend(env["sire.webhook.event"]._handle_together(claims))

    def assertBatch(self, left=0):
        self.assertEqual(len(self.left), left)
        self.assertBooks(700, receipts=("BATCH00001", "BATCH00002"))

    def test_batch_and_resolver(self):
        tx_ids, together = self.two_called_back()
        self.interleave(together, self.overdue(tx_ids[0]), (TX, "_mpesa_create_payments"))
        self.assertBatch()

    def test_batch_and_another_callback(self):
        tx_ids, together = self.two_called_back()
        again = self.call_back(tx_ids[1], MpesaReceiptNumber="BATCH00002", ResultDesc="Again")
        has_waited, *_results = self.interleave(together, again, (TX, "_mpesa_create_payments"))
        self.assertTrue(has_waited)
        self.assertBatch()

    def test_batch_overtaken_by_the_resolver(self):
        """It has read its callbacks, and before it locks them one of the prompts is paid by query."""
        tx_ids, together = self.two_called_back()
        self.interleave(together, self.overdue(tx_ids[0]), (TX, "_mpesa_handle_stk_events"))
        self.assertEqual(len(self.left), 1, "it is not plain any more")
        self.read(lambda env: env["sire.webhook.event"]._handle_claimed(*self.left[0]))
        self.assertBatch(left=1)

    @mute_logger(BATCH)
    def test_batch_and_confirmation_of_one_of_its_receipts(self):
        for number, at in enumerate(((RECEIPT, "_see_new"), (TX, "_mpesa_create_payments"))):
            with self.subTest(at=at):
                amount = 110 + number
                tx_ids = [self.prompt(amount), self.prompt(200 + number)]
                for tx_id in tx_ids:
                    receipt = f"BOTH{tx_id:06}"
                    self.read(lambda env, tx_id=tx_id, n=receipt: self.callback(env, tx_id, MpesaReceiptNumber=n))
                claims = [(event_id, 1) for event_id in self.read(self.take)]
                confirmation = self.confirm(amount, f"BOTH{tx_ids[0]:06}")

                def together(env, claims=claims):
                    for claim in env["sire.webhook.event"]._handle_together(claims):
                        env["sire.webhook.event"]._handle_claimed(*claim)

                self.interleave(together, confirmation, at)
        numbers = self.read(
            lambda env: env[TX].search([("partner_id", "=", self.partner_id)]).mapped("provider_reference")
        )
        self.assertEqual(len(set(numbers)), 4)
        self.assertBooks(110 + 111 + 200 + 201, receipts=numbers)

    def test_batch_while_cash_is_taken(self):
        """The counter takes the rest; the batch finds the invoice locked and waits its turn."""
        _tx_ids, together = self.two_called_back()
        has_waited, cash, _together = self.interleave(self.pay_300, together, (MOVE, "_sire_get_payables"))
        self.assertEqual(cash, "ok")
        self.assertTrue(has_waited)
        for claim in self.left:
            self.read(lambda env, claim=claim: env["sire.webhook.event"]._handle_claimed(*claim))
        self.assertBooks(700, cash=300, receipts=("BATCH00001", "BATCH00002"))

    def pay_300(self, env):
        wizard = env["account.payment.register"].with_context(active_model=MOVE, active_ids=[self.invoice_id])
        wizard.create({"amount": 300, "journal_id": self.journal_id})._create_payments()
