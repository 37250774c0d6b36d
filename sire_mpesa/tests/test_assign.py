"""What staff and clients do with receipts, and where the day's money is."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_c2b import C2bCommon


class AssignCommon(C2bCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.make_user("mpesa.assigns", "account.group_account_invoice")
        cls.other = cls.env["res.partner"].create({"name": "Baraka Supplies", "phone": "+254722000111"})

    def lost(self, number="LOSTMONEY1", amount="500", account="RENT", **values):
        self.confirm(number, amount, account, **values)
        return self.get_receipt(number)

    def open_wizard(self, receipt, user=None):
        """What the list's button opens."""
        action = receipt.with_user(user or self.accountant).action_assign()
        return Form(self.env[action["res_model"]].with_user(user or self.accountant).browse(action["res_id"]))

    def assertBooks(self):
        """What is in the books is what Safaricom reported, and each shilling is in one place."""
        self.env.flush_all()
        self.env.invalidate_all()
        days = self.env["sire.mpesa.day"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(days.mapped("difference")), {0} if days else set())
        receipts = self.receipts.search([("company_id", "=", self.company.id)])
        self.assertEqual(sum(days.mapped("seen")), sum(receipts.mapped("amount")))
        suspense = sum(receipts.filtered(lambda receipt: receipt.state == "suspense").mapped("amount"))
        self.assertEqual(-self.get_balance(self.company._mpesa_get_suspense_account()), suspense)
        self.assertEqual(sum(days.mapped("suspense")), suspense)
        return days


@tagged("post_install", "-at_install")
class TestAssign(AssignCommon):
    def test_two_clicks(self):
        invoice = self.make_invoice(500, partner=self.other)
        self.make_invoice(900)
        receipt = self.lost(account=invoice.mpesa_reference[:-1] + "X")
        wizard = self.open_wizard(receipt).save()
        self.assertEqual(wizard.suggestion_ids[0].invoice_id, invoice)
        self.assertEqual(wizard.line_ids.invoice_id, invoice)
        wizard.action_assign()
        self.assertEqual((receipt.state, receipt.partner_id, invoice.payment_state), ("booked", self.other, "paid"))
        payment = receipt.payment_ids
        self.assertEqual(payment.date, fields.Date.context_today(payment.with_context(tz="Africa/Nairobi")))
        self.assertTrue(receipt.suspense_line_id.reconciled)
        self.assertEqual(self.get_balance(receipt._get_incoming_account()), 500)
        self.assertBooks()

    def test_why(self):
        invoice = self.make_invoice(500, partner=self.other)
        self.other.name = "Kamau Hardware"
        first = self.lost("FIRSTTIME1", amount="10", MSISDN="254722000111", FirstName="GRACE", LastName="OTIENO")
        self.assertIn("the client's phone", first._suggest()[0]["why"])
        first.with_user(self.accountant)._assign([(self.other, invoice.browse(), 10)])
        receipt = self.lost(MSISDN="254722000111", FirstName="GRACE", LastName="KAMAU")
        self.assertEqual(
            receipt._suggest()[0]["why"],
            ["exactly what is left to pay", "paid from this phone before", "the client's name"],
        )
        stranger = self.lost("STRANGER01", amount="33", MSISDN="254799999999", FirstName="ZED", LastName="")
        self.assertFalse(stranger._suggest())

    def test_take_another_suggestion(self):
        first, second = self.make_invoice(500), self.make_invoice(500, partner=self.other)
        wizard = self.open_wizard(self.lost()).save()
        suggestion = wizard.suggestion_ids.filtered(lambda line: line.invoice_id != wizard.line_ids.invoice_id)
        suggestion.action_take()
        wizard.action_assign()
        self.assertEqual(sorted((first | second).mapped("amount_residual")), [0, 500])
        self.assertEqual(suggestion.invoice_id.amount_residual, 0)

    def test_split(self):
        """On two invoices and as another client's credit, to the shilling."""
        first, second = self.make_invoice(100), self.make_invoice(300, partner=self.other)
        receipt = self.lost()
        receipt.with_user(self.accountant)._assign(
            [(self.partner, first, 100), (self.other, second, 250), (self.other, first.browse(), 150)]
        )
        self.assertEqual((first.amount_residual, second.amount_residual, self.get_credit(self.other)), (0, 50, 150))
        self.assertEqual((len(receipt.payment_ids), receipt.partner_id.id), (3, False))
        days = self.assertBooks()
        self.assertEqual((sum(days.mapped("booked")), sum(days.mapped("credit"))), (350, 150))

    def test_more_than_the_invoice(self):
        invoice = self.make_invoice(100)
        self.lost().with_user(self.accountant)._assign([(self.partner, invoice, 500)])
        self.assertEqual((invoice.payment_state, self.get_credit()), ("paid", 400))
        self.assertBooks()

    def test_refused(self):
        receipt = self.lost().with_user(self.accountant)
        invoice, theirs = self.make_invoice(), self.make_invoice(partner=self.other)
        empty, nobody = invoice.browse(), self.partner.browse()
        for parts, words in (
            ([], "make KSh 500 together"),
            ([(self.partner, invoice, 499)], "make KSh 500 together"),
            ([(self.partner, invoice, 600), (self.partner, empty, -100)], "amount above zero"),
            ([(nobody, empty, 500)], "needs a client"),
            ([(self.partner, theirs, 500)], "is no invoice of"),
        ):
            with self.subTest(words=words), self.assertRefused(words):
                receipt._assign(parts)
        self.assertEqual(receipt.state, "suspense")
        receipt._assign([(self.partner, invoice, 500)])
        with self.assertRefused("somebody was faster"):
            receipt._assign([(self.partner, invoice, 500)])

    def test_who_may(self):
        receipt = self.lost()
        for login, group in (("mpesa.r", "account.group_account_readonly"), ("mpesa.u", "base.group_user")):
            user = self.make_user(login, group)
            for act in ("action_assign", "action_take_back", "action_toggle_return"):
                with self.assertRaises(AccessError):
                    getattr(receipt.with_user(user), act)()
            with self.assertRaises(AccessError):
                receipt.with_user(user)._assign([(self.partner, self.env["account.move"], 500)])
            with self.assertRaises(UserError):
                self.make_invoice().with_user(user)._mpesa_request(100, "0712345678")
        self.assertEqual(receipt.state, "suspense")

    def test_taken_back(self):
        """Booked on the invoice that was typed, and it is somebody else's: both stand in the books as they happened."""
        invoice, theirs = self.make_invoice(500), self.make_invoice(500, partner=self.other)
        receipt = self.lost(account=invoice.mpesa_reference)
        payment = receipt.payment_ids
        receipt.with_user(self.accountant).action_take_back()
        self.assertEqual((receipt.state, invoice.amount_residual), ("suspense", 500))
        self.assertTrue(payment._mpesa_get_client_lines().reconciled)
        self.assertEqual((self.get_credit(), payment.state in ("in_process", "paid")), (0, True))
        self.assertBooks()
        receipt.with_user(self.accountant)._assign([(self.other, theirs, 500)])
        self.assertEqual((theirs.payment_state, receipt.partner_id), ("paid", self.other))
        self.assertEqual(self.get_balance(receipt._get_incoming_account()), 500)
        self.assertBooks()

    def test_split_taken_back(self):
        receipt = self.lost().with_user(self.accountant)
        empty = self.env["account.move"]
        receipt._assign([(self.partner, empty, 200), (self.partner, empty, 200), (self.other, empty, 100)])
        receipt.action_take_back()
        self.assertEqual((receipt.state, self.get_credit(), self.get_credit(self.other)), ("suspense", 0, 0))
        self.assertBooks()

    def test_prompt_is_not_taken_back(self):
        tx = self.request()
        self.receive(tx, self.paid_callback(tx))
        with self.assertRefused("made without a prompt"):
            tx.mpesa_receipt_ids.with_user(self.accountant).action_take_back()

    def test_to_be_returned(self):
        receipt = self.lost().with_user(self.accountant)
        receipt.action_toggle_return()
        self.assertTrue(receipt.to_return)
        receipt._assign([(self.partner, self.env["account.move"], 500)])
        self.assertFalse(receipt.to_return)
        with self.assertRefused("take it back first"):
            receipt.action_toggle_return()

    def test_suspense_entry_stays(self):
        receipt = self.lost()
        with self.assertRefused("assign the receipt"):
            receipt.suspense_line_id.move_id.button_draft()


@tagged("post_install", "-at_install")
class TestClaim(AssignCommon):
    def test_claimed(self):
        invoice = self.make_invoice(500)
        receipt = self.lost()
        for typed, state in (("", "bad"), ("x", "bad"), ("UKL7XQ9999", "unseen"), (" lostmoney1 ", "paid")):
            with self.subTest(typed=typed):
                answer = invoice._mpesa_claim_receipt(typed)
                self.assertEqual(answer["state"], state, answer["message"])
        self.assertEqual((receipt.partner_id, invoice.payment_state), (self.partner, "paid"))
        self.assertEqual(invoice._mpesa_claim_receipt("LOSTMONEY1")["state"], "paid")
        self.assertEqual(len(receipt.payment_ids), 1)

    def test_credit_of_the_client(self):
        paid, invoice = self.make_invoice(100), self.make_invoice(400)
        self.lost(account=paid.mpesa_reference)
        self.assertEqual(self.get_credit(), 400)
        self.assertEqual(invoice._mpesa_claim_receipt("LOSTMONEY1")["state"], "paid")
        self.assertEqual((invoice.payment_state, self.get_credit()), ("paid", 0))

    def test_of_somebody_else(self):
        paid = self.make_invoice(500, partner=self.other)
        self.lost(account=paid.mpesa_reference)
        invoice = self.make_invoice(500)
        self.assertEqual(invoice._mpesa_claim_receipt("LOSTMONEY1")["state"], "taken")
        self.assertEqual(invoice.amount_residual, 500)

    def test_credit_is_not_for_another_currency(self):
        """No more than what is typed on the page of an invoice in dollars is a payment in shillings."""
        dollar = self.use_dollars(129)
        paid, invoice = self.make_invoice(100), self.make_invoice(10, currency_id=dollar.id)
        self.lost(account=paid.mpesa_reference)
        answer = invoice._mpesa_claim_receipt("LOSTMONEY1")
        self.assertEqual((answer["state"], invoice.amount_residual, self.get_credit()), ("taken", 10, 400))

    def test_other_company(self):
        self.load_kenyan_chart(self.company_2)
        self.lost()
        invoice = self.make_invoice(500, company_id=self.company_2.id)
        self.assertEqual(invoice._mpesa_claim_receipt("LOSTMONEY1")["state"], "unseen")


@tagged("post_install", "-at_install")
class TestRequestWizard(AssignCommon):
    def test_request(self):
        self.partner.phone = "0712 345 678"
        invoice = self.make_invoice(1160)
        action = invoice.with_user(self.accountant).action_mpesa_request()
        form = Form(self.env[action["res_model"]].with_user(self.accountant).browse(action["res_id"]))
        self.assertEqual((form.amount, form.phone), (1160, "0712 345 678"))
        form.amount = 500
        wizard = form.save()
        self.assertEqual(wizard.action_request()["res_id"], wizard.id)
        tx = wizard.sudo().transaction_id
        self.assertEqual((tx.amount, tx.state, wizard.get_status()["state"]), (500, "pending", "waiting"))
        with self.assertRefused("requested already"):
            wizard.action_request()
        tx._mpesa_send_push()
        self.receive(tx, self.paid_callback(tx))
        wizard.invalidate_recordset()
        self.assertEqual(wizard.get_status()["state"], "paid")
        self.assertEqual(invoice.amount_residual, 660)

    def test_refused_in_words(self):
        invoice = self.make_invoice(1160)
        for amount, phone, words in (
            (2000, "0712345678", "Only KSh 1,160 is to be paid"),
            (0, "0712345678", "smallest M-Pesa payment"),
            (10.5, "0712345678", "whole shillings"),
            (100, "020 123 4567", "not a Kenyan mobile number"),
        ):
            with self.subTest(words=words), self.assertRefused(words):
                invoice.with_user(self.accountant)._mpesa_request(amount, phone)
        self.provider.state = "disabled"
        with self.assertRefused("not set up"):
            invoice.with_user(self.accountant)._mpesa_request(100, "0712345678")


@tagged("post_install", "-at_install")
class TestDay(AssignCommon):
    def test_each_shilling_in_one_place(self):
        invoice = self.make_invoice(1000)
        self.confirm("DAYAAAAAA1", "1500", invoice.mpesa_reference, TransTime="20261119235959")
        self.confirm("DAYAAAAAA2", "70", "RENT", TransTime="20261120000000")
        tx = self.request(500)
        self.confirm("DAYAAAAAA3", "500", tx.mpesa_account_reference)
        days = {str(day.day): day for day in self.assertBooks()}
        first, second = days["2026-11-19"], days["2026-11-20"]
        self.assertEqual((first.seen, first.booked, first.credit, first.receipts), (1500, 1000, 500, 1))
        self.assertEqual((second.seen, second.suspense), (70, 70))
        self.assertEqual(sum(day.waiting for day in days.values()), 500)
        self.assertEqual(self.receipts.search(first.action_open_receipts()["domain"]).name, "DAYAAAAAA1")

    def test_own_companies(self):
        self.lost()
        reader = self.make_user("mpesa.day", "account.group_account_readonly", company=self.company_2)
        self.assertFalse(self.env["sire.mpesa.day"].with_user(reader).search([]))
