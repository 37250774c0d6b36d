"""Money on its way back to the client is no prompt: the page neither waits for it nor thanks for it."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sire_billing.controllers.client_page_content import ClientPage

from .client_page_common import ClientPageCommon


@tagged("post_install", "-at_install")
class TestClientPageRefund(ClientPageCommon):
    def setUp(self):
        super().setUp()
        self.order = self.make_order(1000)
        self.approve(self.order)
        self.invoice = self.order.invoice_ids
        self.pay(self.order, amount="1000")
        self.tx = self.transactions(self.invoice)
        self.finish(self.tx)
        self.note = self.invoice._reverse_moves([{"invoice_date": self.invoice.invoice_date}])
        self.note.action_post()
        self.refund = self.tx._create_child_transaction(1000, is_refund=True)
        self.refund._set_pending()

    def test_on_its_way(self):
        self.assertEqual(self.refund.invoice_ids, self.note)
        self.assertIn(self.note, self.order.invoice_ids)
        self.assertNotIn("http-equiv", self.read(self.path(self.order)))
        self.assertEqual(self.fetch(f"{self.path(self.order)}/status").status_code, 200)
        page = ClientPage(self.env["sire.client.link"].sudo()._for(self.order).sudo())
        self.assertFalse(page.live)
        self.assertEqual(page.get_money(self.note)["left"], 0)

    def test_keeps_no_new_invoice_locked(self):
        invoice = self.make_invoice(400)
        invoice.line_ids.sale_line_ids = False
        self.order.order_line[:1].invoice_lines = [Command.link(invoice.invoice_line_ids[:1].id)]
        self.assertIn(invoice, self.order.invoice_ids)
        self.pay(self.order, amount="400", invoice=invoice)
        self.assertEqual(self.transactions(invoice).mapped("state"), ["pending"])

    def test_ended(self):
        """What went back is nothing that has just been received."""
        self.refund._set_done()
        page = ClientPage(self.env["sire.client.link"].sudo()._for(self.order).sudo())
        self.assertEqual(page.attempts, self.tx)
        self.assertNotEqual(page.get_received(self.note), self.refund)
