from odoo import Command
from odoo.exceptions import AccessError, UserError
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
        down_payment = self.env["sale.order.line"].create(
            {"order_id": self.order.id, "name": "Half before", "is_downpayment": True, "product_uom_qty": 0.0}
        )
        line = {"name": "Half before", "quantity": 1, "price_unit": 9000.0, "tax_ids": [Command.clear()]}
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.client.id,
                "invoice_date": "2026-11-20",
                "invoice_line_ids": [
                    Command.create({**line, "is_downpayment": True, "sale_line_ids": [Command.set(down_payment.ids)]})
                ],
            }
        )
        self.assertFalse(down_payment.price_unit)
        invoice.with_user(self.user_accountant).action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(down_payment.price_unit, 9000.0)

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
        with self.assertRaises(UserError):  # An access error, or the sentence of a module above.
            self.acc_env["sale.order"].browse(self.order.id).action_confirm()
        self.assertNotEqual(self.order.state, "sale")
        with self.assertRaises(AccessError):
            self.acc_env["project.task"].create({"name": "x", "project_id": self.project.id})

    def test_no_settings(self):
        for model in ("res.config.settings", "res.company", "ir.config_parameter", "account.tax", "payment.provider"):
            self.assertFalse(self.acc_env[model].has_access("write"), model)
