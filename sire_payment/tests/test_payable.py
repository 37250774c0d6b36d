from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PaymentCommon


@tagged("post_install", "-at_install")
class TestPayable(PaymentCommon):
    def hold(self, tx, state="pending"):
        """Put a transaction in a state, as a provider that moves money would."""
        self.patch(type(self.env["payment.transaction"]), "provider_code", property(lambda _tx: "card"))
        tx.state = state

    def test_residual_is_payable(self):
        invoice = self.make_invoice()
        self.assertEqual(invoice._sire_get_payable(), 1160)
        invoice._sire_check_payable(1160)
        invoice._sire_check_payable(0.01)

    def test_only_posted_customer_invoices(self):
        cases = [
            (self.make_invoice(post=False), "not confirmed yet"),
            (self.make_invoice(move_type="out_refund"), "not a customer invoice"),
            (self.make_invoice(move_type="in_invoice"), "not a customer invoice"),
        ]
        cancelled = self.make_invoice(post=False)
        cancelled.button_cancel()
        cases.append((cancelled, "was cancelled"))
        for invoice, words in cases:
            with self.subTest(words=words):
                self.assertEqual(invoice._sire_get_payable(), 0)
                with self.assertRefused(words):
                    invoice._sire_check_payable(10)

    def test_refusal_says_what_is_left_and_why(self):
        invoice = self.make_invoice(980)
        self.make_wizard(invoice, amount=500)._create_payments()
        self.assertEqual(invoice._sire_get_payable(), 480)
        with self.assertRaises(UserError) as caught:
            invoice._sire_check_payable(500)
        self.assertEqual(
            str(caught.exception),
            f"Only KSh 480 is left to pay on {invoice.name}: KSh 500 of KSh 980 is already paid.",
        )
        self.make_wizard(invoice, amount=480)._create_payments()
        with self.assertRefused(f"^{invoice.name} is already paid: nothing is left to pay.$"):
            invoice._sire_check_payable(1)

    def test_untouched_invoice_names_its_total(self):
        invoice = self.make_invoice(1160.5)
        with self.assertRefused(f"^Only KSh 1,160.50 is to be paid on {invoice.name}.$"):
            invoice._sire_check_payable(1e30)

    def test_live_transactions_hold(self):
        invoice = self.make_invoice()
        tx = self.make_tx(1000, invoice)
        self.assertEqual(invoice._sire_get_payable(), 1160, "a draft is nothing yet")
        for state, payable in (("pending", 160), ("done", 160), ("cancel", 1160), ("error", 1160)):
            self.hold(tx, state)
            self.assertEqual(invoice._sire_get_payable(), payable, state)
            self.assertEqual(invoice._sire_get_payable(exclude=tx), 1160, state)
        self.hold(tx)
        with self.assertRefused("^Only KSh 160 is left .*: KSh 1,000 is being paid by Test Card.$"):
            invoice._sire_check_payable(161)
        self.make_tx(160, invoice)
        self.hold(tx, "done")
        with self.assertRefused("KSh 1,000 has just been paid by Test Card"):
            invoice._sire_check_payable(161)

    def test_bank_transfer_promise_does_not_hold(self):
        invoice = self.make_invoice()
        self.make_tx(1160, invoice).state = "pending"  # provider code "none"
        self.assertEqual(invoice._sire_get_payable(), 1160)

    def test_booked_transaction_is_counted_once(self):
        invoice = self.make_invoice()
        self.provider.journal_id = self.journal
        tx = self.make_tx(1000, invoice)
        tx.state = "done"
        payment = self.env["account.payment"].create(
            self.get_payment_values(1000, invoice, payment_transaction_id=tx.id)
        )
        tx.payment_id = payment
        self.assertEqual(invoice._sire_get_payable(), 160, "its payment is a draft: the transaction holds")
        payment.action_post()
        self.assertEqual(invoice._sire_get_payable(), 160, "received and not matched: the payment holds")
        (payment.move_id.line_ids + invoice.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(invoice.amount_residual, 160)
        self.assertEqual(invoice._sire_get_payable(), 160)

    def test_money_that_arrived_is_never_refused(self):
        invoice = self.make_invoice()
        tx = self.make_tx(1000, invoice)
        self.make_wizard(invoice, amount=1160)._create_payments()
        tx.state = "done"
        payment = self.env["account.payment"].create(
            self.get_payment_values(1000, invoice, payment_transaction_id=tx.id)
        )
        payment.action_post()
        self.assertEqual(payment.state, "in_process")
        self.assertEqual(invoice._sire_get_payable(), 0)
        with self.assertRaises(UserError):  # reset and raised, it is not the money that arrived any more
            payment.action_draft()
            payment.amount = 5000
            payment.action_post()

    def test_several_invoices_share_what_is_held(self):
        first, second = self.make_invoice(1000), self.make_invoice(500)
        both = first + second
        with self.assertRefused("Only KSh 1,500 is to be paid"):
            both._sire_check_payable(1501)
        tx = self.make_tx(1200, both)
        self.hold(tx)
        self.assertEqual(first._sire_get_payable() + second._sire_get_payable(), 300)
        self.assertGreaterEqual(min(first._sire_get_payable(), second._sire_get_payable()), 0)
        tx_2 = self.make_tx(300, both)
        self.hold(tx_2)
        self.assertEqual((first._sire_get_payable(), second._sire_get_payable()), (0, 0))
        for invoice in both:
            with self.assertRefused("Nothing more can be paid"):
                invoice._sire_check_payable(1)

    def test_currencies(self):
        invoice = self.make_invoice()
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create({"name": "2026-01-01", "currency_id": dollar.id, "rate": 0.01})
        with self.assertRefused("is in KES and has to be paid in KES"):
            invoice._sire_check_payable(5, currency=dollar)
        invoice._sire_check_payable(11.6, currency=dollar, date=invoice.date)
        with self.assertRefused("Only KSh 1,160"):
            invoice._sire_check_payable(11.61, currency=dollar, date=invoice.date)
        other = self.make_invoice(currency_id=dollar.id)
        with self.assertRefused("different currencies"):
            (invoice + other)._sire_check_payable(5)

    def test_captures_of_an_authorization(self):
        invoice = self.make_invoice()
        tx = self.make_tx(1000, invoice)
        self.hold(tx, "pending")
        child = tx._create_child_transaction(400)
        self.assertEqual(invoice._sire_get_payable(), 160)
        child.state = "done"  # captured, not booked
        self.assertEqual(invoice._sire_get_payable(), 160)
        child.state = "cancel"  # voided
        self.assertEqual(invoice._sire_get_payable(), 560)

    def test_refund_is_not_a_payment(self):
        invoice = self.make_invoice()
        tx = self.make_tx(1160, invoice)
        self.hold(tx, "done")
        refund = tx._create_child_transaction(1160, is_refund=True, invoice_ids=[Command.set(invoice.ids)])
        self.assertEqual(refund.amount, -1160)

    def test_no_invoice(self):
        with self.assertRefused("no invoice"):
            self.env["account.move"]._sire_check_payable(5)
