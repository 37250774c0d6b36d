import base64
import io
from datetime import timedelta
from unittest.mock import patch

import lxml.html
from PIL import Image

from odoo import fields
from odoo.tests import TransactionCase, tagged

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_billing import gate

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestPrint(BillingCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.external_report_layout_id = cls.env.ref("sire_pdf.external_layout_letterhead")

    def setUp(self):
        super().setUp()
        self.order = self.make_quotation()
        invoice = self.order._sire_approve("Mary Wanjiru", self.order._sire_digest())
        self.invoice = invoice.with_env(self.env)

    def read(self, report, record, user=None):
        """:return: the words of the print, and its tree"""
        reports = self.env["ir.actions.report"].with_user(user or self.env.user)
        html = reports.with_context(lang="en_US")._render_qweb_html(report, record.ids, data={"report_type": "pdf"})[0]
        tree = lxml.html.fromstring(html)
        return " ".join(tree.text_content().split()), tree

    def stamp(self, tree):
        return [" ".join(node.text_content().split()) for node in tree.find_class("o_sire_watermark")]

    def test_letterhead_on_every_document(self):
        self.company.write({"vat": "P051234567X", "phone": "+254 20 000 0100"})
        payment = self.env["sire.cash.payment.wizard"].create({"move_id": self.invoice.id, "amount": 100.0})
        payment.action_confirm()
        for report, record in (
            ("sale.action_report_saleorder", self.order),
            ("account.account_invoices", self.invoice),
            ("sire_billing.action_report_sire_receipt", payment.payment_id),
        ):
            with self.subTest(report=report):
                text, tree = self.read(report, record)
                self.assertIn("SIRE TECH Ltd", text)
                self.assertIn("P051234567X", text)
                self.assertEqual(len(tree.find_class("page") and tree.find_class("topage")), 1)

    def test_an_open_invoice_says_how_to_pay(self):
        text, tree = self.read("account.account_invoices", self.invoice)
        self.assertIn(f"To pay: {self.invoice._sire_money(self.invoice.amount_residual)}", text)
        self.assertFalse(self.stamp(tree))
        box = tree.find_class("o_sire_pay_box")[0]
        link = box.xpath(".//a/@href")[0]
        self.assertEqual(link, self.invoice._sire_get_client_url())
        kind, data = box.xpath(".//img/@src")[0].split(",")
        self.assertEqual(kind, "data:image/png;base64")
        self.assertGreaterEqual(Image.open(io.BytesIO(base64.b64decode(data))).width, 300)

    def test_a_link_that_has_expired_is_not_printed(self):
        link = self.env["sire.client.link"]._for(self.invoice)
        link.expires_at = fields.Datetime.now() - timedelta(days=1)
        reader = self.make_user("print_reader", "sire_access.group_viewer")
        _text, tree = self.read("account.account_invoices", self.invoice, reader)
        self.assertFalse(tree.find_class("o_sire_pay_box"), "who may not make a link prints none that does not open")
        _text, tree = self.read("account.account_invoices", self.invoice)
        printed = tree.find_class("o_sire_pay_box")[0].xpath(".//a/@href")[0]
        self.assertNotEqual(printed, link._get_url())
        self.assertEqual(printed, self.env["sire.client.link"]._for(self.invoice)._get_url())

    def test_a_part_paid_invoice_asks_for_the_rest(self):
        total = self.invoice.amount_total
        self.env["sire.cash.payment.wizard"].create({"move_id": self.invoice.id, "amount": 500.0}).action_confirm()
        text, _tree = self.read("account.account_invoices", self.invoice)
        self.assertIn(f"To pay: {self.invoice._sire_money(total - 500.0)}", text)

    def test_the_pay_bill_is_printed_once_its_payments_are_reported(self):
        provider = self.env.ref("sire_mpesa.payment_provider_mpesa")
        provider.write({"mpesa_shortcode": "174379", "mpesa_shortcode_type": "paybill", "mpesa_c2b_state": "none"})
        providers = type(self.env["payment.provider"])
        with patch.object(providers, "_mpesa_for_company", lambda records, company, names=(): provider.sudo()):
            text, _tree = self.read("account.account_invoices", self.invoice)
            self.assertNotIn("174379", text)
            provider.mpesa_c2b_state = "registered"
            text, _tree = self.read("account.account_invoices", self.invoice)
        self.assertIn(f"Or pay bill 174379 Account {self.invoice.mpesa_reference}", text)

    def test_stamps_of_invoices(self):
        draft = self.invoice.copy()
        self.assertEqual(self.stamp(self.read("account.account_invoices", draft)[1]), ["Draft"])
        draft.button_cancel()
        self.assertEqual(self.stamp(self.read("account.account_invoices", draft)[1]), ["Void"])
        wizard = self.env["sire.cash.payment.wizard"].create({"move_id": self.invoice.id})
        wizard.action_confirm()
        _text, tree = self.read("account.account_invoices", self.invoice)
        self.assertEqual(self.stamp(tree), ["Paid"])
        self.assertFalse(tree.find_class("o_sire_pay_box"))

    def test_a_credited_invoice_is_stamped_and_asks_for_nothing(self):
        reversal = self.env["account.move.reversal"].create(
            {"move_ids": self.invoice.ids, "journal_id": self.invoice.journal_id.id}
        )
        credit = self.env["account.move"].browse(reversal.reverse_moves()["res_id"])
        if credit.state == "draft":
            credit.action_post()
        (credit.line_ids + self.invoice.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()
        _text, tree = self.read("account.account_invoices", self.invoice)
        self.assertEqual(self.stamp(tree), ["Credited"])
        self.assertFalse(tree.find_class("o_sire_pay_box"))

    def test_stamps_of_quotations(self):
        self.assertEqual(self.stamp(self.read("sale.action_report_saleorder", self.order)[1]), ["Approved"])
        draft = self.make_quotation(sent=False)
        self.assertEqual(self.stamp(self.read("sale.action_report_saleorder", draft)[1]), ["Draft"])
        sent = self.make_quotation()
        text, tree = self.read("sale.action_report_saleorder", sent)
        self.assertFalse(self.stamp(tree))
        self.assertIn("To accept this quotation, open the link in our e-mail", text)
        gate.opened(sent.sudo()).validity_date = eat_today() - timedelta(days=1)
        text, tree = self.read("sale.action_report_saleorder", sent)
        self.assertEqual(self.stamp(tree), ["Expired"])
        self.assertNotIn("To accept", text)

    def test_the_link_of_a_quotation_is_not_on_paper(self):
        """Whoever may print it could approve with it."""
        sent = self.make_quotation()
        text, tree = self.read("sale.action_report_saleorder", sent)
        url = sent._sire_get_client_url()
        self.assertNotIn(url.rsplit("/", 1)[1], lxml.html.tostring(tree, encoding="unicode"))

    def test_a_viewer_prints_and_makes_no_link(self):
        links = self.env["sire.client.link"].sudo()
        links.search([("invoice_id", "=", self.invoice.id)]).unlink()
        text, _tree = self.read("account.account_invoices", self.invoice, self.user_viewer)
        self.assertNotIn("To pay:", text)
        self.assertFalse(links.search_count([("invoice_id", "=", self.invoice.id)]))
        text, _tree = self.read("account.account_invoices", self.invoice, self.user_accountant)
        self.assertIn("To pay:", text)
