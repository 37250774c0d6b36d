"""The log of what left for clients: one row a sending, written by sending alone."""

import hashlib
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import BillingCommon

PDF = b"%PDF-1.4 what the client got"


@tagged("post_install", "-at_install")
class TestSending(BillingCommon, HttpCase):
    def setUp(self):
        super().setUp()
        report = type(self.env["ir.actions.report"])
        self.patch(report, "get_wkhtmltopdf_state", lambda _self: "ok")
        self.patch(report, "_render_qweb_pdf", lambda _self, *_args, **_kwargs: (PDF, "pdf"))

    def test_a_row_for_each_sending(self):
        order = self.make_quotation()
        row = order.sire_sending_ids
        self.assertEqual((row.document, row.sent_to, row.sent_at), (order.name, self.client.email, order.sire_sent_at))
        self.assertEqual((row.partner_id, row.company_id, row.user_id), (self.client, self.company, self.user_manager))
        self.assertEqual(row.message_id, order.sire_sent_message_id)
        self.assertIn(order.name, row.subject)
        self.assertEqual(row.files, f"{hashlib.sha256(PDF).hexdigest()}  Quotation {order.name}.pdf")
        self.assertEqual(row.sudo().message_id.attachment_ids.raw, PDF)
        order.order_line[0].price_unit += 1
        order.action_sire_send()
        self.assertEqual(len(order.sire_sending_ids), 2)

    def test_an_invoice_by_mail(self):
        invoice = self.make_invoice()
        self.assertEqual(len(invoice.sire_sending_ids), 1, "the mail after the approval")
        self.assertFalse(invoice.sire_sending_ids.files, "which has a link and no file")
        invoice.with_user(self.user_accountant).action_sire_send()
        latest = invoice.sire_sending_ids.sorted("id")[-1]
        self.assertEqual(latest.user_id, self.user_accountant)
        self.assertEqual(
            latest.files, f"{hashlib.sha256(PDF).hexdigest()}  Invoice {invoice.name.replace('/', '-')}.pdf"
        )

    def test_a_sending_that_is_refused_leaves_no_row(self):
        order = self.make_quotation(sent=False)
        self.client.email = False
        with self.assertRefused("has no e-mail address"):
            order.action_sire_send()
        self.assertFalse(order.sire_sending_ids)

    def test_nobody_writes_it_by_hand(self):
        row = self.make_quotation().sire_sending_ids
        vals = {"document": "S1", "company_id": self.company.id, "sent_at": row.sent_at, "sent_to": "x@y.example"}
        for user in (*self.roles.values(), self.env.ref("base.user_root")):
            for attempt in (
                lambda rows: rows.create(vals),
                lambda rows: rows.write({"sent_to": "x@y.example"}),
                lambda rows: rows.unlink(),
            ):
                with self.subTest(user=user.name), self.assertRaises(UserError):
                    attempt(row.with_user(user).with_context(sire_gate="GATE"))
        self.assertEqual(row.sent_to, self.client.email)

    def test_json_2_refuses_in_words(self):
        row = self.make_quotation().sire_sending_ids
        for method, body in (("write", {"vals": {"sent_to": "x@y.example"}}), ("unlink", {})):
            response = self.url_open(
                f"/json/2/sire.client.sending/{method}",
                data=json.dumps({"ids": row.ids, **body}),
                headers={
                    "Content-Type": "application/json",
                    "Authorization": f"Bearer {self.make_api_key(self.user_admin)}",
                },
            )
            self.assertIn(response.status_code, (403, 422), response.text)
            self.assertRegex(response.json()["message"], "written by sending|not allowed to delete")
        self.assertTrue(row.exists())

    def test_who_reads_it(self):
        invoice = self.make_invoice()
        rows = invoice.sire_sending_ids | invoice.sire_order_id.sire_sending_ids
        self.assertEqual(len(rows), 2)
        for user in (self.user_manager, self.user_accountant, self.user_viewer, self.user_admin):
            self.assertEqual(rows.with_user(user).search([("id", "in", rows.ids)]), rows, user.name)
        with self.assertRaises(AccessError):
            rows.with_user(self.user_developer).search([])
        stranger = self.make_user("sending_stranger", "sire_access.group_admin", company=self.company_2)
        self.assertFalse(rows.with_user(stranger).search([("id", "in", rows.ids)]))
