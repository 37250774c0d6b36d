import re

from odoo.tests import HttpCase, tagged
from odoo.tests.common import JsonRpcException

from odoo.addons.sire_mpesa import const

from .common import MpesaCommon


@tagged("post_install", "-at_install")
class TestStatus(MpesaCommon):
    def test_waiting(self):
        tx = self.request()
        status = tx._mpesa_status()
        self.assertEqual(
            {key: status[key] for key in ("state", "retry", "phone", "receipt", "amount", "currency")},
            {
                "state": "waiting",
                "retry": False,
                "phone": "07•• ••• 678",
                "receipt": "",
                "amount": 500,
                "currency": "KES",
            },
        )
        self.assertIn("Enter your M-Pesa PIN", status["message"])
        self.assertTrue(70 <= status["seconds_left"] <= 75)
        self.age(tx, 100)
        status = tx._mpesa_status()
        self.assertEqual((status["state"], status["seconds_left"]), ("waiting", 0))
        self.assertIn("asking Safaricom", status["message"])

    def test_paid(self):
        tx = self.request()
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx))
        status = tx._mpesa_status()
        self.assertEqual((status["state"], status["receipt"]), ("paid", "NLJ7RT61SV"))
        self.assertEqual(status["message"], "Paid: KSh 500. M-Pesa receipt NLJ7RT61SV.")

    def test_draft(self):
        status = self.make_tx(10, self.make_invoice())._mpesa_status()
        self.assertEqual((status["state"], status["phone"]), ("waiting", ""))

    def test_in_swahili(self):
        self.env["res.lang"]._activate_lang("sw")
        self.env["ir.module.module"]._load_module_terms(["sire_mpesa"], ["sw"])
        tx = self.request()
        english, swahili = tx._mpesa_status()["message"], tx.with_context(lang="sw")._mpesa_status()["message"]
        self.assertNotEqual(english, swahili)
        self.assertIn("PIN", swahili)
        for code, result in const.RESULTS.items():
            message = self.env(context={"lang": "sw"})._(result.message)
            self.assertNotEqual(message, self.env._(result.message), code)

    def test_every_result_says_what_to_do(self):
        for code, result in const.RESULTS.items():
            message = self.env._(result.message)
            self.assertRegex(message, r"^[A-Z].+\.$", code)
            self.assertIn(result.state, ("cancel", "error"))
            self.assertTrue(re.search(r"\b(try|tell|pay|finish|wait)\b", message.lower()), code)


@tagged("post_install", "-at_install")
class TestPaymentForm(MpesaCommon, HttpCase):
    """The host's own payment form: portal invoice and payment link."""

    def start_transaction(self, invoice, amount):
        keys = {"access_token": invoice._portal_ensure_token(), "landing_route": invoice.get_portal_url()}
        return self.make_jsonrpc_request(f"/invoice/transaction/{invoice.id}", self.flow(amount, **keys))

    def start_prompt(self, values, **params):
        return self.make_jsonrpc_request(
            "/sire/pay/start",
            {"reference": values["reference"], "access_token": values["access_token"], "phone": "0712345678", **params},
        )

    def test_portal_page_offers_mpesa(self):
        self.authenticate(None, None)
        invoice = self.make_invoice()
        page = self.url_open(invoice.get_portal_url())
        self.assertEqual(page.status_code, 200)
        self.assertIn("sire_mpesa_phone", page.text)

    def test_portal_page_says_why_it_failed(self):
        self.authenticate(None, None)
        tx = self.request()
        self.receive(tx, self.failed_callback(tx, 2001))
        page = self.url_open(tx.invoice_ids.get_portal_url())
        self.assertIn("The M-Pesa PIN was wrong", page.text)
        self.assertIn("Pay Now", page.text)
        self.make_wizard(tx.invoice_ids)._create_payments()
        page = self.url_open(tx.invoice_ids.get_portal_url())
        self.assertNotIn("o_sire_mpesa_failure", page.text)

    def test_start(self):
        self.authenticate(None, None)
        invoice = self.make_invoice()
        values = self.start_transaction(invoice, 500)
        status = self.start_prompt(values)
        self.assertEqual((status["state"], status["phone"]), ("waiting", "07•• ••• 678"))
        tx = invoice.transaction_ids
        self.assertEqual((tx.state, tx.mpesa_push_state), ("pending", "queued"))
        page = self.url_open("/payment/status")
        self.assertIn("enter your M-Pesa PIN", page.text)

    def test_start_forged(self):
        self.authenticate(None, None)
        values = self.start_transaction(self.make_invoice(), 500)
        for forged in ({"access_token": "x"}, {"access_token": None}, {"reference": "nothing"}, {"phone": "12"}):
            with self.subTest(forged=forged), self.assertRaises(JsonRpcException):
                self.start_prompt(values, **forged)
        tx = self.env["payment.transaction"].search([("reference", "=", values["reference"])])
        self.assertEqual(tx.state, "draft")
