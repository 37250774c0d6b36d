"""An approval that holds: what was approved is frozen, and whatever gets past the guards is seen."""

import base64
import hashlib
from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL

from .. import gate
from .common import BillingCommon

PDF = b"%PDF-1.4 what the client got"


@tagged("post_install", "-at_install")
class TestEvidence(BillingCommon):
    def with_pdf(self):
        report = type(self.env["ir.actions.report"])
        self.patch(report, "get_wkhtmltopdf_state", lambda _self: "ok")
        self.patch(report, "_render_qweb_pdf", lambda _self, *_args, **_kwargs: (PDF, "pdf"))

    def sql(self, query, *args):
        """Change rows past the ORM, as a script would, and forget what the ORM remembers."""
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *args))
        self.env.invalidate_all()

    def test_both_hashes(self):
        self.with_pdf()
        order = self.make_quotation()
        digest = order._sire_digest()
        self.approve(order)
        self.assertEqual(order.sire_approved_digest, digest)
        self.assertEqual(order.sire_approved_pdf_sha256, hashlib.sha256(PDF).hexdigest())
        self.assertIn(order.sire_approved_pdf_sha256, order.sire_sending_ids.files, "the file that was e-mailed")
        self.assertEqual(base64.b64decode(order.sire_sent_pdf), PDF)
        self.assertFalse(order.sire_approval_void)

    def test_the_pdf_is_the_one_that_was_sent(self):
        self.with_pdf()
        order = self.make_quotation()
        report = type(self.env["ir.actions.report"])
        self.patch(report, "_render_qweb_pdf", lambda _self, *_args, **_kwargs: (b"another", "pdf"))
        self.assertEqual(order._sire_get_offer_pdf(), PDF)
        order.action_sire_send()
        self.assertEqual(order._sire_get_offer_pdf(), PDF, "the second of two clicks")
        order.order_line[0].price_unit += 1
        order.action_sire_send()
        self.assertEqual(order._sire_get_offer_pdf(), b"another")
        with self.assertRefused("not written by hand"):
            order.write({"sire_sent_pdf": base64.b64encode(b"forged")})

    def test_marked_as_sent_by_hand_has_a_pdf_when_somebody_reads_it(self):
        self.with_pdf()
        unread, read = self.make_quotation(sent=False), self.make_quotation(sent=False)
        for order in unread | read:
            order.action_quotation_sent()
        read._sire_get_offer_pdf()
        self.approve(unread)
        self.approve(read)
        self.assertFalse(unread.sire_approved_pdf_sha256)
        self.assertEqual(read.sire_approved_pdf_sha256, hashlib.sha256(PDF).hexdigest())

    def test_changed_past_the_orm(self):
        changes = (
            ("UPDATE sale_order_line SET price_unit = 1 WHERE order_id = %s", "price"),
            ("UPDATE sale_order_line SET product_uom_qty = 99 WHERE order_id = %s", "quantity"),
            ("UPDATE sale_order_line SET discount = 50 WHERE order_id = %s", "discount"),
            ("UPDATE sale_order_line SET name = 'Nothing' WHERE order_id = %s", "description"),
            ("UPDATE sale_order SET note = 'Other terms' WHERE id = %s", "terms"),
            ("UPDATE sale_order SET amount_total = 1 WHERE id = %s", "totals"),
            ("UPDATE sale_order SET validity_date = NULL WHERE id = %s", "validity"),
            (
                "DELETE FROM account_tax_sale_order_line_rel WHERE sale_order_line_id IN"
                " (SELECT id FROM sale_order_line WHERE order_id = %s)",
                "VAT",
            ),
        )
        held = self.make_quotation()
        self.approve(held)
        void = held.browse()
        for query, word in changes:
            order = self.make_quotation()
            self.approve(order)
            self.sql(query, order.id)
            void |= order
            with self.subTest(word=word):
                self.assertTrue(order.sire_approval_void)
                with self.assertRefused(f"^Approval void: .*Jane Wanjiku .*{word}"):
                    order.sudo()._create_invoices()
        mine = [("id", "in", (void | held).ids)]
        self.assertEqual(held.search([*mine, ("sire_approval_void", "=", True)]), void)
        self.assertEqual(held.search([*mine, ("sire_approval_void", "=", False)]), held)
        self.assertEqual(held.search([*mine, ("sire_approval_void", "in", [True, False])]), void | held)

    def test_changed_by_code_with_the_gate(self):
        order = self.make_quotation()
        self.approve(order)
        gate.opened(order.order_line[0].sudo()).price_unit = 1
        self.assertTrue(order.sire_approval_void)

    def test_no_second_invoice_from_a_void_one(self):
        order = self.make_quotation()
        invoice = gate.opened(self.approve(order))  # past the guard of what was sent
        invoice.button_draft()
        invoice.with_context(force_delete=True).unlink()
        self.sql("UPDATE sale_order_line SET price_unit = 1 WHERE order_id = %s", order.id)
        with self.assertRefused("^Approval void"):
            self.approve(order)
        self.assertFalse(order.invoice_ids)

    def test_merged_clients_and_a_part_that_was_invoiced_are_no_change(self):
        order = self.make_quotation()
        self.approve(order)
        other = self.client.copy()
        self.sql(
            "UPDATE sale_order SET partner_id = %s, partner_invoice_id = %s WHERE id = %s", other.id, other.id, order.id
        )
        self.assertFalse(order.sire_approval_void)
        gate.opened(order.sudo()).write(
            {"order_line": [self.line_vals(is_downpayment=True, product_uom_qty=0, price_unit=500, tax_ids=[])]}
        )
        self.assertFalse(order.sire_approval_void)

    def test_the_evidence_is_not_written_by_hand(self):
        order = self.make_quotation()
        self.approve(order)
        for vals in ({"sire_approved_content": {}}, {"sire_approved_pdf_sha256": "0" * 64}):
            with self.assertRefused("not written by hand"):
                order.with_user(self.user_admin).write(vals)

    def test_a_link_ends_some_days_after_the_validity(self):
        self.company.sire_link_days = 10
        order, approved = self.make_quotation(), self.make_quotation()
        self.approve(approved)
        links = self.env["sire.client.link"]
        code, approved_code = (links._for(record).sudo().code for record in (order, approved))
        last = order.validity_date + timedelta(days=10)
        with freeze_time(f"{last} 20:59:00"):
            self.assertTrue(links._find(code))
        with freeze_time(f"{last} 21:00:00"):
            self.assertFalse(links._find(code))
            self.assertTrue(links._find(approved_code), "its invoice is behind it")
            order.validity_date = last + timedelta(days=20)
            order.action_sire_send()
            self.assertTrue(links._find(code), "sent again, it opens again")
