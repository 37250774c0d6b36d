"""An invoice of a plan that is credited, cancelled or deleted: its part is billed again by staff, and nothing is billed twice."""

from odoo.tests import tagged

from .. import gate
from .plan_common import PlanCommon


@tagged("post_install", "-at_install")
class TestPlanCredited(PlanCommon):
    def test_credited_and_again(self):
        order = self.make_plan()
        invoice = self.approve(order)
        deposit, balance = order.sire_instalment_ids
        self.credit(invoice.with_env(self.env))
        self.assertEqual(deposit.state, "credited")
        # the link bills nobody again
        self.assertEqual(self.approve(order), invoice)
        self.assertEqual(deposit.sudo().move_id, invoice)
        balance.action_toggle_reached()
        with self.assertRefused("invoice “Deposit” first"):
            balance.action_invoice()
        with self.assertRefused("write why"):
            deposit._sire_invoice()
        action = deposit.with_user(self.user_accountant).action_invoice()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.user_accountant)
            .with_context(**action["context"])
            .create({"reason": "Wrong name"})
        )
        wizard.action_confirm()
        again = deposit.sudo().move_id
        self.assertNotEqual(again, invoice)
        self.assertEqual(again.amount_total, invoice.amount_total)
        self.assertIn("Wrong name", order.message_ids[:3].mapped("body").__str__())
        balance.action_invoice()
        self.assertBilled(order)
        live = order.sudo().invoice_ids.filtered(lambda move: move.state == "posted")
        self.assertEqual(sum(-move.amount_total_signed for move in live), -order.amount_total)

    def test_last_part_credited_and_again(self):
        order = self.make_plan()
        self.approve(order)
        balance = order.sire_instalment_ids[1]
        balance.action_toggle_reached()
        balance.action_invoice()
        first = balance.sudo().move_id
        self.credit(first)
        balance._sire_invoice(reason="Wrong name")
        self.assertNotEqual(balance.sudo().move_id, first)
        self.assertEqual(balance.sudo().move_id.amount_total, first.amount_total)
        self.assertBilled(order)

    def test_forgiven_is_not_billed_later(self):
        """A credit note over some of the deposit: the host would have all of the deposit invoiced with the rest."""
        order = self.make_plan()
        invoice = self.approve(order).with_env(self.env)
        self.credit(invoice, amount=1000)
        deposit, balance = order.sire_instalment_ids
        self.assertEqual(deposit.state, "invoiced")
        balance.action_toggle_reached()
        balance.action_invoice()
        self.assertBilled(order)
        self.assertEqual(sum(order.sudo().invoice_ids.mapped("amount_total_signed")), order.amount_total - 1000)

    def test_paid_then_credited(self):
        order = self.make_plan()
        invoice = self.approve(order).with_env(self.env)
        self.take_cash(invoice)
        self.credit(invoice)
        self.assertEqual(order.sire_instalment_ids[0].state, "credited")

    def test_deleted_draft(self):
        """An invoice that is taken back and deleted leaves a part that only staff invoices again, with a reason."""
        order = self.make_plan()
        opened = gate.opened(self.approve(order).with_env(self.env))  # past the guard of what was sent
        opened.button_draft()
        opened.with_context(force_delete=True).unlink()
        self.assertFalse(self.approve(order))
        deposit = order.sire_instalment_ids[0]
        with self.assertRefused("write why"):
            deposit._sire_invoice()
        deposit._sire_invoice(reason="Deleted by mistake")
        self.assertBilled(order, deposit.amount)

    def test_cancel_of_an_invoiced_plan(self):
        order = self.make_plan()
        self.approve(order)
        with self.assertRefused("is invoiced by"):
            order.with_user(self.user_admin)._action_cancel()
