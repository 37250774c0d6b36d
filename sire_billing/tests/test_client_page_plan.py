"""The client's page of a quotation with a plan: what is paid, what is due now, what is to come."""

from odoo import Command
from odoo.tests import tagged

from .client_page_common import ClientPageCommon


@tagged("post_install", "-at_install")
class TestClientPagePlan(ClientPageCommon):
    def make_plan(self, due="approval"):
        order = self.make_order(1000, sent=False)
        order.write(
            {
                "sire_invoicing": "milestones",
                "sire_instalment_ids": [
                    Command.create({"name": "Deposit", "percent": 30, "due": due, "sequence": 1}),
                    Command.create({"name": "Balance", "basis": "rest", "due": "step", "sequence": 2}),
                ],
            }
        )
        order.action_quotation_sent()
        return order

    def test_before_the_approval(self):
        html = self.read(self.path(self.make_plan()))
        self.assertIn("Invoicing plan", html)
        self.assertIn("you get an invoice for KSh 300 (Deposit)", html)
        self.assertIn("when this step is reached", html)
        html = self.read(self.path(self.make_plan(due="step")))
        self.assertIn("Nothing is to be paid at once", html)
        self.assertNotIn("Invoicing plan", self.read(self.path(self.make_order(1000))))

    def test_deposit_then_the_balance(self):
        order = self.make_plan()
        self.approve(order)
        deposit, balance = order.sire_instalment_ids
        html = self.read(self.path(order))
        self.assertIn("Pay KSh 300<", html)
        self.assertIn("To be paid now", html)
        self.assertIn("To come", html)
        self.pay(order, amount="300")
        self.finish(self.transactions(order.invoice_ids))
        html = self.read(self.path(order))
        self.assertNotIn("To be paid now", html)
        self.assertNotIn("Pay KSh", html)
        self.assertIn("Partially paid", html)
        self.assertIn("To come", html)
        balance.action_toggle_reached()
        balance.action_invoice()
        html = self.read(self.path(order))
        self.assertIn("Pay KSh 700<", html)
        # what is due now stands before what is paid
        self.assertLess(
            html.index(f'id="invoice-{balance.move_id.id}"'), html.index(f'id="invoice-{deposit.move_id.id}"')
        )
        self.pay(order, amount="700", invoice=balance.move_id)
        self.finish(self.transactions(balance.move_id), receipt="UKL7XQ2M5Q")
        self.assertEqual(order.sire_instalment_ids.mapped("state"), ["paid", "paid"])
        self.assertEqual(sum(order.invoice_ids.mapped("amount_total")), 1000)

    def test_nothing_due_with_the_approval(self):
        order = self.make_plan(due="step")
        for _time in range(2):
            self.assertIn(self.approve(order).status_code, (200, 303))
        html = self.read(self.path(order))
        self.assertIn("The first invoice comes with the first part of the plan", html)
        self.assertFalse(order.invoice_ids)

    def test_plan_on_the_print(self):
        order = self.make_plan()
        html = self.env["ir.actions.report"]._render_qweb_html("sale.action_report_saleorder", order.ids)[0].decode()
        self.assertIn("Invoicing plan", html)
        self.assertIn("at approval", html)
        self.assertNotIn("Your invoice is ready at once", html)
