"""Whatever happens in whatever order: each true receipt is booked once, nothing else is, and the books add up."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sire_base.utils.eat import format_daraja_timestamp
from odoo.addons.sire_mpesa import const

from .common import sample
from .ledger_steps import AMOUNTS, ENDINGS, STEPS, TWINS, searched
from .test_assign import AssignCommon


class Undo(Exception):
    """One example is over: whatever it did is rolled back."""


class Crash(Exception):
    """The worker dies after the handler did its work, and before the commit."""


@tagged("post_install", "-at_install")
class TestPropertyLedger(AssignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A card that moves money when it is charged. Its code, none, promises nothing to the host: see `begin`.
        cls.card = cls.make_provider()
        cls.card.journal_id = cls.journal

    def setUp(self):
        super().setUp()
        self.elapsed = 0  # seconds that this example let pass
        now = fields.Datetime.now
        self.patch(fields.Datetime, "now", staticmethod(lambda: now() + timedelta(seconds=self.elapsed)))

    @searched
    @given(st.lists(st.booleans(), min_size=1, max_size=2), st.lists(STEPS, min_size=10, max_size=24), ENDINGS)
    def test_books(self, lost, steps, endings):
        self.live_through(lost, steps, endings)

    @searched
    @given(st.lists(st.booleans(), min_size=2, max_size=3), st.lists(TWINS, min_size=8, max_size=20), ENDINGS)
    def test_books_of_twins(self, lost, steps, endings):
        self.live_through(lost, steps, endings)

    def test_a_life_that_was_booked_twice(self):
        """Found by chance: of two equal prompts the one without a number here got the other's receipt."""
        steps = [
            ("card", 300, ""), ("callback", 0, "bare"), ("assign", 3, ""), ("crash", 0, ""), ("assign", 3, ""),
            ("cash", 100, ""), ("work", 0, ""), ("charge", 2, "cancel"), ("claim", 3, ""), ("take_back", 2, ""),
            ("die", 0, ""), ("callback", 0, "bare"), ("work", 0, ""), ("crash", 0, ""), ("cash", 300, ""),
            ("take_back", 0, ""), ("pass", 30, ""), ("callback", 3, "twice"), ("crash", 0, ""),
            ("callback", 2, "twice"), ("pass", 200, ""), ("callback", 3, "bare"), ("ask", 100, "refused"),
            ("confirm", 0, "twice"),
        ]  # fmt: skip
        self.live_through([False, True], steps, ["confirm", "query", "confirm", "query"])

    def live_through(self, lost, steps, endings):
        with self.assertRaises(Undo), self.env.cr.savepoint():
            self.begin()
            for how in lost:
                self.do_ask(100, "lost" if how else "accepted")
            for step, which, how in steps:
                getattr(self, f"do_{step}")(which, how)
                self.check()
            self.finish(endings)
            self.check()
            self.check_end()
            raise Undo
        self.env.invalidate_all()

    # === THE WORLD === #

    def begin(self):
        self.daraja.__init__()
        self.daraja.answer_query = self.answer_query
        self.elapsed = 0
        self.number = 0
        self.prompts = []  # transactions
        self.forged = self.lied = self.called = self.env["payment.transaction"]
        self.truth = {}  # transaction → [result code, receipt number]
        self.paid_at = {}  # receipt number → when
        self.typed = []  # (number, amount, account, phone)
        self.alike = set()  # numbers that were typed and look like the payment of a prompt
        self.true = {}  # receipt number → amount, of all money that moved
        self.told = set()  # numbers that somebody reported
        self.cash = 0
        self.cards = []  # transactions
        self.charged = 0
        self.given_back = 0
        self.invoice, self.other_invoice = self.make_invoice(1000), self.make_invoice(1000)

    def next_number(self):
        self.number += 1
        return f"TRUE{self.number:06}"

    def answer_query(self, body):
        for tx, (code, _number) in self.truth.items():
            if body["CheckoutRequestID"] in (tx.mpesa_checkout_request_id, self.lost_id(tx)):
                return 200, sample(
                    "stk_query_paid", CheckoutRequestID=body["CheckoutRequestID"], ResultCode=code,
                    MerchantRequestID="m-" + body["CheckoutRequestID"].split("_")[-1],
                )  # fmt: skip
        return 500, sample("error_pending")

    def lost_id(self, tx):
        """The prompt's number at Safaricom, when the answer with it never came."""
        return f"ws_CO_lost{tx.id}"

    def pick(self, things, which):
        return things[which % len(things)] if things else None

    # === STEPS === #

    def do_ask(self, amount, how):
        if how != "accepted":
            refused = (400, sample("error_bad_field"))
            self.daraja.next_is("push", (503, "") if how == "lost" else refused)
        try:
            with self.env.cr.savepoint():
                tx = self.request(amount, self.invoice)
        except UserError:
            self.daraja.script["push"].clear()
            return
        if how != "refused":
            self.prompts.append(tx)

    def do_answer(self, which, code):
        tx = self.pick(self.prompts, which)
        if (
            tx and tx in self.forged
        ):  # who knows token, ids and that it will be paid can misname the receipt: see README
            code = "1032"
        if tx and tx not in self.truth:
            self.truth[tx] = [code, self.next_number() if code == "0" else None]
            if code == "0":
                self.true[self.truth[tx][1]] = tx.amount
                prompt_ends = tx.mpesa_requested_at + timedelta(seconds=const.PROMPT_SECONDS)
                self.paid_at[self.truth[tx][1]] = min(fields.Datetime.now(), prompt_ends)

    def do_callback(self, which, how):
        tx = self.pick(self.prompts, which)
        if not tx or tx not in self.truth:
            return
        code, number = self.truth[tx]
        ids = {}
        if not tx.mpesa_checkout_request_id:
            ids = {"CheckoutRequestID": self.lost_id(tx), "MerchantRequestID": f"m-lost{tx.id}"}
        if code != "0":
            self.receive(tx, self.failed_callback(tx, int(code), **ids), handle=False)
            return
        paid_at = int(format_daraja_timestamp(self.paid_at[number]))
        number = None if how == "bare" else number
        if number:
            self.told.add(number)
            self.called |= tx
        for repeat in range(2 if how == "twice" else 1):
            data = self.paid_callback(
                tx, MpesaReceiptNumber=number, TransactionDate=paid_at, ResultDesc=f"{repeat}", **ids
            )
            self.receive(tx, data, handle=False)

    def do_forge(self, which, how):
        tx = self.pick(self.prompts, which)
        if not tx:
            return
        if how == "failed":
            if tx in self.truth or not tx.mpesa_checkout_request_id:
                return  # a failure that is true
            self.receive(tx, self.failed_callback(tx, 1032), handle=False)
            return
        if how == "paid" and self.truth.get(tx, [""])[0] == "0":
            return
        self.lied |= tx
        self.forged |= tx if how == "paid" else tx.browse()
        values = {"amount": {"Amount": 5}, "ids": {"CheckoutRequestID": "ws_CO_x"}, "paid": {}}[how]
        self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="FORGED0001", **values), handle=False)

    def do_confirm(self, which, how):
        paid = [tx for tx in self.prompts if self.truth.get(tx, [""])[0] == "0"]
        tx = self.pick(paid, which)
        if not tx:
            return
        for repeat in range(2 if how == "twice" else 1):
            self.report(tx, OrgAccountBalance=f"{repeat}")

    def report(self, tx, **values):
        """Safaricom confirms what a prompt was paid with, as a pay bill payment."""
        number = self.truth[tx][1]
        self.told.add(number)
        time = format_daraja_timestamp(self.paid_at[number])
        self.confirm(number, f"{tx.amount:.2f}", tx.mpesa_account_reference, handle=False, TransTime=time, **values)

    def do_type(self, amount, how):
        account = {"other": self.other_invoice.mpesa_reference, "unknown": "RENT"}.get(
            how, self.invoice.mpesa_reference
        )
        phone = "25479****999" if how == "prompt" else "25471****678"
        number = self.next_number()
        self.true[number] = amount
        self.told.add(number)
        if how == "same phone":
            self.alike.add(number)
        self.typed.append((number, amount, account, phone))
        self.confirm(number, f"{amount}", account, handle=False, MSISDN=phone)

    def do_contradict(self, which, _how):
        typed = self.pick(self.typed, which)
        if typed and self.get_receipt(typed[0]):
            self.confirm(typed[0], "5000", typed[2], handle=False)

    def do_pass(self, seconds, _how):
        self.elapsed += seconds
        for tx in self.prompts:
            if tx.mpesa_next_query_at:
                tx.mpesa_next_query_at = fields.Datetime.now()
        self.resolve()
        with self.enter_cron():
            self.receipts._cron_book()
        self.env.invalidate_all()

    def do_work(self, _which, _how):
        self.process_webhooks(retries=True)
        self.env.invalidate_all()

    def do_crash(self, _which, _how):
        """The worker does everything that it would do, and dies before any of it is committed."""
        try:
            with self.env.cr.savepoint():
                self.do_work(0, "")
                raise Crash
        except Crash:
            self.env.invalidate_all()

    def do_cash(self, amount, _how):
        try:
            with self.env.cr.savepoint():
                self.make_wizard(self.invoice, amount=amount)._create_payments()
        except UserError:
            return
        self.cash += amount

    def do_die(self, _which, _how):
        """The worker is killed after it took events and before it began: their attempts are counted, nothing is done."""
        inbox = self.env["sire.webhook.event"]
        self.env.flush_all()
        inbox._in_own_transaction(lambda model: model._claim_some(100))
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()  # the next process knows nothing

    def do_card(self, amount, _how):
        """Somebody begins to pay by card; the amount is held until it is charged."""
        try:
            with self.env.cr.savepoint():
                tx = self.make_tx(amount, self.invoice, provider_id=self.card.id, state="pending")
        except UserError:
            return
        self.cards.append(tx)

    def do_charge(self, which, how):
        if not any(tx.state == "pending" for tx in self.cards):
            self.do_card(100, "")
        tx = self.pick([tx for tx in self.cards if tx.state == "pending"], which)
        if not tx:
            return
        if how == "error":
            tx._set_error("declined")
        elif how == "cancel":
            tx._set_canceled()
        else:
            tx._set_done()
            tx._create_payment(payment_method_line_id=self.journal.inbound_payment_method_line_ids[:1].id)
            tx._post_process()
            self.charged += tx.amount

    def do_void(self, which, how):
        """Staff cancel an invoice, open it again, or write a credit note, whatever was paid on it."""
        invoice = self.pick(self.invoice | self.other_invoice, which)
        try:
            with self.env.cr.savepoint():
                if how == "credit":
                    invoice._reverse_moves([{"invoice_date": invoice.invoice_date}], cancel=False).action_post()
                elif invoice.state == "posted":
                    invoice.button_draft()
                    if how == "cancel":
                        invoice.button_cancel()
                elif invoice.state == "draft":
                    invoice.action_post()
        except UserError:
            return

    def do_assign(self, which, _how):
        receipt = self.pick(self.receipts.search([("state", "=", "suspense")], order="id"), which)
        if receipt:
            receipt._assign([(self.partner, self.invoice, receipt.amount)])

    def do_take_back(self, which, _how):
        domain = [("state", "=", "booked"), ("transaction_id", "=", False)]
        receipt = self.pick(self.receipts.search(domain, order="id"), which)
        if receipt:
            receipt.action_take_back()

    def do_claim(self, which, _how):
        receipt = self.pick(self.receipts.search([], order="id"), which)
        if receipt:
            self.other_invoice._mpesa_claim_receipt(receipt.name)

    def finish(self, endings):
        """In the end every phone is answered, and each payment reported somehow, or at least asked about."""
        for which in range(len(self.prompts)):
            self.do_answer(which, "1032" if which % 3 == 2 else "0")
        for which, (tx, (code, _number)) in enumerate(self.truth.items()):
            ending = self.pick(endings, which)
            if code != "0" or ending in ("callback", "both"):
                self.do_callback(self.prompts.index(tx), "once")
            if code == "0" and ending in ("confirm", "both"):
                self.report(tx)
        for _turn in range(3):
            self.do_work(0, "")
            self.do_pass(200, "")

    # === WHAT HOLDS === #

    def check(self):
        """After each step."""
        self.env.flush_all()
        self.env.invalidate_all()
        receipts = self.receipts.search([])
        for receipt in receipts:
            self.assertEqual(receipt.amount, self.true.get(receipt.name), receipt.name)
            if receipt.state == "booked":
                live = receipt.payment_ids.filtered(lambda payment: payment.state in ("in_process", "paid"))
                self.assertEqual(sum(live.mapped("amount")), receipt.amount, receipt.name)
            else:
                self.assertFalse(receipt.payment_ids, receipt.name)
        for tx in self.prompts:
            is_paid = self.truth.get(tx, [""])[0] == "0"
            if tx.state == "done" and (tx.mpesa_is_told_paid or not tx.mpesa_receipt_ids.is_inferred):
                self.assertTrue(is_paid, "done, and nobody paid it")
            if tx.state == "done":
                self.assertEqual(tx.payment_id.amount, tx.amount)
                self.assertEqual(tx.payment_id.sire_mpesa_receipt_id, tx.mpesa_receipt_ids)
        invoices = self.invoice | self.other_invoice
        self.assertGreaterEqual(min(invoices.mapped("amount_residual")), 0)
        for invoice in invoices.filtered(lambda move: move.state == "posted"):
            self.assertLessEqual(invoice._sire_get_payable(), invoice.amount_residual, "never more than is open")
        self.assertBooks()
        self.assertPlaces(receipts)
        self.assertLessEqual(self.get_arrived(), sum(self.true.values()), "booked, and nobody paid it")

    def get_arrived(self):
        """:return: shillings by M-Pesa in the books"""
        incoming = self.receipts.new({"provider_id": self.provider.id, "company_id": self.company.id})
        balance = self.get_balance(incoming._get_incoming_account())
        return balance - self.cash - self.charged + self.given_back

    def assertPlaces(self, receipts):
        """Each shilling that was seen is in one place: on invoices, the client's credit, suspense, waiting, given back."""
        places = dict.fromkeys(("booked", "suspense", "waiting", "reversed"), 0)
        for receipt in receipts:
            places[receipt.state] += receipt.amount
        live = receipts.payment_ids.filtered(lambda payment: payment.state in ("in_process", "paid"))
        lines = live._mpesa_get_client_lines()
        credit = -sum(lines.mapped("amount_residual"))
        on_invoices = -sum(lines.mapped("balance")) - credit
        self.assertEqual(on_invoices + credit, places["booked"])
        self.assertGreaterEqual(min(on_invoices, credit), 0)
        seen = sum(receipts.mapped("amount"))
        self.assertEqual(on_invoices + credit + sum(places.values()) - places["booked"], seen)

    def check_end(self):
        receipts = self.receipts.search([])
        self.assertEqual(set(receipts.mapped("name")), self.told, "each receipt that was reported, and nothing else")
        self.assertFalse(receipts.filtered(lambda receipt: receipt.state == "waiting"))
        bare = self.env["payment.transaction"]  # booked without a receipt
        for tx, (code, number) in self.truth.items():
            if tx.state == "done" and not tx.mpesa_receipt_ids:
                bare |= tx
            is_asked = tx.mpesa_checkout_request_id and tx not in self.lied  # a lie makes it a person's to decide
            if code == "0" and number not in self.told and is_asked:
                self.assertEqual(tx.state, "done", "Safaricom was asked, and said that it was paid")
        for amount in AMOUNTS:
            self.check_bare(bare, amount)
        arrived = sum(self.true[number] for number in self.told) + sum(bare.mapped("amount"))
        self.assertEqual(self.get_arrived(), arrived)
        arrived += self.cash + self.charged - self.given_back
        client = self.env["account.move.line"].search(
            [("partner_id", "=", self.partner.id), ("account_id.account_type", "=", "asset_receivable"),
             ("parent_state", "=", "posted")]
        )  # fmt: skip
        suspense = sum(receipts.filtered(lambda receipt: receipt.state == "suspense").mapped("amount"))
        documents = client.move_id.filtered(lambda move: move.is_invoice())
        owed = sum(documents.mapped("amount_total_signed"))
        self.assertEqual(sum(client.mapped("balance")), owed - (arrived - suspense))
        for tx in self.called:
            self.assertEqual(tx.provider_reference, self.truth[tx][1], "its callback named another receipt")

    def check_bare(self, bare, amount):
        """Of prompts that look alike nobody but a callback can say which receipt is whose. How many are booked without a
        receipt is certain: those that were paid and whose receipt nobody reported, less as many receipts as look like
        theirs and belong to no prompt that Safaricom said was paid."""
        paid = [(tx, number) for tx, (code, number) in self.truth.items() if code == "0" and tx.amount == amount]
        unnamed = [tx for tx, number in paid if number not in self.told and tx.mpesa_is_told_paid]
        spare = {number for tx, number in paid if number in self.told and not tx.mpesa_is_told_paid}
        spare |= {number for number in self.alike if self.true[number] == amount}
        count = len(bare.filtered(lambda tx: tx.amount == amount))
        self.assertLessEqual(count, len(unnamed), "booked without a receipt, and its receipt is there")
        self.assertGreaterEqual(count, len(unnamed) - len(spare), "paid, and not booked")
