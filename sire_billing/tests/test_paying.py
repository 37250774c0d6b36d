"""Payment links, and what staff may ask for: every way leads to its invoices."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .client_page_common import ClientPageCommon
from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestPaying(BillingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = ClientPageCommon.make_provider.__func__(cls, cls.company)
        cls.client.phone = "0712 345 678"

    def make_deposit(self):
        order = self.make_quotation(sent=False)
        order.write(
            {
                "sire_invoicing": "deposit",
                "sire_instalment_ids": [
                    Command.create({"name": "Deposit", "percent": 30, "due": "approval", "sequence": 1}),
                    Command.create({"name": "Balance", "basis": "rest", "due": "step", "sequence": 2}),
                ],
            }
        )
        order.action_sire_send()
        return order

    def request(self, record, user=None):
        action = record.with_user(user or self.user_accountant).action_mpesa_request()
        return self.env[action["res_model"]].with_user(user or self.user_accountant).browse(action["res_id"])

    # === STAFF ===

    def test_request_for_a_quotation(self):
        order = self.make_deposit()
        with self.assertRefused(f"{order.name} is paid through its invoice"):
            self.request(order)
        invoice = self.approve(order)
        wizard = self.request(order)
        self.assertEqual((wizard.invoice_ids, wizard.phone), (invoice, "0712 345 678"))
        self.assertEqual(wizard.amount, round(order.amount_total * 0.3))
        wizard.action_request()
        tx = wizard.sudo().transaction_id
        self.assertEqual((tx.invoice_ids, tx.state), (invoice, "pending"))
        self.assertFalse(tx.sale_order_ids)
        with self.assertRefused("smallest|already paid|is open on 07"):  # all of the deposit is held by the prompt
            self.request(order).action_request()

    def test_paid_quotation(self):
        order = self.make_quotation()
        invoice = self.approve(order)
        self.assertEqual(order.sudo().sire_payable, invoice.amount_total)
        self.take_cash(invoice)
        self.assertEqual(order.sudo().sire_payable, 0)
        with self.assertRefused("smallest|already paid"):
            self.request(order).action_request()

    def test_roles(self):
        """Accountants and administrators ask for payments. Managers send quotations, the others only look or do not."""
        order = self.make_quotation()
        invoice = self.approve(order)
        for user in (self.user_accountant, self.user_admin):
            for record in (order, invoice, self.client):
                self.assertEqual(self.request(record, user).amount, invoice.amount_total)
        for user in (self.user_manager, self.user_viewer, self.user_developer):
            for record in (order, invoice, self.client):
                with self.subTest(user=user.login, record=record._name), self.assertRaises(AccessError):
                    self.request(record, user)
            with self.assertRaises(AccessError):
                invoice.with_user(user)._mpesa_request(100, "0712345678")
        self.assertFalse(self.env["payment.transaction"].search([("invoice_ids", "in", invoice.ids)]))

    def test_whatsapp_number_is_offered(self):
        self.client.sire_whatsapp = "0733 111 222"
        numbers = [phone["number"] for phone in self.client._mpesa_get_phones()]
        self.assertEqual(numbers, ["0712 345 678", "0733 111 222"])

    # === THE HOST'S DOORS ===

    def test_payment_link_of_a_quotation(self):
        """Staff's link leads to the client's page, and a link of the host's shows no form that would be refused."""
        order = self.make_deposit()
        wizard = (
            self.env["payment.link.wizard"]
            .with_user(self.user_accountant)
            .with_context(active_model="sale.order", active_id=order.id)
            .create({})
        )
        self.assertEqual(wizard.link, order.sire_client_url)
        self.assertIn("paid through its invoice", wizard.confirmation_message)
        self.assertFalse(wizard.warning_message)
        draft = self.make_quotation(sent=False)
        wizard = self.env["payment.link.wizard"].with_context(active_model="sale.order", active_id=draft.id).create({})
        self.assertIn("Send the quotation first", wizard.warning_message)
        token = order.sudo()._portal_ensure_token()
        for amount in ("500", "0.01", "nan", "1e30"):
            page = self.url_open(f"/my/orders/{order.id}?access_token={token}&payment_amount={amount}")
            self.assertEqual(page.status_code, 200)
            self.assertNotIn("o_payment_form", page.text)
            self.assertIn("Nothing is paid before the approval", page.text)
            self.assertIn(order.sire_client_url, page.text)

    def test_payment_link_of_its_invoice(self):
        """The money of a payment link ends on the invoice of that order, once."""
        order = self.make_deposit()
        invoice = self.approve(order)
        wizard = (
            self.env["payment.link.wizard"]
            .with_user(self.user_accountant)
            .with_context(active_model="account.move", active_id=invoice.id)
            .create({"amount": 300})
        )
        self.assertIn("/my/invoices/", wizard.link)
        values = {
            "provider_id": self.provider.id,
            "payment_method_id": self.env.ref("payment.payment_method_mpesa").id,
            "reference": "link-1",
            "amount": 300,
            "currency_id": invoice.currency_id.id,
            "partner_id": invoice.partner_id.id,
            "operation": "online_direct",
            "invoice_ids": [(6, 0, invoice.ids)],
        }
        tx = self.env["payment.transaction"].sudo().create(values)
        tx._mpesa_request_payment("0712345678")
        data = {"result_code": "0", "result_description": "", "amount": 300.0, "receipt": "UKL7XQLINK"}
        for _time in range(2):
            tx._process("mpesa", data)
            tx._mpesa_post_process()
        self.assertEqual(invoice.amount_residual, invoice.amount_total - 300)
        self.assertEqual(order.sudo().invoice_ids, invoice)
        payment = tx.payment_id
        self.assertEqual((payment.amount, payment.sire_reference), (300, "UKL7XQLINK"))
        html = self.env["ir.actions.report"]._render_qweb_html("account.action_report_payment_receipt", payment.ids)[0]
        self.assertIn("UKL7XQLINK", html.decode())
