from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.sire_base.tests.json_2 import Json2Case

from .common import MpesaCommon


class RequestCommon(MpesaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.make_user("mpesa.req", "account.group_account_invoice")
        cls.partner.phone = "0712 345 678"

    def wizard(self, record, **values):
        action = record.with_user(self.accountant).action_mpesa_request()
        wizard = self.env[action["res_model"]].with_user(self.accountant).browse(action["res_id"])
        if values:
            wizard.write(values)
        return wizard

    def get_tx(self, wizard):
        return wizard.sudo().transaction_id

    def end(self, wizard, code="0", number="UKL7XQ2M4P"):
        """The client answers the prompt."""
        tx = self.get_tx(wizard)
        tx._mpesa_send_push()
        if code == "0":
            self.daraja.query_result = ("paid", "0")
            self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber=number))
        else:
            self.receive(tx, self.failed_callback(tx, code))
        wizard.invalidate_recordset()


@tagged("post_install", "-at_install")
class TestRequestFromClient(RequestCommon):
    """Open invoices of one client, oldest first."""

    def test_all_of_them(self):
        young, old = self.make_invoice(700), self.make_invoice(500, invoice_date_due="2026-10-01")
        self.make_invoice(300, partner=self.env["res.partner"].create({"name": "Somebody else"}))
        wizard = self.wizard(self.partner)
        self.assertEqual(wizard.invoice_ids, old | young)
        self.assertEqual((wizard.payable, wizard.amount, wizard.phone), (1200, 1200, "0712 345 678"))
        wizard.action_request()
        self.assertEqual(self.get_tx(wizard).mpesa_account_reference, old.mpesa_reference)
        self.end(wizard)
        self.assertEqual(wizard.get_status()["state"], "paid")
        self.assertEqual((old.amount_residual, young.amount_residual), (0, 0))

    def test_an_amount_over_them(self):
        """What the amount does not reach is not locked, so that it can be paid otherwise meanwhile."""
        young, old = self.make_invoice(700), self.make_invoice(500, invoice_date_due="2026-10-01")
        third = self.make_invoice(100)
        wizard = self.wizard(self.partner, amount=600)
        wizard.action_request()
        self.assertEqual(self.get_tx(wizard).invoice_ids, old | young)
        self.assertEqual((young._sire_get_payable(), third._sire_get_payable()), (600, 100))
        self.end(wizard)
        self.assertEqual((old.amount_residual, young.amount_residual, third.amount_residual), (0, 600, 100))

    def test_some_of_them(self):
        young, old = self.make_invoice(700), self.make_invoice(500, invoice_date_due="2026-10-01")
        with Form(self.wizard(self.partner)) as form:
            form.invoice_ids.remove(id=old.id)
            self.assertEqual(form.amount, 700)
        wizard = form.record
        wizard.action_request()
        self.assertEqual(self.get_tx(wizard).invoice_ids, young)

    def test_never_more_than_may_be_paid(self):
        self.make_invoice(700)
        self.make_invoice(500)
        for amount, words in ((1201, "Only KSh 1,200"), (0, "smallest"), (-5, "smallest"), (10.5, "whole shillings")):
            with self.subTest(amount=amount), self.assertRefused(words):
                self.wizard(self.partner, amount=amount).action_request()
        self.assertFalse(self.env["payment.transaction"].search([("partner_id", "=", self.partner.id)]))

    def test_above_the_limit(self):
        """One prompt after the other, each within the limit."""
        self.provider.mpesa_max_amount = 1000
        invoices = self.make_invoice(700) | self.make_invoice(800)
        wizard = self.wizard(self.partner)
        self.assertEqual(wizard.amount, 1000)
        self.assertIn("pay in 2 steps", wizard.steps)
        wizard.action_request()
        self.end(wizard)
        self.assertEqual(sum(invoices.mapped("amount_residual")), 500)
        again = wizard.browse(wizard.action_again()["res_id"])
        self.assertEqual((again.amount, again.phone), (500, "0712 345 678"))
        again.action_request()
        self.end(again, number="UKL7XQ2M9Z")
        self.assertEqual(sum(invoices.mapped("amount_residual")), 0)

    def test_without_a_provider(self):
        """A company that never had M-Pesa, or has it no more: the form opens, and asking says why not."""
        invoice = self.make_invoice(500)
        wizard = self.wizard(invoice, amount=100)
        self.provider.state = "disabled"
        self.env.invalidate_all()
        self.assertEqual((wizard.payable, wizard.steps), (500, False))
        self.assertFalse(wizard.status)
        self.assertEqual(self.wizard(invoice).amount, 500)
        self.provider.state = "test"
        asked = self.wizard(invoice, amount=100)
        asked.action_request()
        self.end(asked, "1032")
        self.assertTrue(asked.status["again"])
        self.provider.state = "disabled"
        self.env.invalidate_all()
        self.assertFalse(asked.status["again"])
        with self.assertRefused("M-Pesa is not set up"):
            wizard.action_request()

    def test_nothing_open(self):
        with self.assertRefused("no open invoice"):
            self.partner.with_user(self.accountant).action_mpesa_request()

    def test_invoices_of_two_clients(self):
        theirs = self.make_invoice(300, partner=self.env["res.partner"].create({"name": "Somebody else"}))
        both = self.make_invoice(700) | theirs
        with self.assertRefused("of one client"):
            both.with_user(self.accountant)._mpesa_request(100, "0712345678")
        wizard = self.wizard(self.make_invoice(100))
        wizard.invoice_ids = [Command.set(theirs.ids)]
        with self.assertRefused("Choose among"):
            wizard.action_request()

    def test_known_numbers(self):
        """The client's, those of its people, and those that paid before; landlines cannot pay."""
        self.env["res.partner"].create(
            [
                {"name": "Jane", "parent_id": self.partner.id, "phone": "+254 722 111 222"},
                {"name": "Office", "parent_id": self.partner.id, "phone": "020 765 4321"},
            ]
        )
        tx = self.request(100, phone="0733000111")
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx))
        numbers = [phone["number"] for phone in self.partner._mpesa_get_phones()]
        self.assertEqual(numbers, ["0712 345 678", "0722 111 222", "0733 000 111"])

    def test_numbers_that_paid_another_company(self):
        """Who pays the other company is its own affair, although the client is the client of both."""
        self.load_kenyan_chart(self.company_2)
        tx = self.request(100, phone="0733000111")
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx))
        theirs = self.make_invoice(700, company_id=self.company_2.id)
        user = self.make_user("mpesa.elsewhere", "account.group_account_invoice", company=self.company_2)
        wizard = theirs.with_user(user).env["sire.mpesa.request.wizard"].create({"invoice_ids": theirs.ids})
        self.assertEqual([phone["number"] for phone in wizard.phones], ["0712 345 678"])

    def test_two_companies(self):
        """The client's debts to another company are not collected here."""
        self.load_kenyan_chart(self.company_2)
        self.make_invoice(700, company_id=self.company_2.id)
        mine = self.make_invoice(500)
        self.assertEqual(self.wizard(self.partner).invoice_ids, mine)


@tagged("post_install", "-at_install")
class TestWaiting(RequestCommon):
    """One live prompt a document and phone; another one when Safaricom takes it."""

    def test_two_members_of_staff(self):
        invoice = self.make_invoice(1000)
        first, second = self.wizard(invoice, amount=100), self.wizard(invoice, amount=200, phone="0799000000")
        first.action_request()
        with self.assertRefused(r"A prompt for .* is open on 07•• ••• 678: wait until it is answered, at most \d+ "):
            second.action_request()
        self.end(first, "1032")
        second.action_request()
        self.assertEqual(self.get_tx(second).state, "pending")

    def test_a_phone_with_another_prompt(self):
        self.wizard(self.make_invoice(1000)).action_request()
        second = self.wizard(self.make_invoice(700))
        with self.assertRefused(r"07•• ••• 678 has another prompt open: finish that one, or wait (\d+ seconds|1 min)"):
            second.action_request()
        tx = self.env["payment.transaction"].search([("mpesa_phone", "=", "+254712345678")])
        self.age(tx, 80)  # it is gone from the phone, though nobody knows yet how it ended
        second.action_request()

    def test_safaricom_says_the_phone_is_busy(self):
        wizard = self.wizard(self.make_invoice(1000))
        wizard.action_request()
        self.end(wizard, "1001")
        status = wizard.get_status()
        self.assertEqual(status["state"], "failed")
        self.assertTrue(50 <= status["wait"] <= 60, status)
        again = wizard.browse(wizard.action_again()["res_id"])
        with self.assertRefused("has another prompt open"):
            again.action_request()
        self.get_tx(wizard).last_state_change = fields.Datetime.now() - timedelta(seconds=61)
        wizard.invalidate_recordset()
        self.assertEqual(wizard.get_status()["wait"], 0)
        again.action_request()

    def test_the_same_amount_within_two_minutes(self):
        wizard = self.wizard(self.make_invoice(500))
        wizard.action_request()
        self.end(wizard)
        other = self.wizard(self.make_invoice(500))
        with self.assertRefused("only after two minutes: wait "):
            other.action_request()
        tx = self.get_tx(wizard)
        tx.write({"last_state_change": fields.Datetime.now() - timedelta(seconds=121)})
        other.action_request()

    def test_cancelled_can_be_tried_at_once(self):
        wizard = self.wizard(self.make_invoice(500))
        wizard.action_request()
        self.end(wizard, "1032")
        self.assertEqual(wizard.get_status()["wait"], 0)
        wizard.browse(wizard.action_again()["res_id"]).action_request()


@tagged("post_install", "-at_install")
class TestRequestRights(RequestCommon, Json2Case):
    def test_who_may(self):
        self.make_invoice(100)
        for login, *groups in (("req.reader", "account.group_account_readonly"), ("req.user",)):
            user = self.make_user(login, *groups)
            with self.assertRaises(AccessError):
                self.partner.with_user(user).action_mpesa_request()
            with self.assertRaises(AccessError):
                self.env["sire.mpesa.request.wizard"].with_user(user).create({"invoice_ids": []})

    def test_json_2(self):
        """The external API does what the button does, and meets the same rules."""
        invoice = self.make_invoice(500)
        keys_sudo = self.env["res.users.apikeys"].with_user(self.accountant).sudo()  # only a system user's never ends
        key = keys_sudo._generate("rpc", "test", None)

        def call(method, **body):
            return self.json_2(key, "sire.mpesa.request.wizard", method, **body)

        values = {"invoice_ids": [[6, 0, invoice.ids]], "amount": 501, "phone": "0712345678"}
        [too_much] = call("create", vals_list=[values]).json()
        self.assertEqual(call("action_request", ids=[too_much]).status_code, 422)
        [wizard_id] = call("create", vals_list=[{**values, "amount": 500, "is_requested": True}]).json()
        self.assertEqual(call("action_request", ids=[wizard_id]).status_code, 200)
        self.assertEqual(call("get_status", ids=[wizard_id]).json()["state"], "waiting")
        call("write", ids=[wizard_id], vals={"is_requested": False})
        self.assertEqual(call("action_request", ids=[wizard_id]).status_code, 422)
        tx = self.env["payment.transaction"].search([("invoice_ids", "in", invoice.ids)])
        self.assertEqual((tx.amount, tx.state), (500, "pending"))
        stranger = self.make_user("req.other", "account.group_account_invoice")
        self.assertFalse(self.env["sire.mpesa.request.wizard"].with_user(stranger).search([("id", "=", wizard_id)]))
