"""The ledger of money seen, and prompts passing through it."""

import importlib.util
from pathlib import Path

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sire_base.tests.json_2 import Json2Case
from odoo.addons.sire_mpesa import gate
from odoo.addons.sire_mpesa.utils import Sighting

from .common import MpesaCommon

NUMBER = "NLJ7RT61SV"


class ReceiptCommon(MpesaCommon):
    def setUp(self):
        super().setUp()
        self.daraja.query_result = ("paid", "0")
        self.receipts = self.env["sire.mpesa.receipt"]

    def sight(self, number=NUMBER, amount=500, **values):
        values = {"source": "c2b", "kind": "paybill", "paid_at": fields.Datetime.now(), **values}
        return Sighting(number, amount, **values)

    def see(self, number=NUMBER, amount=500, book=True, **values):
        receipt = self.receipts._see(self.provider, self.sight(number, amount, **values))
        if book:
            receipt._book()
        return receipt

    def get_balance(self, account, date=None):
        domain = [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        if date:
            domain.append(("date", "=", date))
        return sum(self.env["account.move.line"].search(domain).mapped("balance"))

    def assertOnePayment(self, tx, receipt):
        self.assertEqual(tx.state, "done")
        self.assertEqual(tx.mpesa_receipt_ids, receipt)
        self.assertEqual(receipt.payment_ids.filtered(lambda payment: payment.state != "canceled"), tx.payment_id)
        self.assertEqual((receipt.state, tx.provider_reference), ("booked", receipt.name))
        live = self.get_payments(tx.invoice_ids).filtered(lambda payment: payment.state != "canceled")
        self.assertEqual(live | tx.payment_id, tx.payment_id)
        self.assertEqual(tx.payment_id.amount, receipt.amount)
        self.assertEqual(tx.invoice_ids.amount_residual, tx.invoice_ids.amount_total - receipt.amount)


@tagged("post_install", "-at_install")
class TestReceiptOfPrompt(ReceiptCommon):
    def test_callback(self):
        tx = self.request()
        event = self.receive(tx, self.paid_callback(tx, PhoneNumber="2547****5678"))
        receipt = self.receipts.search([("name", "=", NUMBER)])
        self.assertOnePayment(tx, receipt)
        self.assertEqual((receipt.amount, receipt.kind, receipt.provider_id), (500, "prompt", self.provider))
        self.assertEqual((receipt.payer_phone, receipt.partner_id), ("2547****5678", self.partner))
        self.assertEqual((receipt.evidence_ids.source, receipt.evidence_ids.event_id), ("stk_callback", event))
        self.assertIn(NUMBER, receipt.evidence_ids.body)

    def test_the_same_said_differently_is_more_evidence(self):
        tx = self.request()
        self.receive(tx, self.paid_callback(tx))
        self.receive(tx, self.paid_callback(tx, Amount=500))
        self.assertOnePayment(tx, tx.mpesa_receipt_ids)
        self.assertEqual(len(tx.mpesa_receipt_ids.evidence_ids), 2)

    def test_paid_by_query_then_the_number(self):
        tx = self.request()
        self.age(tx, 30)
        self.resolve()
        self.assertEqual((tx.state, tx.payment_id.amount), ("done", 500))
        self.assertFalse(self.receipts.search([]), "nobody named a receipt: there is none")
        payment = tx.payment_id
        self.receive(tx, self.paid_callback(tx))
        self.assertOnePayment(tx, tx.mpesa_receipt_ids)
        self.assertEqual(tx.payment_id, payment)
        self.assertIn(NUMBER, payment.memo)

    def test_seen_before_its_callback(self):
        """Confirmed as a pay bill payment first, in whatever state that is by now."""
        tx = self.request()
        receipt = self.see(book=False)
        self.receive(tx, self.paid_callback(tx))
        self.assertOnePayment(tx, receipt)

    def test_in_suspense_before_its_callback(self):
        tx = self.request()
        receipt = self.see(paid_at=fields.Datetime.now())
        suspense = receipt.suspense_line_id
        self.assertEqual((receipt.state, suspense.balance), ("suspense", -500))
        self.receive(tx, self.paid_callback(tx))
        self.assertOnePayment(tx, receipt)
        self.assertTrue(suspense.reconciled)
        self.assertEqual(self.get_balance(suspense.account_id), 0)
        self.assertEqual(self.get_balance(receipt._get_incoming_account()), 500)

    def test_in_suspense_and_paid_by_query(self):
        """Nobody names the number: account, amount, phone and time do."""
        tx = self.request()
        receipt = self.see(reference=tx.mpesa_account_reference.lower(), phone="2547****5678")
        self.age(tx, 30)
        self.resolve()
        self.assertOnePayment(tx, receipt)
        self.assertTrue(receipt.is_inferred)
        self.assertEqual(self.get_balance(self.company._mpesa_get_suspense_account()), 0)
        self.receive(tx, self.paid_callback(tx))
        self.assertFalse(receipt.is_inferred)
        self.assertOnePayment(tx, receipt)

    def test_not_concluded_from_what_does_not_fit(self):
        now = fields.Datetime.now()
        for number, values in enumerate(
            (
                {"amount": 499},
                {"reference": "INV00001"},
                {"phone": "2547****9999"},
                {"phone": "+254712345679"},
                {"paid_at": fields.Datetime.subtract(now, minutes=10)},
                {"paid_at": fields.Datetime.add(now, minutes=10)},
            )
        ):
            with self.subTest(values=values):
                tx = self.request()
                receipt = self.see(f"ABCDEFG{number}", **{"reference": tx.mpesa_account_reference, **values})
                self.age(tx, 30)
                self.resolve()
                self.assertEqual((tx.state, tx.mpesa_receipt_ids), ("done", self.receipts))
                self.assertNotEqual(receipt.payment_ids, tx.payment_id)

    def test_conclusion_is_corrected(self):
        """The prompt was paid with another receipt than the one that looked like it: both are true."""
        tx = self.request()
        first = self.see("AAAAAAA111", reference=tx.mpesa_account_reference)
        self.age(tx, 30)
        self.resolve()
        payment = tx.payment_id
        self.assertOnePayment(tx, first)
        self.receive(tx, self.paid_callback(tx))
        second = tx.mpesa_receipt_ids
        self.assertEqual((second.name, second.state, first.state), (NUMBER, "booked", "booked"))
        self.assertEqual((first.payment_ids, first.transaction_id.id), (payment, False))
        self.assertEqual(second.payment_ids, tx.payment_id)
        self.assertNotEqual(tx.payment_id, payment)
        self.assertEqual(tx.invoice_ids.amount_residual, 160)

    def test_certain_receipt_is_not_exchanged(self):
        tx = self.request()
        self.receive(tx, self.paid_callback(tx))
        event = self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="FORGED1234"))
        self.assertEqual(event.state, "parked")
        self.assertFalse(self.receipts.search([("name", "=", "FORGED1234")]))

    def test_booked_by_number_and_by_query(self):
        """One money under two names: the payment without a number goes when the number turns out to be booked."""
        tx = self.request()
        self.age(tx, 30)
        self.resolve()
        unnamed = tx.payment_id
        receipt = self.see(phone="2547****9999", reference="SOMETHING")  # a report that nothing connects
        payment = self.env["account.payment"]
        payment = gate.opened(payment).create(
            {**self.get_payment_values(500, tx.invoice_ids.browse()), **receipt._get_payment_values()}
        )
        payment.action_post()
        receipt._take_payments(payment)
        self.receive(tx, self.paid_callback(tx))
        self.assertEqual((unnamed.state, tx.payment_id), ("canceled", payment))
        self.assertOnePayment(tx, receipt)

    def test_other_client_is_a_contradiction(self):
        tx = self.request()
        other = self.env["res.partner"].create({"name": "Somebody Else"})
        receipt = self.see()
        payment = gate.opened(self.env["account.payment"]).create(
            {
                **self.get_payment_values(500, tx.invoice_ids.browse()),
                **receipt._get_payment_values(),
                "partner_id": other.id,
            }
        )
        payment.action_post()
        receipt._take_payments(payment)
        event = self.receive(tx, self.paid_callback(tx))
        self.assertEqual((event.state, tx.state), ("parked", "pending"))
        self.assertIn("is booked already", event.error)

    def test_booking_that_fails_is_tried_again(self):
        tx = self.request()
        original = type(tx)._create_payment
        with self.subTest("fails"):
            self.patch(type(tx), "_create_payment", lambda _tx, **_values: 1 / 0)
            with self.assertLogs("odoo.addons.sire_mpesa.models.payment_transaction_result", "ERROR"):
                self.receive(tx, self.paid_callback(tx))
            receipt = tx.mpesa_receipt_ids
            self.assertEqual((tx.state, receipt.state, receipt.payment_ids.ids), ("done", "waiting", []))
        self.patch(type(tx), "_create_payment", original)
        self.env.flush_all()
        with self.enter_cron():
            self.receipts._cron_book()
        self.env.invalidate_all()
        self.assertOnePayment(tx, receipt)

    def test_migration(self):
        tx, unnamed = self.request(), self.request()
        self.receive(tx, self.paid_callback(tx))
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_payment SET sire_mpesa_receipt_id = NULL")
        self.env.cr.execute("DELETE FROM sire_mpesa_receipt_evidence")
        self.env.cr.execute("DELETE FROM sire_mpesa_receipt")
        self.env.cr.execute("UPDATE payment_transaction SET mpesa_account_reference = NULL")
        self.env.cr.execute("UPDATE account_move SET mpesa_reference = NULL")
        self.env.invalidate_all()
        path = Path(__file__).parents[1] / "migrations" / "19.0.1.1.0" / "post-receipts.py"
        spec = importlib.util.spec_from_file_location("post_receipts", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        for version in (None, "19.0.1.0.0", "19.0.1.0.0"):
            script.migrate(self.env.cr, version)
        self.env.invalidate_all()
        receipt = tx.mpesa_receipt_ids
        self.assertOnePayment(tx, receipt)
        self.assertEqual((receipt.paid_at, receipt.evidence_ids.source), (tx.mpesa_paid_at, "earlier"))
        noon = fields.Datetime.to_datetime(f"{tx.payment_id.date} 09:00:00")
        self.assertEqual(tx._mpesa_guess_paid_at(), noon, "twelve in Nairobi")
        self.assertTrue(unnamed.mpesa_account_reference)
        self.assertTrue(unnamed.invoice_ids.mpesa_reference)
        self.assertEqual(self.receipts.search_count([]), 1)


@tagged("post_install", "-at_install")
class TestReceipt(ReceiptCommon):
    def test_one_row_a_number(self):
        receipt = self.see()
        self.assertEqual(self.see(source="pull"), receipt)
        self.assertEqual(receipt.evidence_ids.mapped("source"), ["c2b", "pull"])
        self.assertFalse(receipt.flag)
        self.assertEqual(self.receipts.search_count([]), 1)

    def test_contradiction_is_kept_and_not_booked(self):
        receipt = self.see()
        self.see(amount=5000)
        self.assertEqual((receipt.amount, receipt.suspense_line_id.balance), (500, -500))
        self.assertIn("KSh 5,000", receipt.flag)
        self.assertEqual(receipt.evidence_ids.mapped("is_contradiction"), [False, True])

    def test_no_receipt_without_number_or_amount(self):
        for values in ({"number": ""}, {"amount": 0}, {"amount": -5}, {"amount": float("nan")}, {"amount": None}):
            with self.subTest(values=values), self.assertRaises(ValueError):
                self.see(**values)

    def test_books_on_the_day_in_nairobi(self):
        for number, paid_at, day in (
            ("AAAAAAA111", "2026-11-20 20:59:00", "2026-11-20"),
            ("AAAAAAA112", "2026-11-20 21:00:00", "2026-11-21"),
        ):
            receipt = self.see(number, paid_at=fields.Datetime.to_datetime(paid_at))
            self.assertEqual(receipt.suspense_line_id.date, fields.Date.to_date(day))

    def test_closed_period(self):
        self.company.hard_lock_date = "2026-10-31"
        receipt = self.see(paid_at=fields.Datetime.to_datetime("2026-10-15 10:00:00"))
        self.assertEqual(receipt.state, "suspense")
        self.assertGreater(receipt.suspense_line_id.date, fields.Date.to_date("2026-10-31"))

    def test_company_without_a_journal(self):
        journal = self.provider.journal_id
        self.patch(type(self.receipts), "_get_method_line", lambda _self: self.env["account.payment.method.line"])
        receipt = self.see()
        self.assertEqual(receipt.state, "waiting")
        self.assertIn("has no journal for M-Pesa", receipt.reason)
        self.assertTrue(journal)

    def test_nobody_writes_the_ledger(self):
        receipt = self.see()
        for records in (receipt, receipt.sudo(), receipt.with_user(self.env.ref("base.user_admin"))):
            for values in ({"amount": 1}, {"name": "X"}, {"state": "booked"}, {"transaction_id": False}):
                with self.assertRaises(AccessError):
                    records.write(values)
            with self.assertRaises(AccessError):
                records.create({"name": "X", "amount": 5})
            with self.assertRaises(AccessError):
                records.unlink()
            with self.assertRaises(AccessError):
                records.with_context(mpesa_gate=True).write({"state": "booked"})
            with self.assertRaises(AccessError):
                records.evidence_ids.write({"body": "X"})
            with self.assertRaises(AccessError):
                records.evidence_ids.unlink()
        with self.assertRaises(AccessError):
            gate.opened(receipt).write({"amount": 1})

    def test_payment_of_a_receipt_stays(self):
        tx = self.request()
        self.receive(tx, self.paid_callback(tx))
        payment = tx.payment_id
        for change in (payment.action_draft, payment.action_cancel, payment.unlink, payment.move_id.button_draft):
            with self.assertRefused("has arrived, so its payment stays"):
                change()
        with self.assertRefused("has arrived, so its payment stays"):
            payment.amount = 5
        with self.assertRaises(AccessError):
            payment.sire_mpesa_receipt_id = False
        payment.memo = "A note"
        self.assertEqual(payment.state, "in_process")

    def test_two_companies(self):
        self.load_kenyan_chart(self.company_2)
        other = self.provider.copy({"company_id": self.company_2.id, "name": "M-Pesa 2"})
        other.write(
            {
                "mpesa_shortcode": "600100",
                "mpesa_consumer_key": "k2",
                "mpesa_consumer_secret": "s2",
                "mpesa_passkey": "p2",
                "state": "test",
            }
        )
        mine, theirs = self.see(), self.receipts._see(other, self.sight(amount=70))
        theirs._book()
        self.assertNotEqual(mine, theirs)
        self.assertEqual((theirs.company_id, theirs.state), (self.company_2, "suspense"))
        self.assertEqual(theirs.suspense_line_id.company_id, self.company_2)
        self.assertNotEqual(theirs.suspense_line_id.account_id, mine.suspense_line_id.account_id)
        accountant = self.make_user("mpesa.two", "account.group_account_invoice")
        seen = self.receipts.with_user(accountant).search([("name", "=", NUMBER)])
        self.assertEqual(seen, mine)
        with self.assertRaises(AccessError):
            theirs.with_user(accountant).read(["amount"])
        with self.assertRaises(AccessError):
            theirs.evidence_ids.with_user(accountant).read(["amount"])

    def test_who_reads(self):
        receipt = self.see(body="secret words")
        reader = self.make_user("mpesa.reader", "account.group_account_readonly")
        self.assertEqual(receipt.with_user(reader).amount, 500)
        with self.assertRaises(AccessError):
            receipt.evidence_ids.with_user(reader).read(["body"])
        with self.assertRaises(AccessError):
            receipt.with_user(self.make_user("mpesa.nobody")).read(["amount"])


@tagged("post_install", "-at_install")
class TestReceiptApi(ReceiptCommon, Json2Case):
    def test_nothing_is_written_from_outside(self):
        receipt = self.see()
        user = self.make_user("mpesa.ledger", "account.group_account_manager")
        key = self.make_api_key(user)
        calls = [
            ("create", {"vals_list": [{"name": "FORGED1234", "amount": 5}]}),
            ("write", {"ids": receipt.ids, "vals": {"state": "booked"}}),
            ("write", {"ids": receipt.ids, "vals": {"state": "booked"}, "context": {"mpesa_gate": True}}),
            ("unlink", {"ids": receipt.ids}),
            ("_see", {"provider": self.provider.id, "sighting": {}}),
            ("_book", {"ids": receipt.ids}),
            ("_link", {"ids": receipt.ids, "tx": 1}),
        ]
        for method, body in calls:
            with self.subTest(method=method):
                response = self.json_2(key, receipt._name, method, **body)
                self.assertEqual(response.status_code, 403, response.text)
        self.assertEqual(receipt.state, "suspense")
