"""What the invoice of a client that withholds asks for, and when it is overdue."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.sire_billing.controllers.client_page_content import ClientPage

from .common import WithholdingCommon


@tagged("post_install", "-at_install")
class TestExpected(WithholdingCommon):
    def test_defaults_of_the_client(self):
        invoice = self.make_bill()
        self.assertEqual(invoice.amount_total, 98600)
        self.assertEqual((invoice.sire_vat_withheld_rate, invoice.sire_tax_withheld_rate), (2, 5))
        self.assertEqual((invoice.sire_vat_withheld, invoice.sire_tax_withheld), (1700, 4250))
        self.assertEqual((invoice.sire_awaited, invoice.sire_cash_expected), (5950, 92650))
        self.assertFalse(invoice.sire_awaited_since)

    def test_a_contact_of_the_client(self):
        contact = self.env["res.partner"].create({"name": "Jane", "parent_id": self.client.id, "email": "j@a.example"})
        self.assertTrue(contact.sire_withholds_vat)
        self.assertEqual(self.make_bill(partner_id=contact.id).sire_vat_withheld, 1700)

    def test_an_approved_quotation(self):
        invoice = self.make_invoice()
        self.assertEqual(invoice.sire_vat_withheld, invoice.currency_id.round(invoice.amount_untaxed * 0.02))
        self.assertEqual(invoice.sire_tax_withheld, invoice.currency_id.round(invoice.amount_untaxed * 0.05))

    def test_others_are_asked_for_all(self):
        self.client.write({"sire_withholds_vat": False, "sire_withholds_tax": False})
        invoice = self.make_bill()
        self.assertEqual((invoice.sire_awaited, invoice.sire_cash_expected), (0, 98600))
        self.assertEqual(invoice._sire_say_withheld(), "")

    def test_no_vat_is_withheld_where_there_is_none(self):
        zero = self.tax.copy({"name": "Zero rated", "amount": 0})
        invoice = self.make_bill(tax=zero)
        self.assertEqual((invoice.sire_vat_withheld, invoice.sire_tax_withheld), (0, 4250))

    def test_cents(self):
        invoice = self.make_bill(amount=1234.56)
        self.assertEqual((invoice.sire_vat_withheld, invoice.sire_tax_withheld), (24.69, 61.73))

    def test_agreed_after_the_invoice_was_issued(self):
        self.client.write({"sire_withholds_vat": False, "sire_withholds_tax": False})
        invoice = self.make_bill()
        self.client.sire_withholds_vat = True
        self.assertEqual(invoice.sire_awaited, 0)  # what was issued stays until somebody says otherwise
        invoice.with_user(self.user_accountant).sire_vat_withheld_rate = 2
        self.assertEqual(invoice.sire_awaited, 1700)

    def test_rates_that_are_none(self):
        invoice = self.make_bill(post=False)
        for rate in (-1, 31):
            for record, name in ((invoice, "sire_vat_withheld_rate"), (self.client, "sire_tax_withholding_rate")):
                with self.subTest(rate=rate, name=name), self.assertRefused("from 0 to 30", ValidationError):
                    record[name] = rate

    def test_overdue_for_the_money_only(self):
        invoice = self.make_bill(due=5)
        with freeze_time(self.days_later(6)):
            self.assertTrue(self.env["account.move"].search([("id", "=", invoice.id), ("sire_status", "=", "overdue")]))
        self.take_cash(invoice, 92650)
        self.assertEqual(invoice.sire_status, "partial")
        self.assertFalse(invoice.sire_next_due)
        self.assertEqual(invoice.sire_awaited_since, self.day(0))
        with freeze_time(self.days_later(60)):
            self.env.invalidate_all()
            self.assertFalse(invoice.sire_overdue)
            self.assertEqual(self.env["account.move"]._cron_sire_statuses(), (0, 0))
            self.assertEqual(invoice.sire_status, "partial")

    def test_overdue_when_a_shilling_of_the_money_is_missing(self):
        invoice = self.make_bill(due=5)
        self.take_cash(invoice, 92649)
        self.assertEqual(invoice.sire_next_due, self.day(5))
        self.assertFalse(invoice.sire_awaited_since)

    def test_cash_wizard_proposes_the_money(self):
        invoice = self.make_bill()
        payment = self.take_cash(invoice)
        self.assertEqual((payment.amount, invoice.amount_residual), (92650, 5950))

    def test_all_of_it_may_be_paid(self):
        invoice = self.make_bill()
        self.take_cash(invoice, 98600)
        self.assertEqual((invoice.sire_status, invoice.sire_awaited), ("paid", 0))

    def test_more_than_all_may_not(self):
        with self.assertRefused("98,600"):
            self.take_cash(self.make_bill(), 98600.01)

    def test_a_credit_note_takes_its_share_away(self):
        invoice = self.make_bill()
        note = invoice._reverse_moves([{"invoice_date": self.day(0)}])
        note.invoice_line_ids.price_unit = 35000
        note.action_post()
        self.assertEqual((invoice.sire_vat_withheld, invoice.sire_tax_withheld), (1000, 2500))
        (invoice | note).line_ids.filtered(lambda line: line.display_type == "payment_term").reconcile()
        self.assertEqual((invoice.amount_residual, invoice.sire_cash_expected), (58000, 54500))

    def test_instalments(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "30/70",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 30, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 70, "nb_days": 30}),
                ],
            }
        )
        invoice = self.make_bill(invoice_date_due=False, invoice_payment_term_id=term.id)
        self.take_cash(invoice, 29580 - 1785)
        rows = invoice._sire_get_due_amounts()[invoice]
        self.assertEqual([day for day, _amount in rows], [self.day(30)])
        self.assertAlmostEqual(sum(amount for _day, amount in rows), 92650 - 27795, 2)

    def test_the_client_reads_it(self):
        invoice = self.make_bill()
        words = "You withhold KSh 1,700 VAT and KSh 4,250 tax; pay KSh 92,650, and send us the certificate."
        self.assertEqual(invoice._sire_say_withheld(), words)
        link = self.env["sire.client.link"]._for(invoice)
        page = ClientPage(link)
        self.assertEqual(page.env["account.move"].browse(invoice.id)._sire_get_proposed(), 92650)
        html = self.env["ir.actions.report"]._render_qweb_html("account.account_invoices", invoice.ids)[0].decode()
        self.assertIn("pay KSh 92,650", html)
        self.assertIn("To pay: <span>KSh 92,650</span>", html)
        self.take_cash(invoice, 92650)
        self.assertEqual(
            invoice._sire_say_withheld(),
            "You withheld KSh 1,700 VAT and KSh 4,250 tax: please send us the certificate.",
        )
