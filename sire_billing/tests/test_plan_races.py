"""A plan in several connections at once: each part has one invoice afterwards, and the parts add up."""

from functools import partial

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .. import gate
from .race_common import QuotationRaceCase


@tagged("post_install", "-at_install")
class TestPlanRaces(QuotationRaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            order = self.make_env(cr)["sale.order"].browse(self.order_id)
            order.write(
                {
                    "sire_invoicing": "milestones",
                    "sire_instalment_ids": [
                        Command.create({"name": "Deposit", "percent": 60, "due": "approval", "sequence": 1}),
                        Command.create({"name": "Middle", "percent": 33.33, "due": "step", "sequence": 2}),
                        Command.create({"name": "Balance", "basis": "rest", "due": "step", "sequence": 3}),
                    ],
                }
            )
            order.action_quotation_sent()

    def get_invoices(self):
        """:return: totals of the order's invoices, cancelled ones left out, and names of the parts they are for"""
        with self.registry.cursor() as cr:
            order = self.make_env(cr)["sale.order"].browse(self.order_id)
            moves = order.invoice_ids.filtered(lambda move: move.state == "posted").sorted("id")
            self.assertEqual(moves, moves.sire_instalment_id.move_id.sorted("id"))
            return [(move.sire_instalment_id.name, move.amount_total) for move in moves]

    def approve_plan(self, env):
        order = env["sale.order"].browse(self.order_id)
        return order._sire_approve("Jane Wanjiku", order.sire_sent_digest).name

    def approve_and_reach(self):
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            self.approve_plan(env)
            parts = env["sale.order"].browse(self.order_id).sire_instalment_ids
            for part in parts.filtered(lambda part: part.due == "step"):
                part.action_toggle_reached()
            return parts.ids

    def invoice(self, part_id, env):
        part = env["sire.order.instalment"].browse(part_id)
        part.action_invoice()
        return part.move_id.name

    def host_wizard(self, method, env, **values):
        order = env["sale.order"].browse(self.order_id)
        wizard = env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(order.ids)], "advance_payment_method": method, **values}
        )
        return wizard.create_invoices()

    def test_double_approval(self):
        names = self.run_all(*[self.approve_plan] * 4)
        self.assertEqual(len(set(names)), 1, names)
        self.assertEqual(self.get_invoices(), [("Deposit", 600)])

    def test_double_click_on_a_part(self):
        _deposit, middle, _balance = self.approve_and_reach()
        names = self.run_all(*[partial(self.invoice, middle)] * 4)
        self.assertEqual(len(set(names)), 1, names)
        self.assertRegex(str(names[0]), r"^INV/")
        self.assertEqual(self.get_invoices(), [("Deposit", 600), ("Middle", 333.3)])

    def test_last_part_against_the_one_before(self):
        """Whoever is first: the last part never takes what the other bills."""
        _deposit, middle, balance = self.approve_and_reach()
        results = self.run_all(partial(self.invoice, middle), partial(self.invoice, balance))
        self.assertNotIsInstance(results[0], Exception)
        if isinstance(results[1], Exception):
            self.assertIn("invoice “Middle” first", str(results[1]))
            with self.registry.cursor() as cr:
                self.invoice(balance, self.make_env(cr))
        self.assertEqual(self.get_invoices(), [("Deposit", 600), ("Middle", 333.3), ("Balance", 66.7)])

    def test_two_deposits_by_the_hosts_wizard(self):
        """On the host: 1,392 invoiced of 1,160."""
        self.approve_and_reach()
        results = self.run_all(*[partial(self.host_wizard, "percentage", amount=60)] * 2)
        for result in results:
            self.assertIsInstance(result, UserError)
            self.assertIn("is invoiced by its plan", str(result))
        self.assertEqual(self.get_invoices(), [("Deposit", 600)])

    def test_two_deposits_before_the_approval(self):
        for result in self.run_all(*[partial(self.host_wizard, "percentage", amount=60)] * 2):
            self.assertIsInstance(result, UserError)
        self.assertEqual(self.get_invoices(), [])

    def test_double_conversion(self):
        self.approve_and_reach()
        convert = partial(self.host_wizard, "delivered")
        for result in self.run_all(convert, convert):
            self.assertIsInstance(result, UserError)
        self.assertEqual(self.get_invoices(), [("Deposit", 600)])

    def test_double_conversion_without_a_plan(self):
        """All at approval: the wizard of the host, twice against the approval, makes nothing beside the one invoice."""
        self.order_id = self.order_ids[1]
        results = self.run_all(self.approve_plan, *[partial(self.host_wizard, "percentage", amount=60)] * 2)
        self.assertRegex(str(results[0]), r"^INV/")
        for result in results[1:]:
            self.assertIsInstance(result, UserError)
        with self.registry.cursor() as cr:
            order = self.make_env(cr)["sale.order"].browse(self.order_id)
            self.assertEqual(order.invoice_ids.mapped("amount_total"), [1000])

    def test_killed_in_the_middle(self):
        """A worker that dies before its commit leaves nothing, and the retry makes the one invoice."""
        _deposit, middle, _balance = self.approve_and_reach()
        cr = self.registry.cursor()
        self.invoice(middle, self.make_env(cr))
        cr.rollback()
        cr.close()
        self.assertEqual(self.get_invoices(), [("Deposit", 600)])
        for _retry in range(2):
            with self.registry.cursor() as cr:
                self.invoice(middle, self.make_env(cr))
        self.assertEqual(self.get_invoices(), [("Deposit", 600), ("Middle", 333.3)])

    def test_the_database_refuses_a_second_part_for_an_invoice(self):
        deposit, middle, _balance = self.approve_and_reach()
        with self.registry.cursor() as cr, self.assertRaises(Exception) as caught:
            env = self.make_env(cr)
            parts = env["sire.order.instalment"].browse([deposit, middle])
            gate.opened(parts[1]).move_id = parts[0].move_id
            env.flush_all()
        self.assertIn("move_unique", str(caught.exception))

    def clean_up(self):
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            moves = env["account.move"].search([("partner_id", "=", self.partner_id)])
            gate.opened(moves).sire_instalment_id = False
        super().clean_up()
