from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sire_base.utils.eat import eat_today

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestApproval(BillingCommon):
    def test_approval_makes_one_posted_invoice(self):
        order = self.make_quotation()
        digest = order._sire_digest()
        invoice = self.approve(order)
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.move_type, "out_invoice")
        self.assertEqual(invoice.amount_total, order.amount_total)
        self.assertEqual(invoice.partner_id, self.client)
        self.assertEqual(invoice.invoice_date, eat_today())
        self.assertEqual(invoice.sire_order_id, order)
        self.assertEqual(invoice.sire_project_id, order.project_id)
        self.assertEqual(invoice.sire_status, "unpaid")
        self.assertEqual((order.state, order.sire_state), ("sale", "approved"))
        self.assertEqual((order.signed_by, order.sire_approved_digest), ("Jane Wanjiku", digest))
        self.assertEqual((order.sire_approved_address, order.sire_approved_device), ("41.90.64.1", "Android"))
        self.assertFalse(order.sire_approved_user_id)

    def test_twice_is_once(self):
        order = self.make_quotation()
        invoice = self.approve(order)
        self.assertEqual(order._sire_approve("Somebody Else", "another digest"), invoice)
        self.assertEqual(order._sire_approve("", None), invoice)
        self.assertEqual(order.invoice_ids, invoice)
        self.assertEqual(order.signed_by, "Jane Wanjiku")

    def test_a_credited_or_cancelled_invoice_is_not_made_again(self):
        """Whoever has the link could otherwise be billed anew by pressing Approve once more."""
        credited = self.make_quotation()
        invoice = self.approve(credited)
        reversal = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        reversal.create({"journal_id": invoice.journal_id.id, "reason": "Wrong price"}).refund_moves()
        invoice.reversal_move_ids.action_post()
        self.assertEqual(self.approve(credited), invoice)
        cancelled = self.make_quotation()
        self.client.email = False  # nobody got that invoice, so it may be taken back
        draft = self.approve(cancelled)
        draft.button_draft()
        self.assertEqual(self.approve(cancelled), draft)
        self.assertEqual(draft.state, "draft", "what an accountant is correcting is not confirmed by the client")
        draft.button_cancel()
        self.assertEqual(self.approve(cancelled), draft)
        self.assertEqual(draft.state, "cancel")
        self.assertEqual(credited.invoice_ids, invoice | invoice.reversal_move_ids)
        self.assertEqual(cancelled.invoice_ids, draft)

    def test_a_name_is_needed(self):
        order = self.make_quotation()
        for name in (None, "", "   ", "J", "12345"):
            with self.subTest(name=name), self.assertRefused("^Please type your name"):
                order._sire_approve(name, order._sire_digest())
        self.assertEqual(order.sire_state, "sent")
        order._sire_approve("x" * 500 + "\n y", order._sire_digest())
        self.assertEqual(len(order.signed_by), 100)

    def test_changed_since_sent(self):
        order = self.make_quotation()
        seen = order._sire_digest()
        order.order_line[0].price_unit = 1
        self.assertEqual(order._sire_client_state(), "changed")
        self.assertTrue(order.sire_changed)
        for digest in (seen, order._sire_digest(), "", None):
            with self.subTest(digest=digest), self.assertRefused("was changed after it was sent"):
                order._sire_approve("Jane Wanjiku", digest)
        order.action_sire_send()
        self.assertEqual(order._sire_client_state(), "open")
        with self.assertRefused("was changed after it was sent"):
            order._sire_approve("Jane Wanjiku", seen)
        self.assertFalse(order.invoice_ids)
        self.approve(order)

    def test_expired_cancelled_declined_draft(self):
        draft = self.make_quotation(sent=False)
        cancelled = self.make_quotation()
        cancelled.action_cancel()
        declined = self.make_quotation()
        declined._sire_decline("Too dear", "Jane Wanjiku")
        expired = self.make_quotation()
        for order, words in (
            (draft, "has not been sent yet"),
            (cancelled, "was cancelled"),
            (declined, "was declined"),
        ):
            with self.subTest(words=words), self.assertRefused(words):
                order._sire_approve("Jane Wanjiku", order._sire_digest())
        with freeze_time(self.day(31)), self.assertRefused("was valid until .* and has expired"):
            expired._sire_approve("Jane Wanjiku", expired._sire_digest())
        for order in draft | cancelled | declined | expired:
            self.assertFalse(order.invoice_ids)
            self.assertFalse(order.signed_by)

    def test_approval_of_the_past(self):
        """For an approval that was given in another way, and for history: the moment is told."""
        with freeze_time("2026-03-02 09:00:00"):
            order = self.make_quotation()
        at = datetime(2026, 3, 10, 21, 30)  # half past midnight in Nairobi on the 11th
        invoice = self.approve(order, approved_at=at)
        self.assertEqual(order.signed_on, at)
        self.assertEqual(order.date_order, at)
        self.assertEqual(str(invoice.invoice_date), "2026-03-11")
        with freeze_time("2026-03-02 09:00:00"):
            late = self.make_quotation()
        with self.assertRefused("has expired"):
            self.approve(late, approved_at=datetime(2026, 4, 1, 21, 30))

    def test_decline(self):
        order = self.make_quotation()
        for reason in (None, "", "  \n "):
            with self.subTest(reason=reason), self.assertRefused("why you decline"):
                order._sire_decline(reason)
        order._sire_decline("  Too\n dear ", "Jane Wanjiku")
        self.assertEqual((order.sire_state, order.sire_decline_reason), ("declined", "Too dear"))
        self.assertEqual(order.sire_declined_by, "Jane Wanjiku")
        order._sire_decline("Again")
        self.assertEqual(order.sire_decline_reason, "Too dear")
        with self.assertRefused("was cancelled"):
            cancelled = self.make_quotation()
            cancelled.action_cancel()
            cancelled._sire_decline("No")
        approved = self.make_quotation()
        self.approve(approved)
        with self.assertRefused("cannot be declined any more"):
            approved._sire_decline("No")
        self.assertEqual(approved.sire_state, "approved")

    def test_back_to_draft_forgets_the_answer(self):
        order = self.make_quotation()
        order._sire_decline("Too dear")
        order.action_draft()
        self.assertEqual(order.sire_state, "draft")
        self.assertFalse(order.sire_decline_reason)
        self.assertFalse(order.sire_sent_digest)
        self.assertEqual(order._sire_client_state(), "draft")
        order.order_line[0].price_unit = 100
        order.action_sire_send()
        self.approve(order)

    def test_approved_content_is_frozen_for_everyone(self):
        order = self.make_quotation()
        self.approve(order)
        line = order.order_line[0]
        digest = order._sire_digest()
        attempts = (
            lambda env: line.with_env(env).write({"price_unit": 1}),
            lambda env: line.with_env(env).write({"name": "Something else"}),
            lambda env: line.with_env(env).write({"tax_ids": [(5,)]}),
            lambda env: line.with_env(env).write({"discount": 50}),
            lambda env: line.with_env(env).unlink(),
            lambda env: order.with_env(env).write({"order_line": [self.line_vals(product_id=line.product_id.id)]}),
            lambda env: order.with_env(env).write({"order_line": [(0, 0, {"display_type": "line_note", "name": "x"})]}),
            lambda env: order.with_env(env).write({"partner_id": self.client.copy().id}),
            lambda env: order.with_env(env).write({"note": "Other terms"}),
            lambda env: order.with_env(env).write({"validity_date": self.day(90)}),
            lambda env: order.with_env(env).write({"payment_term_id": False}),
            lambda env: self.make_quotation(sent=False).order_line[0].with_env(env).write({"order_id": order.id}),
        )
        for user in (self.user_manager, self.user_admin, self.env.ref("base.user_root")):
            for index, attempt in enumerate(attempts):
                with self.subTest(user=user.name, attempt=index), self.assertRefused("stays as approved"):
                    attempt(
                        self.env(user=user, context={**self.env.context, "sire_gate": "open", "sire_gate_open": True})
                    )
        self.env.invalidate_all()
        self.assertEqual(order._sire_digest(), digest)
        order.with_user(self.user_manager).client_order_ref = "PO 7"  # not part of what was agreed

    def test_cancelling_an_agreement(self):
        order = self.make_quotation()
        invoice = self.approve(order)
        with self.assertRefused("only an administrator", AccessError):
            order.with_user(self.user_manager).action_cancel()
        with self.assertRefused("make a credit note"):
            order.with_user(self.user_admin).action_cancel()
        reversal = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        reversal.create({"journal_id": invoice.journal_id.id, "reason": "Agreement ended"}).refund_moves()
        credit_note = invoice.reversal_move_ids
        credit_note.action_post()
        self.assertEqual((invoice.payment_state, invoice.sire_status), ("reversed", "credited"))
        order.with_user(self.user_admin).action_cancel()
        self.assertEqual(order.sire_state, "cancelled")
        with self.assertRefused("was answered by the client and is kept"):
            order.with_user(self.user_admin).unlink()

    def test_mark_approved(self):
        order = self.make_quotation(sent=False)
        wizard = self.env["sire.quotation.approve.wizard"].with_user(self.user_manager)
        with self.assertRefused("how the client agreed"):
            wizard.create({"order_id": order.id, "name": "Jane Wanjiku", "note": " "}).action_confirm()
        wizard.create({"order_id": order.id, "name": "Jane Wanjiku", "note": "signed on paper"}).action_confirm()
        self.assertEqual(order.sire_state, "approved")
        self.assertEqual((order.signed_by, order.sire_approved_note), ("Jane Wanjiku", "signed on paper"))
        self.assertEqual(order.sire_approved_user_id, self.user_manager)
        self.assertEqual(order.sudo().invoice_ids.state, "posted")
        with self.assertRaises(AccessError):
            self.env["sire.quotation.approve.wizard"].with_user(self.user_viewer).create(
                {"order_id": order.id, "name": "Me", "note": "forged"}
            )

    def test_delivered_policy_is_invoiced_as_approved(self):
        """What was approved is invoiced whole, whatever the product's own policy."""
        order = self.make_quotation(sent=False)
        product = self.env["product.product"].create(
            {"name": "By the hour", "type": "service", "invoice_policy": "delivery", "list_price": 10}
        )
        order.write({"order_line": [self.line_vals(product_id=product.id, product_uom_qty=2)]})
        order.action_sire_send()
        self.assertEqual(self.approve(order).amount_total, order.amount_total)

    def test_invoice_numbers_follow_each_other(self):
        numbers = [self.make_invoice().name for _index in range(3)]
        counters = [int(number.rsplit("/", 1)[1]) for number in numbers]
        self.assertEqual(counters, list(range(counters[0], counters[0] + 3)))
        self.assertRegex(numbers[0], rf"^INV/{eat_today().year}/\d{{5}}$")

    def test_overdue_is_an_east_african_day(self):
        invoice = self.make_invoice()
        due = invoice.invoice_date_due
        with freeze_time(f"{due} 20:59:59"):
            invoice.invalidate_recordset()
            self.assertFalse(invoice.sire_overdue)
            self.assertNotIn(invoice, invoice.search([("sire_overdue", "=", True)]))
        with freeze_time(f"{due} 21:00:00"):
            invoice.invalidate_recordset()
            self.assertTrue(invoice.sire_overdue)
            self.assertEqual(invoice.sire_status, "overdue")
            self.assertIn(invoice, invoice.search([("sire_overdue", "=", True)]))
            self.assertNotIn(invoice, invoice.search([("sire_overdue", "=", False)]))

    def test_two_companies(self):
        order = self.make_quotation()
        invoice = self.approve(order)
        stranger = self.make_user("billing_stranger", "sire_access.group_admin", company=self.company_2)
        self.assertFalse(order.with_user(stranger).search([("id", "=", order.id)]))
        self.assertFalse(invoice.with_user(stranger).search([("id", "=", invoice.id)]))
        with self.assertRaises(AccessError):
            order.with_user(stranger).action_sire_send()
        with self.assertRaises(AccessError):
            self.take_cash(invoice, user=stranger)
