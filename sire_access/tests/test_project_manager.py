from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.sire_access.tests.common import SireRoles


@tagged("post_install", "-at_install")
class TestProjectManager(SireRoles, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_business()
        cls.pm_env = cls.env(user=cls.user_manager)

    def test_makes_projects_clients_and_quotations(self):
        client = self.pm_env["res.partner"].create({"name": "Baobab School"})
        project = self.pm_env["project.project"].create({"name": "Portal", "partner_id": client.id})
        project.write({"task_ids": [Command.create({"name": "Plan"})]})
        order = self.pm_env["sale.order"].create(
            {
                "partner_id": client.id,
                "project_id": project.id,
                "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 2})],
            }
        )
        order.order_line.price_unit = 3000.0
        self.assertEqual(order.amount_untaxed, 6000.0)
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")

    def test_reads_invoices_and_payments(self):
        self.assertEqual(self.pm_env["account.move"].browse(self.invoice.id).amount_untaxed, 20000.0)
        self.assertEqual(self.pm_env["account.payment"].browse(self.payment.id).amount, 1000.0)
        self.assertTrue(self.pm_env["payment.transaction"].has_access("read"))

    def test_reads_no_payment_to_a_supplier(self):
        paid_out = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "supplier",
                "partner_id": self.client.id,
                "amount": 700.0,
                "journal_id": self.bank_journal.id,
            }
        )
        self.assertFalse(self.pm_env["account.payment"].browse(paid_out.id).has_access("read"))
        for user in (self.user_admin, self.user_accountant, self.user_viewer):
            self.assertTrue(paid_out.with_user(user).has_access("read"), user.login)

    def test_posts_no_invoice_and_registers_no_payment(self):
        with self.assertRaises(UserError):
            self.pm_env["account.move"].browse(self.draft_invoice.id).action_post()
        self.assertEqual(self.draft_invoice.state, "draft")
        with self.assertRaises(AccessError):
            self.pm_env["account.payment.register"].with_context(
                active_model="account.move", active_ids=self.invoice.ids
            ).create({"amount": 10})
        with self.assertRaises(AccessError):
            self.pm_env["account.payment"].create({"amount": 10, "partner_id": self.client.id})
        with self.assertRaises(AccessError):
            self.pm_env["account.move"].browse(self.invoice.id).button_draft()
        with self.assertRaises(AccessError):
            self.pm_env["account.move"].create({"move_type": "out_invoice", "partner_id": self.client.id})

    def test_makes_no_invoice_past_the_approval(self):
        with self.assertRaises(AccessError):
            self.pm_env["sale.advance.payment.inv"].create(
                {"advance_payment_method": "delivered", "sale_order_ids": [Command.set(self.order.ids)]}
            )

    def test_changes_no_bank_account_of_a_client(self):
        with self.assertRaises(AccessError):
            self.pm_env["res.partner.bank"].create({"acc_number": "0123456789", "partner_id": self.client.id})
