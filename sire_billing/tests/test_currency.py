"""An invoice in another currency: paid in shillings or in its own, its rest ends at exactly zero."""

from odoo import Command
from odoo.tests import tagged

from .currency_common import CurrencyCommon


@tagged("post_install", "-at_install")
class TestCurrency(CurrencyCommon):
    def test_paid_in_shillings_at_another_rate(self):
        invoice = self.make_bill(1000, rate=130.0, day=-20)
        self.assertEqual((invoice.amount_total, invoice.amount_total_signed), (1160, 150800))
        self.set_rate(127.5, 0)
        payment = self.pay(invoice, 147900, self.shilling)
        self.assertEqual(payment.currency_id, self.shilling)
        self.assertSettled(invoice)
        self.assertEqual(self.get_exchange(invoice), -2900)

    def test_gain(self):
        invoice = self.make_bill(1000, rate=127.5, day=-20)
        self.set_rate(130.0, 0)
        self.pay(invoice, 150800, self.shilling)
        self.assertSettled(invoice)
        self.assertEqual(self.get_exchange(invoice), 2900)

    def test_no_difference_without_one(self):
        invoice = self.make_bill(1000, rate=130.0, day=0)
        self.pay(invoice, 150800, self.shilling)
        self.assertSettled(invoice)
        self.assertEqual(self.get_exchange(invoice), 0)

    def test_parts_in_both_currencies(self):
        invoice = self.make_bill(1000, rate=130.0, day=-20)
        self.set_rate(128.37, -2)
        self.pay(invoice, 333.33, self.dollar, day=-2)
        self.set_rate(131.11, 0)
        self.pay(invoice, 50000, self.shilling)
        self.assertEqual(invoice.sire_status, "partial")
        self.assertLedger(invoice)
        self.pay_rest(invoice, self.shilling)
        self.assertSettled(invoice)

    def test_cash_in_dollars(self):
        invoice = self.make_bill(1000, rate=130.0, day=-20)
        self.set_rate(127.5, 0)
        payment = self.take_cash(invoice)
        self.assertEqual(
            (payment.amount, payment.currency_id, bool(payment.sire_receipt_number)), (1160, self.dollar, True)
        )
        self.assertSettled(invoice)
        self.assertEqual(self.get_exchange(invoice), -2900)

    def test_more_than_is_left(self):
        invoice = self.make_bill(1000, rate=130.0, day=-20)
        for amount, currency in ((150800.01, self.shilling), (1160.01, self.dollar)):
            with self.subTest(currency=currency.name), self.assertRefused("USD 1,160"):
                self.pay(invoice, amount, currency)
        self.assertEqual(invoice.amount_residual, 1160)

    def test_m_pesa_is_in_shillings(self):
        invoice = self.make_bill(1000, rate=130.0, day=-20)
        with self.assertRefused("is in USD and has to be paid in USD"):
            invoice._sire_check_payable(1160, currency=self.shilling)
        self.assertEqual(invoice._sire_get_paybill(), {})

    def test_credit_note_in_the_same_currency(self):
        invoice = self.make_bill(1000, rate=130.0, day=-20)
        self.set_rate(127.5, 0)
        note = self.credit(invoice, 400)
        self.pay_rest(invoice, self.shilling)
        self.assertSettled(invoice)
        self.assertSettled(note)

    def test_credit_note_at_another_rate_is_no_money(self):
        """The difference of rates is matched with the credit note, too, or with the invoice: nobody paid it."""
        for rate in (127.5, 132.5):
            with self.subTest(rate=rate):
                invoice = self.make_bill(1000, rate=130.0, day=-20)
                self.set_rate(rate, 0)
                part = self.credit(invoice, 400)
                self.assertEqual((invoice.sire_status, part.sire_status), ("partial", "credited"))
                rest = invoice._reverse_moves([{"invoice_date": self.day(0)}])
                rest.invoice_line_ids.price_unit = 600
                rest.action_post()
                self.assertEqual((invoice.sire_status, rest.sire_status), ("credited", "credited"))

    def test_statement_has_both(self):
        invoice = self.make_bill(1000, rate=130.0, day=-20)
        plain = self.make_bill(100, currency=self.shilling, day=-20)
        self.set_rate(127.5, 0)
        self.pay(invoice, 63750, self.shilling)
        statements = self.client._sire_get_statement(self.company, self.day(-30), self.day(0))
        self.assertEqual([found["currency"].name for found in statements], ["KES", "USD"])
        shillings, dollars = statements
        self.assertEqual((dollars["charged"], dollars["closing"]), (1160, 660))
        self.assertEqual(shillings["closing"], plain.amount_residual)
        self.assertEqual(dollars["open"], [(invoice, 660)])
        self.assertIn("KSh 63,750", [row["reference"] for row in dollars["rows"]])

    def test_client_page(self):
        invoice = self.make_bill(1000, rate=130.0, day=-20)
        self.set_rate(127.5, 0)
        self.pay(invoice, 63750, self.shilling)
        page = self.get_page(invoice)
        sums = page.get_money(invoice)
        self.assertEqual((sums["paid"], sums["left"]), (500, 660))
        self.assertEqual(page.say_left(invoice, sums)[:21], "left of USD\N{NO-BREAK SPACE}1,160, to")
        self.assertEqual([row["amount"] for row in page.get_payments(invoice)], ["USD\N{NO-BREAK SPACE}500"])
        self.assertFalse(page.can_pay(invoice))

    def test_bank_statement_line(self):
        invoice = self.make_bill(1000, rate=130.0, day=-20)
        self.set_rate(127.5, 0)
        self.match_bank_line(invoice, 147900)
        self.assertSettled(invoice)

    def test_a_currency_finer_than_our_cent(self):
        """A Kenyan cent is a fifth of a Tanzanian shilling: what is left after the last one cannot be paid."""
        tanzania = self.env.ref("base.TZS")
        tanzania.active = True
        self.set_rate(0.0511, -20, tanzania)
        invoice = self.make_bill(9999.93, currency=tanzania, day=-20)
        self.set_rate(0.0497, 0, tanzania)
        self.pay_rest(invoice, self.shilling)
        self.assertSettled(invoice)

    def test_a_part_that_could_be_paid_stays(self):
        invoice = self.make_bill(1000, rate=130.0, day=0)
        self.pay(invoice, 150798.7, self.shilling)
        self.assertEqual(invoice.amount_residual, 0.01)

    def test_currency_without_decimals(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        self.set_rate(0.8619, -20, yen)
        invoice = self.make_bill(12345, currency=yen, day=-20, tax=False)
        self.set_rate(0.8731, 0, yen)
        self.pay_rest(invoice, self.shilling)
        self.assertSettled(invoice)

    def test_line_that_has_a_discount(self):
        line = Command.create(
            {
                "name": "Work",
                "price_unit": 99.99,
                "quantity": 3,
                "discount": 7.5,
                "tax_ids": [Command.set(self.tax.ids)],
            }
        )
        invoice = self.make_bill(0, rate=129.17, day=-3, invoice_line_ids=[line])
        self.set_rate(128.9, 0)
        self.pay_rest(invoice, self.shilling)
        self.assertSettled(invoice)
