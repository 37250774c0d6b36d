"""What the page says of an invoice that is late, and of one that was taken back."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.sire_base.utils.eat import eat_today

from .client_page_common import ClientPageCommon


@tagged("post_install", "-at_install")
class TestClientPageStatus(ClientPageCommon):
    def invoice_of(self, days):
        """:return: an invoice that was due so many days ago in Nairobi"""
        order = self.make_order(1000, payment_term_id=self.env.ref("account.account_payment_term_immediate").id)
        at = fields.Datetime.now() - timedelta(days=days)
        invoice = order._sire_approve("Jane Wanjiku", order._sire_digest(), approved_at=at)
        self.assertEqual(invoice.invoice_date_due, eat_today() - timedelta(days=days))
        return invoice

    def test_due_today_is_not_late(self):
        html = self.read(self.path(self.invoice_of(0)))
        self.assertIn("To be paid", html)
        self.assertNotIn("Overdue", html)

    def test_late_since_the_day_after(self):
        invoice = self.invoice_of(3)
        html = self.read(self.path(invoice))
        self.assertRegex(html, r'class="pill overdue">\s*Overdue\s*</p>')
        since = eat_today() - timedelta(days=2)
        self.assertIn(f"Overdue since {since.strftime('%d/%m/%Y')}", html)
        self.assertIn("Pay KSh 1,000", html)

    def test_a_void_invoice_asks_for_nothing(self):
        invoice = self.make_invoice(1000)
        note = invoice._sire_void("Wrong client")
        for record in (invoice, invoice.sire_order_id):
            html = self.read(self.path(record))
            self.assertIn("This invoice is void: nothing is to be paid", html)
            self.assertIn("Wrong client", html)
            self.assertIn(note.name, html)
            self.assertIn('class="pill void"', html)
            for wrong in ("Paid", "Thank you", "Received", "Pay KSh", "Reversal of"):
                self.assertNotIn(wrong, html)

    def test_a_credited_invoice_is_no_paid_one(self):
        invoice = self.make_invoice(1000)
        invoice._reverse_moves([{"invoice_date": invoice.invoice_date}], cancel=True)
        html = self.read(self.path(invoice))
        self.assertIn("Credited in full: nothing is left to pay", html)
        self.assertIn('class="pill credited"', html)
        self.assertNotIn("Paid in full", html)

    def test_a_credit_note_is_called_one(self):
        invoice = self.make_invoice(1000)
        note = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}], cancel=True)
        html = self.read(self.path(note))
        self.assertIn("Credit note for Acacia Hotels Ltd", html)
        self.assertIn(f"taken off invoice {invoice.name}", html)
        for wrong in ("Invoice for", "Not ready", 'class="pill'):
            self.assertNotIn(wrong, html)

    def test_amounts_stay_on_one_line(self):
        html = self.fetch(self.path(self.invoice_of(0))).text
        self.assertIn("KSh\N{NO-BREAK SPACE}1,000", html)
        self.assertFalse("KSh 1,000</" in html.replace("Pay KSh 1,000</", ""))
