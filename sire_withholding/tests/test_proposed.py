"""Wherever an amount is proposed it is the money to expect; whoever pays more may."""

from odoo import Command
from odoo.tests import Form, tagged

from .common import WithholdingCommon


@tagged("post_install", "-at_install")
class TestProposed(WithholdingCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self.make_bill()

    def register(self, *invoices):
        moves = self.env["account.move"].union(*invoices)
        wizard = self.env["account.payment.register"].with_user(self.user_accountant)
        return wizard.with_context(active_model="account.move", active_ids=moves.ids)

    # === THE HOST'S WIZARD === #

    def test_register_payment(self):
        wizard = self.register(self.invoice).create({})
        self.assertEqual((wizard.amount, wizard.payment_difference_handling), (92650, "open"))
        wizard._create_payments()
        self.assertEqual((self.invoice.amount_residual, self.invoice.sire_awaited), (5950, 5950))

    def test_register_payment_says_why(self):
        wizard = self.register(self.invoice).create({})
        self.assertIn("KSh 5,950", wizard.installments_switch_html)
        self.assertEqual(wizard.installments_switch_amount, 98600)
        wizard.amount = 98600
        self.assertIn("KSh 5,950", wizard.installments_switch_html)
        self.assertEqual(wizard.installments_switch_amount, 92650)

    def test_the_whole_may_be_registered(self):
        with Form(self.register(self.invoice)) as form:
            form.amount = 98600
        form.record._create_payments()
        self.assertEqual(self.invoice.sire_status, "paid")

    def test_register_what_is_left_when_the_money_came(self):
        """Nothing is expected as money: what is registered all the same is typed."""
        self.take_cash(self.invoice, 92650)
        wizard = self.register(self.invoice).create({})
        self.assertEqual(wizard.amount, 0)
        with self.assertRefused("KSh 5,950 is withheld"):
            wizard._create_payments()
        wizard = self.register(self.invoice).create({"amount": 5950})
        wizard._create_payments()
        self.assertEqual(self.invoice.sire_status, "paid")

    def test_register_several_at_once(self):
        other = self.make_bill(amount=10000.0)
        wizard = self.register(self.invoice, other).create({"group_payment": False})
        wizard._create_payments()
        self.assertEqual((self.invoice.amount_residual, other.amount_residual), (5950, 700))
        third = self.make_bill(amount=10000.0)
        wizard = self.register(self.invoice, third).create({"group_payment": False})
        with self.assertRefused(f"Of {self.invoice.name} only a certificate is to come"):
            wizard._create_payments()
        self.assertEqual(third.amount_residual, 11600)

    def test_register_in_another_currency(self):
        dollar = self.use_dollars(125)
        invoice = self.make_bill(amount=1000.0, currency_id=dollar.id)
        wizard = self.register(invoice).create({"currency_id": self.company.currency_id.id})
        self.assertEqual(wizard.amount, 1090 * 125)

    def test_register_for_others(self):
        self.client.write({"sire_withholds_vat": False, "sire_withholds_tax": False})
        self.assertEqual(self.register(self.make_bill()).create({}).amount, 98600)

    # === CASH === #

    def test_cash_says_why_it_is_less(self):
        wizards = self.env["sire.cash.payment.wizard"].with_user(self.user_accountant)
        form = Form(wizards.with_context(default_move_id=self.invoice.id))
        self.assertEqual((form.payable, form.sire_awaited, form.amount), (98600, 5950, 92650))

    def test_cash_when_the_money_came(self):
        self.take_cash(self.invoice, 92650)
        with self.assertRefused("more than zero"):
            self.take_cash(self.invoice)
        self.take_cash(self.invoice, 5950)
        self.assertEqual(self.invoice.sire_status, "paid")

    # === M-PESA === #

    def set_up_mpesa(self):
        provider = self.env.ref("sire_mpesa.payment_provider_mpesa")
        provider.write({
            "company_id": self.company.id, "state": "test", "mpesa_shortcode": "174379",
            "mpesa_shortcode_type": "paybill", "mpesa_c2b_state": "registered", "mpesa_passkey": "x",
            "mpesa_consumer_key": "x", "mpesa_consumer_secret": "x",
        })  # fmt: skip

    def request(self, *invoices):
        self.set_up_mpesa()
        moves = self.env["account.move"].union(*invoices).with_user(self.user_accountant)
        return self.env["sire.mpesa.request.wizard"].with_user(self.user_accountant)._make(moves)

    def test_a_prompt_for_one_invoice(self):
        wizard = self.request(self.invoice)
        self.assertEqual((wizard.amount, wizard.payable), (92650, 98600))

    def test_a_prompt_for_several(self):
        other = self.make_bill(amount=10000.0)
        wizard = self.request(self.invoice, other)
        self.assertEqual(wizard.amount, 92650 + 10900)
        wizard.invoice_ids = [Command.set(other.ids)]
        self.assertEqual(wizard.amount, 10900)

    def test_no_prompt_when_the_money_came(self):
        self.take_cash(self.invoice, 92650)
        self.assertEqual(self.request(self.invoice).amount, 0)

    def test_pay_bill_and_code(self):
        self.set_up_mpesa()
        invoice = self.make_bill(amount=10000.0)
        self.assertEqual(invoice._mpesa_get_pay_bill()["amount"], 10900)
        self.take_cash(invoice, 10900)
        self.assertFalse(invoice._mpesa_get_pay_bill())

    # === THE HOST'S LINK === #

    def test_payment_link(self):
        values = self.invoice._get_default_payment_link_values()
        self.assertEqual((values["amount"], values["amount_max"]), (92650, 98600))
