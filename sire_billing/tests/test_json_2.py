"""The same rules for who talks to the server without our screens."""

from odoo.tests import tagged

from odoo.addons.sire_base.tests.json_2 import Json2Case

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestJson2(BillingCommon, Json2Case):
    def test_own_fields_cannot_be_forged(self):
        order = self.make_quotation(sent=False)
        now = "2026-11-20 10:00:00"
        for vals in (
            {"state": "sale"},
            {"state": "sent"},
            {"signed_by": "Client"},
            {"signed_on": now},
            {"sire_sent_at": now},
            {"sire_sent_to": "x@y.example"},
            {"sire_sent_digest": "0" * 64},
            {"sire_approved_digest": "0" * 64},
            {"sire_approved_user_id": False},
            {"sire_opened_at": now},
            {"sire_declined_at": now},
            {"sire_superseded_at": now},
            {"sire_previous_id": order.id},
            {"sire_sent_pdf": "Rm9yZ2Vk"},
            {"sire_approved_content": {"lines": []}},
            {"sire_approved_pdf_sha256": "0" * 64},
        ):
            for context in ({}, {"sire_gate": True}, {"sire_gate": "GATE"}):
                with self.subTest(vals=vals, context=context):
                    response = self.json_2(
                        self.user_manager, "sale.order", "write", ids=order.ids, vals=vals, context=context
                    )
                    self.assertForbidden(response, "not written by hand")
        self.assertEqual((order.state, order.signed_by, order.sire_sent_at), ("draft", False, False))

    def test_created_approved(self):
        for vals, context in (
            ({"state": "sale"}, {}),
            ({"signed_by": "Client"}, {}),
            ({"sire_sent_digest": "0"}, {}),
            ({}, {"default_state": "sale"}),
            ({}, {"default_signed_by": "Client"}),
        ):
            with self.subTest(vals=vals, context=context):
                response = self.json_2(
                    self.user_manager,
                    "sale.order",
                    "create",
                    vals_list=[{"partner_id": self.client.id, **vals}],
                    context=context,
                )
                self.assertForbidden(response, "A new quotation is a draft")
        self.assertFalse(self.env["sale.order"].search([("partner_id", "=", self.client.id)]))

    def test_private_methods(self):
        order = self.make_quotation()
        for method in ("_sire_approve", "_sire_decline", "_action_cancel", "_create_invoices"):
            with self.subTest(method=method):
                response = self.json_2(self.user_manager, "sale.order", method, ids=order.ids)
                self.assertGreaterEqual(response.status_code, 400)
        self.env.invalidate_all()
        self.assertEqual(order.sire_state, "sent")

    def test_revise_is_for_managers(self):
        order = self.make_quotation()
        for user in (self.user_viewer, self.user_developer, self.user_accountant):
            response = self.json_2(user, "sale.order", "action_sire_revise", ids=order.ids)
            self.assertForbidden(response)
            self.assertTrue(response.json()["message"], "in words")
        self.assertFalse(order.sire_next_ids)
        response = self.json_2(self.user_manager, "sale.order", "action_sire_revise", ids=order.ids)
        self.assertEqual(response.json()["res_id"], order.sire_next_ids.id)
        self.assertForbidden(
            self.json_2(self.user_manager, "sale.order", "action_draft", ids=order.ids), "stays as it was sent"
        )

    def test_the_choice_of_options(self):
        order = self.make_quotation()
        for vals in ({"sire_chosen": True}, {"sire_offered_qty": 3}):
            response = self.json_2(self.user_manager, "sale.order.line", "write", ids=order.order_line.ids, vals=vals)
            self.assertForbidden(response, "comes with the approval")

    def test_confirm_and_second_invoice(self):
        order = self.make_quotation()
        self.assertForbidden(
            self.json_2(self.user_manager, "sale.order", "action_confirm", ids=order.ids), "approved by its client"
        )
        invoice = self.approve(order)
        for _twice in range(2):
            response = self.json_2(
                self.user_admin,
                "sale.advance.payment.inv",
                "create",
                vals_list=[
                    {"sale_order_ids": [[6, 0, order.ids]], "advance_payment_method": "percentage", "amount": 60}
                ],
            )
            wizard_ids = response.json()
            response = self.json_2(self.user_admin, "sale.advance.payment.inv", "create_invoices", ids=wizard_ids)
            self.assertForbidden(response, "is already invoiced by")
        self.assertEqual(order.invoice_ids, invoice)

    def test_approved_lines(self):
        order = self.make_quotation()
        self.approve(order)
        for user in (self.user_manager, self.user_admin):
            response = self.json_2(
                user,
                "sale.order.line",
                "write",
                ids=order.order_line.ids,
                vals={"price_unit": 1},
                context={"sire_gate": 1},
            )
            self.assertForbidden(response, "stays as approved")
            response = self.json_2(
                user,
                "sale.order.line",
                "create",
                vals_list=[{"order_id": order.id, "product_id": order.order_line[0].product_id.id, "price_unit": -5}],
            )
            self.assertForbidden(response, "stays as approved")
        self.assertEqual(order.amount_total, 110200)

    def test_cash_over_payment(self):
        invoice = self.make_invoice()
        response = self.json_2(
            self.user_accountant,
            "sire.cash.payment.wizard",
            "create",
            vals_list=[{"move_id": invoice.id, "amount": 110200.01}],
        )
        response = self.json_2(self.user_accountant, "sire.cash.payment.wizard", "action_confirm", ids=response.json())
        self.assertForbidden(response, "Only KSh 110,200 is")
        for user in (self.user_manager, self.user_viewer, self.user_developer):
            response = self.json_2(user, "sire.cash.payment.wizard", "create", vals_list=[{"move_id": invoice.id}])
            self.assertForbidden(response)
        self.assertEqual(invoice.amount_residual, 110200)

    def test_receipts(self):
        payment = self.take_cash(self.make_invoice(), 1000)
        for method, body in (
            ("write", {"vals": {"amount": 1}}),
            ("write", {"vals": {"sire_receipt_number": "RCT/2026/00077"}}),
            ("unlink", {}),
            ("action_draft", {}),
            ("action_cancel", {}),
        ):
            with self.subTest(method=method):
                self.assertForbidden(self.json_2(self.user_admin, "account.payment", method, ids=payment.ids, **body))
        self.assertEqual((payment.amount, payment.state), (1000, "paid"))

    def test_sent_fields_of_an_invoice(self):
        invoice = self.make_invoice()
        response = self.json_2(
            self.user_accountant, "account.move", "write", ids=invoice.ids, vals={"sire_sent_to": "x@y.example"}
        )
        self.assertForbidden(response, "not written by hand")

    def test_developer_reads_no_money(self):
        order = self.make_quotation()
        for model in ("sale.order", "account.move", "account.payment"):
            self.assertForbidden(self.json_2(self.user_developer, model, "search_read", fields=["name"]))
        response = self.json_2(
            self.user_developer, "project.project", "read", ids=order.project_id.ids, fields=["sire_quoted"]
        )
        self.assertForbidden(response)
