"""What the host lets one do beside our own buttons leads to the same rules."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestHostDoors(BillingCommon, HttpCase):
    def test_confirm(self):
        order = self.make_quotation()
        with self.assertRefused("approved by its client"):
            order.action_confirm()
        with self.assertRefused("approved by its client"):
            order.sudo()._validate_order()
        self.assertEqual(order.state, "sent")

    def test_send_is_our_send(self):
        order = self.make_quotation(sent=False)
        order.action_quotation_send()
        self.assertEqual(order.sire_state, "sent")
        self.assertEqual(order.sire_sent_to, "pay@acacia.example")

    def test_writing_a_message_does_not_send(self):
        order = self.make_quotation(sent=False)
        order.with_context(mark_so_as_sent=True).message_post(body="Hello")
        self.assertEqual(order.state, "draft")

    def test_marked_as_sent_can_be_approved(self):
        order = self.make_quotation(sent=False)
        order.action_quotation_sent()
        self.assertEqual((order.sire_state, order._sire_client_state()), ("sent", "open"))
        self.approve(order)

    def test_down_payments_after_the_invoice(self):
        order = self.make_quotation()
        invoice = self.approve(order)
        for method, values in (
            ("percentage", {"amount": 60}),
            ("fixed", {"fixed_amount": 100}),
            ("delivered", {}),
        ):
            wizard = self.env["sale.advance.payment.inv"].create(
                {"sale_order_ids": [Command.set(order.ids)], "advance_payment_method": method, **values}
            )
            with self.subTest(method=method), self.assertRefused("is already invoiced by INV"):
                wizard.create_invoices()
        with self.assertRaises(UserError):
            order.sudo()._create_invoices()
        self.assertEqual(order.invoice_ids, invoice)

    def test_down_payments_before_the_approval(self):
        """Two clicks on the host's wizard before anything is agreed: the second one is refused."""
        order = self.make_quotation()
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(order.ids)], "advance_payment_method": "percentage", "amount": 60}
        )
        with self.assertRefused("is not approved yet"):
            wizard.create_invoices()

    def test_portal_accept_and_decline(self):
        order = self.make_quotation()
        order.require_signature = True
        token = order.sudo()._portal_ensure_token()
        pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        result = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept", {"access_token": token, "name": "Forger", "signature": pixel}
        )
        self.assertIn("error", result)
        self.url_open(
            f"/my/orders/{order.id}/decline",
            data={"access_token": token, "decline_message": "No", "csrf_token": "x"},
        )
        self.env.invalidate_all()
        self.assertEqual(order.sire_state, "sent")
        self.assertFalse(order.signed_by)

    def test_portal_leads_to_the_client_page(self):
        order = self.make_quotation()
        page = self.url_open(f"/my/orders/{order.id}?access_token={order.sudo()._portal_ensure_token()}")
        self.assertEqual(page.status_code, 200)
        self.assertIn(order.sire_client_url, page.text)

    def test_after_the_approval_every_door_leads_to_the_same_invoice(self):
        order = self.make_quotation()
        path = self.env["sire.client.link"]._for(order)._get_path()
        data = {"name": "Jane Wanjiku", "digest": order._sire_digest()}
        self.assertEqual(self.url_open(f"{path}/approve", data, allow_redirects=False).status_code, 303)
        self.env.invalidate_all()
        invoice = order.sudo().invoice_ids
        self.assertEqual((order.state, invoice.state, len(invoice)), ("sale", "posted", 1))
        self.assertEqual(self.url_open(f"{path}/approve", data, allow_redirects=False).status_code, 303)
        token = order.sudo()._portal_ensure_token()
        result = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept", {"access_token": token, "name": "Again", "signature": "x"}
        )
        self.assertIn("error", result)
        wizard = self.env["sire.quotation.approve.wizard"].with_user(self.user_manager)
        wizard.create({"order_id": order.id, "name": "Again", "note": "by phone"}).action_confirm()
        for door in ("action_confirm", "action_quotation_sent", "action_sire_send"):
            with self.subTest(door=door), self.assertRaises(UserError):
                getattr(order, door)()
        self.env.invalidate_all()
        self.assertEqual(order.sudo().invoice_ids, invoice)
        self.assertEqual((order.signed_by, invoice.state), ("Jane Wanjiku", "posted"))

    def test_no_payment_for_a_quotation(self):
        order = self.make_quotation()
        provider = self.env["payment.provider"].create({"name": "Test", "code": "none", "state": "test"})
        with self.assertRefused("is paid through its invoice"):
            self.env["payment.transaction"].sudo().create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": self.env.ref("payment.payment_method_mpesa").id,
                    "amount": 10,
                    "currency_id": order.currency_id.id,
                    "partner_id": self.client.id,
                    "operation": "online_direct",
                    "sale_order_ids": [Command.set(order.ids)],
                }
            )

    def test_copy_is_a_clean_draft(self):
        order = self.make_quotation()
        self.approve(order)
        copy = order.copy()
        self.assertEqual(copy.sire_state, "draft")
        self.assertFalse(copy.sire_sent_digest or copy.signed_by or copy.order_line.sire_task_id)
