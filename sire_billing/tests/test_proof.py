"""The page behind the QR: genuine or not, how it stands today, and nothing that the paper does not say."""

import hashlib
import re
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..controllers import proof_page
from ..controllers.proof_page_limit import MissLimit
from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestProof(BillingCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(proof_page, "limit", MissLimit()))

    def path(self, record):
        return "/v/" + self.env["sire.proof"]._for(record)._get_url().rsplit("/", 1)[1]

    def read(self, path, status=200):
        response = self.url_open(path)
        self.assertEqual(response.status_code, status)
        self.response = response
        return " ".join(re.sub(r"<style.*?</style>|<[^>]+>", " ", response.text, flags=re.DOTALL).split())

    def test_an_invoice(self):
        invoice = self.make_invoice()
        text = self.read(self.path(invoice))
        for part in ("Genuine", invoice.name, "SIRE TECH Ltd", "Acacia Lodge Ltd", "Not paid", "Left to pay today"):
            self.assertIn(part, text)
        self.assertIn(invoice._sire_money(invoice.amount_total), text)
        self.take_cash(invoice, 1000)
        text = self.read(self.path(invoice))
        self.assertIn("Partially paid", text)
        self.assertIn(f"Left to pay today {invoice._sire_money(invoice.amount_total - 1000)}", text)

    def test_says_no_more_than_the_paper(self):
        order = self.make_quotation()
        invoice = self.approve(order).with_env(self.env)
        self.client.write({"phone": "+254712345678", "street": "Moi Avenue 7"})
        link = self.env["sire.client.link"]._for(invoice)
        html = self.url_open(self.path(invoice)).text
        for secret in (
            self.client.email,
            "712345678",
            "Moi Avenue",
            link._get_path(),
            "/c/",
            "<form",
            "access_token",
            "Jane Wanjiku",
            "41.90.64.1",
            order.name,
            "Design",
        ):
            self.assertNotIn(secret, html)

    def test_its_code_opens_nothing_else(self):
        order = self.make_quotation()
        code = self.path(order).rsplit("/", 1)[1]
        for path in ("", "/pdf", "/status", "/logo"):
            self.assertEqual(self.url_open(f"/c/{code}{path}").status_code, 404)
        for path in ("approve", "decline", "pay", "claim"):
            response = self.url_open(f"/c/{code}/{path}", data={"name": "Jane", "digest": order._sire_digest()})
            self.assertEqual(response.status_code, 404)
        self.assertEqual(order.sire_state, "sent")
        link = self.env["sire.client.link"]._for(order)
        self.read(f"/v/{link._get_path().rsplit('/', 1)[1]}", 404)
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(self.path(order), data={"a": "b"}).status_code, 405)

    def test_headers(self):
        self.read(self.path(self.make_invoice()))
        headers = self.response.headers
        self.assertIn("noindex", headers["X-Robots-Tag"])
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertNotIn("Set-Cookie", headers)
        self.assertLess(len(self.response.content), 16 * 1024)

    def test_each_document(self):
        order = self.make_quotation()
        text = self.read(self.path(order))
        self.assertIn("Quotation", text)
        self.assertIn("Open", text)
        invoice = self.approve(order).with_env(self.env)
        self.assertIn("Approved", self.read(self.path(order)))
        receipt = self.take_cash(invoice, 500, received_from="John Otieno")
        text = self.read(self.path(receipt))
        for part in ("Receipt", receipt.sire_receipt_number, "KSh 500", "John Otieno"):
            self.assertIn(part, text)
        other = self.make_invoice()
        note = other._sire_void("Billed twice")
        self.assertIn("Valid", self.read(self.path(note)))
        text = self.read(self.path(other))
        self.assertIn("Genuine, but no longer valid", text)
        self.assertIn("Void: Billed twice", text)
        self.assertIn("Left to pay today KSh 0", text)

    def test_what_was_not_issued_has_none(self):
        proofs = self.env["sire.proof"]
        self.assertFalse(proofs._for(self.make_invoice().copy()))
        self.assertFalse(proofs._for(self.make_quotation(sent=False)))
        self.assertFalse(proofs._get_box(self.make_quotation(sent=False)))

    def test_an_invoice_that_is_corrected(self):
        order = self.make_quotation()
        self.client.email = False  # nobody gets the invoice by e-mail
        invoice = self.approve(order).with_env(self.env)
        path = self.path(invoice)
        invoice.button_draft()
        text = self.read(path)
        self.assertIn("no longer valid", text)
        self.assertNotIn("Left to pay", text)

    def test_unknown_codes(self):
        for code in ("K7QM-2X9D-4WTR", "x", "%00", "%2e%2e", "0" * 500, "'; DROP TABLE sire_proof"):
            response = self.url_open(f"/v/{code}")
            self.assertIn(response.status_code, (404, 400), code)

    def test_who_tries_codes_out_waits(self):
        path = self.path(self.make_invoice())
        with patch.object(proof_page, "limit", MissLimit(misses=3)):
            for _index in range(3):
                self.read("/v/K7QM-2X9D-4WTR", 404)
            self.assertIn("Please wait", self.read(path, 429))
        limit = MissLimit(within=0, misses=1)
        limit.note("41.90.64.1")
        self.assertFalse(limit.is_over("41.90.64.1"))

    def test_the_code_as_a_person_types_it(self):
        path = self.path(self.make_invoice())
        self.read(path.lower().replace("-", ""))

    def test_the_code_is_a_secret_of_the_paper(self):
        proof = self.env["sire.proof"]._for(self.make_invoice())
        self.assertEqual(len(proof.code), 12)
        for user in (self.user_accountant, self.user_manager, self.user_viewer, self.user_developer):
            with self.assertRaises(AccessError):
                proof.with_user(user).read(["code"])
        with self.assertRaises(AccessError):
            proof.with_user(self.user_admin).write({"code": "AAAAAAAAAAAA"})
        self.assertEqual(self.env["sire.proof"]._for(proof.move_id), proof)

    def test_on_every_print(self):
        order = self.make_quotation()
        invoice = self.approve(order).with_env(self.env)
        receipt = self.take_cash(invoice, 500)
        note = self.make_invoice()._sire_void("Billed twice")
        for report, record in (
            ("sale.action_report_saleorder", order),
            ("account.account_invoices", invoice),
            ("account.account_invoices", note),
            ("sire_billing.action_report_sire_receipt", receipt),
        ):
            html = self.env["ir.actions.report"]._render_qweb_html(report, record.ids)[0].decode()
            self.assertIn(self.path(record), html, record)
        draft = self.env["ir.actions.report"]._render_qweb_html("account.account_invoices", invoice.copy().ids)[0]
        self.assertNotIn("/v/", draft.decode())

    def test_files_are_compared(self):
        invoice = self.make_invoice()
        path = self.path(invoice)
        self.assertNotIn("Compare a PDF", self.read(path))
        proofs = self.env["sire.proof"]
        for content in (b"%PDF one", b"%PDF one", b"%PDF two"):
            proofs._note_file(invoice, content)
        html = self.url_open(path).text
        for content in (b"%PDF one", b"%PDF two"):
            self.assertIn(hashlib.sha256(content).hexdigest(), html)
        self.assertNotIn(hashlib.sha256(b"%PDF forged").hexdigest(), html)
        self.assertEqual(len(proofs._for(invoice).file_ids), 2)

    def test_what_is_rendered_is_noted(self):
        invoice = self.make_invoice()
        proof = self.env["sire.proof"]._for(invoice)
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = reports._render_qweb_pdf("account.account_invoices", invoice.ids)
        self.assertEqual(kind, "pdf")
        self.assertEqual(proof.file_ids.mapped("sha256"), [hashlib.sha256(content).hexdigest()])

    def test_two_companies(self):
        proof = self.env["sire.proof"]._for(self.make_invoice())
        stranger = self.make_user("proof_stranger", "sire_access.group_admin", company=self.company_2)
        self.assertFalse(self.env["sire.proof"].with_user(stranger).search([("id", "=", proof.id)]))
        with self.assertRaises(AccessError):
            self.env["sire.proof"].with_user(stranger)._for(proof.move_id.with_user(stranger))
