from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from odoo.addons.sire_access.tests.common import SireRoles


@tagged("post_install", "-at_install")
class TestAccountant(SireRoles, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_business()
        cls.acc_env = cls.env(user=cls.user_accountant)

    def test_invoices_and_payments(self):
        invoice = self.acc_env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.client.id,
                "invoice_date": "2026-11-20",
                "invoice_line_ids": [Command.create({"product_id": self.product.id, "quantity": 1})],
            }
        )
        invoice.action_post()
        self.acc_env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"journal_id": self.bank_journal.id}).action_create_payments()
        self.assertTrue(invoice.currency_id.is_zero(invoice.amount_residual))

    def test_a_down_payment_invoice_is_posted(self):
        """Posting writes the down payment line of the order, which the accountant else only reads."""
        self.order.action_confirm()
        self.env["sale.advance.payment.inv"].with_context(active_ids=self.order.ids).create(
            {"advance_payment_method": "percentage", "amount": 50, "sale_order_ids": [Command.set(self.order.ids)]}
        ).create_invoices()
        invoice = self.order.invoice_ids
        invoice.with_user(self.user_accountant).action_post()
        self.assertEqual(invoice.state, "posted")

    def test_makes_and_corrects_clients(self):
        client = self.acc_env["res.partner"].create({"name": "Baobab School"})
        client.email = "office@baobab.example"

    def test_reads_projects_and_quotations(self):
        self.assertEqual(self.acc_env["project.project"].browse(self.project.id).name, "Booking website")
        self.assertEqual(self.acc_env["project.task"].browse(self.task.id).name, "Design")
        self.assertEqual(self.acc_env["sale.order"].browse(self.order.id).amount_untaxed, 20000.0)
        self.assertTrue(self.acc_env["sale.report"].has_access("read"))

    def test_changes_no_project_and_no_quotation(self):
        for record, values in (
            (self.project, {"name": "x"}),
            (self.task, {"name": "x"}),
            (self.order, {"note": "x"}),
            (self.order.order_line, {"price_unit": 1.0}),
        ):
            with self.subTest(record=record), self.assertRaises(AccessError):
                self.acc_env[record._name].browse(record.id).write(values)
        with self.assertRaises(AccessError):
            self.acc_env["sale.order"].browse(self.order.id).action_confirm()
        with self.assertRaises(AccessError):
            self.acc_env["project.task"].create({"name": "x", "project_id": self.project.id})

    def test_no_settings(self):
        for model in ("res.config.settings", "res.company", "ir.config_parameter", "account.tax", "payment.provider"):
            self.assertFalse(self.acc_env[model].has_access("write"), model)
