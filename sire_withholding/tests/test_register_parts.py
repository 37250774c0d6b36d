"""The host's Register Payment, for an invoice that is paid in parts by a client that withholds: what it proposes is the next
money to expect, whatever was paid and certified before. Of KSh 98,600, KSh 29,580 is due today and the rest in 30 days."""

from odoo import Command
from odoo.tests import Form, freeze_time, tagged

from .common import WithholdingCommon


@tagged("post_install", "-at_install")
class TestRegisterParts(WithholdingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.term = cls.env["account.payment.term"].create(
            {
                "name": "30/70",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 30, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 70, "nb_days": 30}),
                ],
            }
        )
        cls.invoice = cls.make_parts()

    @classmethod
    def make_parts(cls, **values):
        return cls.make_bill(invoice_date_due=False, invoice_payment_term_id=cls.term.id, **values)

    def register(self, *records):
        records = records[0].union(*records)
        wizard = self.env["account.payment.register"].with_user(self.user_accountant)
        return wizard.with_context(active_model=records._name, active_ids=records.ids)

    def assertProposed(self, amount, *records):
        wizard = self.register(*records).create({})
        self.assertEqual(wizard.amount, amount)
        return wizard

    def pay(self, amount, invoice=None):
        return self.take_cash(invoice or self.invoice, amount)

    def test_nothing_paid(self):
        """What is withheld is taken from the earliest part, as reminders and the due date have it."""
        self.assertEqual(self.invoice._sire_get_due_amounts()[self.invoice][0], (self.day(0), 23630))
        wizard = self.assertProposed(29580 - 5950, self.invoice)
        self.assertEqual((wizard.installments_mode, wizard.installments_switch_amount), ("next", 98600))
        self.assertIn("KSh 5,950 more is withheld", wizard.installments_switch_html)
        self.assertEqual(wizard.payment_difference, 5950)

    def test_the_net_of_the_first_part_paid(self):
        self.pay(23630)
        wizard = self.assertProposed(69020, self.invoice)
        self.assertEqual((wizard.installments_mode, wizard.payment_difference), ("next", 5950))
        self.assertIn("KSh 5,950 more is withheld", wizard.installments_switch_html)
        wizard._create_payments()
        self.assertEqual((self.invoice.amount_residual, self.invoice.sire_awaited), (5950, 5950))
        self.assertEqual(self.invoice.sire_awaited_since, self.day(0))

    def test_the_net_of_its_own_share_paid(self):
        """Most clients keep 7 % of each part back: what they keep of the next one is still to be taken off."""
        self.pay(29580 - 1785)
        self.assertProposed(69020 - 5950 + 1785, self.invoice)._create_payments()
        self.assertEqual((self.invoice.amount_residual, self.invoice.sire_cash_expected), (5950, 0))

    def test_a_part_of_the_first_part_paid(self):
        self.pay(10000)
        self.assertProposed(13630, self.invoice)

    def test_certificates_came(self):
        self.pay(23630)
        self.record(self.invoice, 1700)
        self.assertProposed(69020, self.invoice)
        self.record(self.invoice, 4250, kind="tax", name="KRAWHT000001")
        wizard = self.assertProposed(69020, self.invoice)
        self.assertNotIn("withheld", wizard.installments_switch_html)

    def test_a_certificate_for_less(self):
        """What KRA never got is money to expect, and it is due with the first part."""
        self.pay(23630)
        self.record(self.invoice, 4000, kind="tax")
        self.assertEqual(self.invoice.sire_awaited, 1700)
        self.assertProposed(250, self.invoice)

    def test_all_parts_overdue(self):
        with freeze_time(self.days_later(40)):
            self.assertProposed(92650, self.invoice)
            self.pay(23630)
            self.assertEqual(self.assertProposed(69020, self.invoice).installments_mode, "overdue")

    def test_only_a_certificate_to_come(self):
        self.pay(92650)
        wizard = self.assertProposed(0, self.invoice)
        words = "No money is expected: KSh 5,950 is withheld, and a certificate is to come."
        self.assertIn(words, wizard.installments_switch_html)
        self.assertEqual(wizard.installments_switch_amount, 5950)
        with self.assertRefused(f"^{self.invoice.name}: {words} Type the amount if it was paid all the same.$"):
            wizard._create_payments()
        with Form(self.register(self.invoice)) as form:
            form.amount = wizard.installments_switch_amount
        form.record._create_payments()
        self.assertEqual(self.invoice.sire_status, "paid")

    def test_one_part_by_itself(self):
        """Of journal items that are chosen: what is withheld is the first part's."""
        first, second = self.invoice.line_ids.filtered(lambda line: line.display_type == "payment_term").sorted(
            "date_maturity"
        )
        self.assertProposed(69020, second)
        self.assertProposed(23630, first)

    def test_several_invoices(self):
        """What is withheld of one takes nothing from the other."""
        other = self.make_parts(amount=10000.0)  # KSh 3,480 and KSh 8,120, of which KSh 700 is withheld
        self.assertProposed(23630 + 2780, self.invoice, other)
        self.pay(23630)
        self.assertProposed(69020 + 2780, self.invoice, other)
        wizard = self.register(self.invoice, other).create({"group_payment": False})
        wizard._create_payments()
        self.assertEqual((self.invoice.amount_residual, other.amount_residual), (5950, 8820))
        self.assertProposed(8120, self.invoice, other)

    def test_several_invoices_at_once(self):
        other = self.make_parts(amount=10000.0)
        self.pay(23630)
        wizard = self.register(self.invoice, other).create({"group_payment": True})
        wizard._create_payments()
        self.assertEqual(self.invoice.amount_residual + other.amount_residual, 5950 + 8820)

    def test_credit_that_is_chosen_too(self):
        note = self.make_bill(amount=10000.0, move_type="out_refund")
        self.assertProposed(23630 - 11600, self.invoice, note)
        note = self.make_bill(amount=100000.0, move_type="out_refund")
        self.assertEqual(self.register(self.invoice, note).create({}).payment_type, "outbound")

    def test_in_another_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids.filtered(lambda rate: rate.company_id in (self.company, self.env["res.company"])).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "company_id": self.company.id, "name": "2020-01-01", "inverse_company_rate": 125}
        )
        invoice = self.make_parts(amount=1000.0, currency_id=dollar.id)  # $ 348 and $ 812, of which $ 70 is withheld
        shillings = {"currency_id": self.company.currency_id.id}
        wizard = self.register(invoice).create(shillings)
        self.assertEqual(wizard.amount, 278 * 125)
        wizard._create_payments()
        self.assertEqual(invoice.amount_residual, 882)
        wizard = self.register(invoice).create(shillings)
        self.assertEqual(wizard.amount, 812 * 125)
        self.assertIn("KSh 8,750 more is withheld", wizard.installments_switch_html)
        wizard._create_payments()
        self.assertEqual((invoice.amount_residual, invoice.sire_cash_expected), (70, 0))
