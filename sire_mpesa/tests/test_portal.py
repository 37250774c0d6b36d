import re

from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import MpesaCommon


class PortalCommon(MpesaCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        cls.portal_user = cls.make_user("mpesa.portal")
        cls.portal_user.write({"group_ids": [(6, 0, cls.env.ref("base.group_portal").ids)], "password": "mpesa.portal"})
        cls.partner = cls.portal_user.partner_id
        cls.partner.country_id = cls.env.ref("base.ke")

    def overdue(self, *amounts, **values):
        """Invoices that should have been paid, the first one the oldest."""
        moves = self.env["account.move"]
        for day, amount in enumerate(amounts, start=1):
            moves |= self.make_invoice(
                amount, invoice_date=f"2026-08-{day:02}", invoice_date_due=f"2026-09-{day:02}", **values
            )
        return moves

    def read(self, path):
        self.env.flush_all()
        response = self.url_open(path)
        self.env.invalidate_all()
        return response.text

    def form(self, html):
        """:return: the data of the host's payment form"""
        tag = re.search(r'<form[^>]*id="o_payment_form"[^>]*>', html)
        self.assertTrue(tag, "there is no payment form")
        return dict(re.findall(r'data-([\w-]+)="([^"]*)"', tag[0])) | dict(re.findall(r'data-(step)="([^"]*)"', html))

    def pay(self, form, amount=None, phone="0712345678", **params):
        """What the host's form and ours do when somebody chooses M-Pesa and presses Pay.

        :return: the transaction, its prompt sent
        """
        if "access-token" in form:
            params = {"access_token": form["access-token"], **params}
        sent = {"landing_route": form["landing-route"], "is_validation": False, **params}
        values = self.make_jsonrpc_request(
            form["transaction-route"], self.flow(float(amount or form["amount"]), **sent)
        )
        self.make_jsonrpc_request(
            "/sire/pay/start",
            {"reference": values["reference"], "access_token": values["access_token"], "phone": phone},
        )
        self.env.invalidate_all()
        tx = self.env["payment.transaction"].search([("reference", "=", values["reference"])])
        tx._mpesa_send_push()
        return tx

    def answer(self, tx, number="UKL7XQ2M4P"):
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber=number))
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestOverdue(PortalCommon):
    """All overdue invoices in one payment: to the cent, the oldest first, nothing twice."""

    def setUp(self):
        super().setUp()
        self.authenticate("mpesa.portal", "mpesa.portal")

    def test_each_to_the_cent(self):
        invoices = self.overdue(1160, 840.40, 500.60)
        form = self.form(self.read("/my/invoices/overdue"))
        self.assertEqual(float(form["amount"]), 2501)
        tx = self.pay(form, payment_reference=form["payment-reference"])
        self.assertEqual((tx.amount, tx.invoice_ids, tx.state), (2501, invoices, "pending"))
        self.assertEqual(tx.mpesa_account_reference, invoices[0].mpesa_reference)
        self.answer(tx)
        self.assertEqual(invoices.mapped("amount_residual"), [0, 0, 0])
        self.assertEqual(len(self.get_payments(invoices)), 1)
        self.assertEqual(self.get_receipt().payment_ids.amount, 2501)
        self.assertNotIn("o_payment_form", self.read("/my/invoices/overdue"))

    def test_what_is_left_and_not_the_totals(self):
        """The host proposes the totals of invoices that are paid in part, and would be refused."""
        invoices = self.overdue(1000, 500)
        self.pay_part(invoices[0], 400)
        form = self.form(self.read("/my/invoices/overdue"))
        self.assertEqual(float(form["amount"]), 1100)
        tx = self.pay(form, payment_reference=form["payment-reference"])
        self.answer(tx, "UKL7XQ2M9Z")
        self.assertEqual(invoices.mapped("amount_residual"), [0, 0])

    def test_in_steps(self):
        self.provider.mpesa_max_amount = 1000
        invoices = self.overdue(600, 700)
        html = self.read("/my/invoices/overdue")
        self.assertIn("KSh 1,300 is above M-Pesa&#39;s limit of KSh 1,000 a payment: pay in 2 steps.", html)
        form = self.form(html)
        self.assertEqual(form["step"], "1000")
        self.answer(self.pay(form, amount=form["step"], payment_reference=form["payment-reference"]))
        self.assertEqual(invoices.mapped("amount_residual"), [0, 300])  # the oldest first
        form = self.form(self.read("/my/invoices/overdue"))
        self.assertEqual(float(form["amount"]), 300)
        self.answer(self.pay(form, payment_reference=form["payment-reference"]), "UKL7XQ2M9Z")
        self.assertEqual(invoices.mapped("amount_residual"), [0, 0])

    def test_two_tabs(self):
        """The second tab gets no prompt while the first one's is open, and nothing when it is paid."""
        invoices = self.overdue(600, 700)
        form = self.form(self.read("/my/invoices/overdue"))
        tx = self.pay(form, payment_reference=form["payment-reference"])
        for phone in ("0712345678", "0799000000"):
            with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "UserError"):
                self.pay(form, payment_reference=form["payment-reference"], phone=phone)
        self.answer(tx)
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "UserError"):
            self.pay(form, payment_reference=form["payment-reference"])
        self.assertEqual(invoices.mapped("amount_residual"), [0, 0])
        self.assertEqual(len(self.get_payments(invoices)), 1)

    def test_forged_amounts(self):
        invoices = self.overdue(600, 700)
        form = self.form(self.read("/my/invoices/overdue?sire_amount=1"))
        self.assertEqual(float(form["amount"]), 1300)
        for amount in (1301, -5, 0.001, 1e30):
            with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "UserError"):
                self.pay(form, amount=amount, payment_reference="x")
        self.assertFalse(self.env["payment.transaction"].search([("invoice_ids", "in", invoices.ids)]))

    def pay_part(self, invoice, amount):
        self.make_wizard(invoice, amount=amount).action_create_payments()


@tagged("post_install", "-at_install")
class TestPortalForm(PortalCommon):
    """One invoice in the host's portal, by its link."""

    def test_offered_on_what_is_paid_now(self):
        """A provider's limit is compared with what is left, not with what the invoice once was."""
        self.provider.maximum_amount = 700
        invoice = self.make_invoice(1000)
        self.assertNotIn('name="sire_mpesa_phone"', self.read(invoice.get_portal_url()))
        self.make_wizard(invoice, amount=400).action_create_payments()
        html = self.read(invoice.get_portal_url())
        self.assertIn('name="sire_mpesa_phone"', html)
        self.answer(self.pay(self.form(html), amount=600))
        self.assertEqual(invoice.amount_residual, 0)

    def test_a_payment_link_for_a_part(self):
        self.provider.maximum_amount = 700
        invoice = self.make_invoice(1000)
        wizard = self.env["payment.link.wizard"].create(
            {"res_model": "account.move", "res_id": invoice.id, "amount": 250, "amount_max": 1000,
             "currency_id": invoice.currency_id.id, "partner_id": invoice.partner_id.id}
        )  # fmt: skip
        path = wizard.link.split("#")[0].split("/my/", 1)[1]
        html = self.read(f"/my/{path}")
        self.assertIn('name="sire_mpesa_phone"', html)
        self.answer(self.pay(self.form(html), amount=250))
        self.assertEqual(invoice.amount_residual, 750)

    def test_in_steps(self):
        invoice = self.make_invoice(600000)
        html = self.read(invoice.get_portal_url())
        self.assertIn("pay in 3 steps. With M-Pesa you pay KSh 250,000 now.", html)
        form = self.form(html)
        self.assertEqual(form["step"], "250000")
        self.answer(self.pay(form, amount=form["step"]))
        self.assertEqual(invoice.amount_residual, 350000)
        self.assertIn("KSh 350,000 is above", self.read(invoice.get_portal_url()))

    def test_cents(self):
        html = self.read(self.make_invoice(1160.50).get_portal_url())
        self.assertIn("M-Pesa takes whole shillings: it pays KSh 1,160 of it.", html)
        self.assertEqual(self.form(html)["step"], "1160")

    def test_not_in_dollars(self):
        self.env.ref("base.USD").active = True
        html = self.read(self.make_invoice(100, currency_id=self.env.ref("base.USD").id).get_portal_url())
        self.assertIn("M-Pesa pays in Kenyan shillings only, not in USD.", html)
        self.assertNotIn('name="sire_mpesa_phone"', html)

    def test_nothing_is_said_where_mpesa_is_not_taken(self):
        self.provider.is_published = False
        self.assertNotIn("o_sire_mpesa_note", self.read(self.make_invoice(600000).get_portal_url()))

    def test_link_without_a_document(self):
        """Its amount is signed, so it cannot be split."""
        wizard = self.env["payment.link.wizard"].create(
            {"res_model": "res.partner", "res_id": self.partner.id, "amount": 600000, "amount_max": 600000,
             "currency_id": self.company.currency_id.id, "partner_id": self.partner.id}
        )  # fmt: skip
        self.assertIn("M-Pesa carries at most KSh 250,000 a payment", self.read("/" + wizard.link.split("/", 3)[3]))

    def test_a_second_prompt_waits(self):
        one, two = self.make_invoice(100), self.make_invoice(200)
        self.pay(self.form(self.read(one.get_portal_url())), amount=100)
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "UserError"):
            self.pay(self.form(self.read(two.get_portal_url())), amount=200)
        self.assertEqual(
            self.pay(self.form(self.read(two.get_portal_url())), amount=200, phone="0799000000").amount, 200
        )
