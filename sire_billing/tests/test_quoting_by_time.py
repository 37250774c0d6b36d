"""Logged time that is on a quotation is not billed a second time by an order whose lines are billed as time is logged."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_quoting_work import QuotingCommon


@tagged("post_install", "-at_install")
class TestQuotingByTime(QuotingCommon):
    def setUp(self):
        super().setUp()
        self.time = self.log_time(self.design, 3)
        product = self.env["product.product"].create(
            {"name": "By time", "type": "service", "invoice_policy": "delivery", "service_type": "timesheet"}
        )
        line = {"product_id": product.id, "price_unit": 1000, "tax_ids": [Command.clear()]}
        self.by_time = self.env["sale.order"].create(
            {"partner_id": self.client.id, "order_line": [Command.create(line)]}
        )
        self.by_time.action_sire_send()
        self.approve(self.by_time)
        self.line = self.by_time.order_line

    def quote(self, *records):
        return self.make(self.tick(self.open_wizard(), *records))

    def assertBilledOnce(self, order):
        """The other order has nothing of the three hours."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(order.state, "sale")
        self.assertEqual((self.line.qty_delivered, self.line.qty_to_invoice), (0, -1))  # one was billed in advance

    def test_time_that_was_quoted(self):
        order = self.quote(self.time)
        order.action_sire_send()
        self.design.with_user(self.user_manager).sale_line_id = self.line
        self.env.flush_all()
        self.assertFalse(self.time.so_line)
        self.approve(order)
        self.assertBilledOnce(order)
        with self.assertRefused(f"^This time is on quotation {order.name}, and would"), self.cr.savepoint():
            self.time.with_user(self.user_manager).so_line = self.line
        self.assertBilledOnce(order)

    def test_time_of_a_task_that_was_quoted(self):
        order = self.quote(self.design)
        order.action_sire_send()
        self.design.sale_line_id = self.line
        more = self.log_time(self.design, 2)
        self.env.flush_all()
        self.assertFalse((self.time | more).so_line)
        self.approve(order)
        self.assertBilledOnce(order)

    def test_time_of_a_milestone_that_was_quoted(self):
        order = self.quote(self.add_milestone(tasks=self.design))
        order.action_sire_send()
        self.approve(order)
        self.design.sale_line_id = self.line
        self.assertBilledOnce(order)

    def test_a_draft_is_not_sent(self):
        """A draft binds nobody: it is asked when it is sent."""
        for record in (self.time, self.design):
            with self.subTest(record=record._name):
                order = self.quote(record)
                self.design.sale_line_id = self.line
                self.env.flush_all()
                self.assertEqual(self.time.so_line, self.line)
                with self.assertRefused(f"is billed as it is delivered on {self.by_time.name}: remove"):
                    order.action_sire_send()
                self.design.sale_line_id = False
                order.action_sire_send()
                self.assertEqual(order.state, "sent")
                order.action_cancel()

    def test_what_the_client_does_not_want_is_billed_by_time_again(self):
        """Before, hours that were logged until then were on no order, and those logged later were."""
        for record in (self.time, self.design):
            for end in ("action_cancel", "decline"):
                with self.subTest(record=record._name, end=end):
                    order = self.quote(record)
                    order.action_sire_send()
                    self.design.sale_line_id = self.line
                    self.env.flush_all()
                    self.assertFalse(self.time.so_line)
                    if end == "decline":
                        order._sire_decline("Too dear", "Jane Wanjiku")
                    else:
                        order.action_cancel()
                    self.env.flush_all()
                    self.assertEqual(order.state, "cancel")
                    self.assertEqual((self.time.so_line, self.line.qty_delivered), (self.line, 3))
                    self.design.sale_line_id = False

    def test_a_revision_has_the_hours(self):
        """Neither the version that it replaces nor a revision that is dropped gives them away."""
        order = self.quote(self.time)
        order.action_sire_send()
        self.design.sale_line_id = self.line
        order.action_sire_revise()
        revision = order.sire_next_ids
        self.env.flush_all()
        self.assertFalse(self.time.so_line)
        revision.action_cancel()
        self.assertEqual(order.state, "sent")
        self.assertFalse(self.time.so_line)
        order.action_sire_revise()
        revision.action_sire_send()
        self.approve(revision)
        self.assertBilledOnce(revision)

    def test_one_that_expired_is_not_made_valid_again(self):
        order = self.quote(self.time)
        order.validity_date = self.day(1)
        order.action_sire_send()
        with freeze_time(self.day(3)):
            self.design.sale_line_id = self.line
            self.env.flush_all()
            self.assertEqual(self.time.so_line, self.line)
            with self.assertRefused("is billed as it is delivered"), self.cr.savepoint():
                order.validity_date = self.day(9)
            self.design.sale_line_id = False
            order.validity_date = self.day(9)
            self.design.sale_line_id = self.line
            self.env.flush_all()
            self.assertFalse(self.time.so_line)

    def test_an_order_that_waits_for_its_approval(self):
        """It would bill the time when it is approved."""
        other = self.by_time.copy()
        self.design.sale_line_id = other.order_line
        self.assertEqual(self.time.so_line, other.order_line)
        taken = self.lines_of(self.open_wizard(), "timesheet").taken
        self.assertEqual(taken, other.name)
        other.action_cancel()
        self.assertTrue(self.quote(self.time))

    def test_its_own_line_may_bill_it(self):
        wizard = self.open_wizard()
        wizard.product_id = self.line.product_id
        order = self.make(self.tick(wizard, self.time))
        order.action_sire_send()
        self.approve(order)
        self.design.sale_line_id = order.order_line
        self.env.flush_all()
        self.assertEqual(self.time.so_line, order.order_line)
        self.assertEqual((order.order_line.qty_delivered, order.order_line.qty_to_invoice), (3, 0))

    def test_free_time_is_billed_as_ever(self):
        self.design.sale_line_id = self.line
        self.env.flush_all()
        self.assertEqual((self.line.qty_delivered, self.line.qty_to_invoice), (3, 2))
        with self.assertRaises(UserError):
            self.quote(self.time)
