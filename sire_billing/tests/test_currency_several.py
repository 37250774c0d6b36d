"""One payment in shillings for several invoices in dollars: what the receipt, the invoices and the statement say is one story."""

import lxml.html
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from .currency_common import CurrencyCommon
from .property_common import PropertyMixin, searched


@tagged("post_install", "-at_install")
class TestCurrencySeveral(PropertyMixin, CurrencyCommon):
    """USD 1,160 due earlier and USD 580 due later, each of a day with a rate of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cash = cls.env["account.journal"].search(
            [("type", "=", "cash"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.make_two_bills()

    def pay_both(self, amount, day=0, moves=None):
        wizard = self.env["account.payment.register"].with_user(self.user_accountant)
        wizard = wizard.with_context(active_model="account.move", active_ids=(moves or self.both).ids).create(
            {
                "group_payment": True,
                "journal_id": self.cash.id,
                "currency_id": self.shilling.id,
                "payment_date": self.day(day),
            }
        )
        wizard.amount = amount
        return wizard._create_payments().with_env(self.env)

    def statements(self):
        found = self.client._sire_get_statement(self.company, self.day(-30), self.day(0))
        return {one["currency"]: one for one in found}

    def assertStatement(self, moves):
        """Each table ends with what is open in its currency, and the ledger has nothing that is open in shillings alone."""
        found = self.statements()
        lines = self.get_receivables(moves)
        for currency in (self.shilling, self.dollar):
            left = sum(
                lines.filtered(lambda line, one=currency: line.currency_id == one).mapped("amount_residual_currency")
            )
            closing = found[currency]["closing"] if currency in found else 0.0
            self.assertEqual(currency.compare_amounts(closing, left), 0)
            if currency in found:
                ages = sum(found[currency]["ages"]) + found[currency]["unused"]
                self.assertEqual(currency.compare_amounts(closing, ages), 0)
        owed = sum(moves.mapped("amount_residual"))
        self.assertEqual(self.dollar.compare_amounts(found[self.dollar]["closing"], owed), 0)

    def read(self, payment, name="receipt"):
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html(f"sire_billing.report_sire_{name}", payment.ids, data={"report_type": "pdf"})[0]
        return " ".join(lxml.html.fromstring(html).text_content().split()).replace("\N{NO-BREAK SPACE}", " ")

    def test_the_receipt_speaks_of_each_invoice_in_its_currency(self):
        payment = self.pay_both(200000)
        self.assertEqual([move.sire_status for move in self.both], ["paid", "partial"])
        left = self.late.amount_residual
        self.assertEqual(left, round(1740 - 200000 / 131.37, 2))
        text = self.read(payment)
        self.assertIn("KSh 200,000", text)
        self.assertIn(f"{self.early.name} Paid in full.", text)
        self.assertIn(f"Left to pay on it now: USD {left}", text)
        self.assertIn(f"Left to pay now USD {left}", self.read(payment, "receipt_roll"))
        self.assertStatement(self.both)
        self.assertLedger(self.both)

    def test_the_rest_in_shillings(self):
        self.pay_both(200000)
        self.pay_rest(self.late, self.shilling)
        for move in self.both:
            self.assertSettled(move)
        self.assertStatement(self.both)
        self.assertEqual(self.statements()[self.dollar]["closing"], 0)

    @searched(6)
    @given(
        cents=st.lists(st.integers(100, 9_999_999), min_size=2, max_size=3),
        rates=st.lists(st.floats(0.3, 300), min_size=5, max_size=5),
        shares=st.lists(st.integers(1, 1000).map(lambda share: share / 1000), min_size=1, max_size=3),
    )
    def test_any_amounts(self, cents, rates, shares):
        with self.undone():
            self.check_amounts(cents, rates, shares)

    def check_amounts(self, cents, rates, shares):
        moves = [
            self.make_bill(part / 100, rate=rates[index], day=index - 9, **self.due(index))
            for index, part in enumerate(cents)
        ]
        moves = self.env["account.move"].union(*moves)
        received = 0.0
        payments = self.env["account.payment"]
        for index, share in enumerate(shares):
            day = index - 5
            self.set_rate(rates[(3 + index) % 5], day)
            open_ones = moves.filtered("amount_residual")
            if not open_ones:
                break
            left = sum(open_ones.mapped("amount_residual"))
            amount = self.dollar._convert(left, self.shilling, self.company, self.day(day)) * share
            amount = self.shilling.round(amount)
            if amount <= 0:
                continue
            payments |= self.pay_both(amount, day, open_ones)
            received += amount
            self.assertLedger(moves)
        self.set_rate(rates[4], 0)
        lines = self.get_receivables(moves | payments.move_id)
        all_lines = lines | payments.move_id.line_ids.filtered(lambda line: line.account_id in lines.account_id)
        # every shilling that came is matched with an invoice, or is still the client's credit
        unused = -sum(
            payments.move_id.line_ids.filtered(lambda line: line.account_id in lines.account_id).mapped(
                "amount_residual"
            )
        )
        self.assertGreaterEqual(self.shilling.compare_amounts(received, unused), 0)
        self.assertEqual(
            self.shilling.compare_amounts(sum(all_lines.mapped("amount_residual")), sum(all_lines.mapped("balance"))), 0
        )
        found = self.statements()
        mine = sum(moves.mapped("amount_residual")) + 1740
        self.assertEqual(self.dollar.compare_amounts(found[self.dollar]["closing"], mine), 0)
        self.assertEqual(self.shilling.compare_amounts(found[self.shilling]["closing"], -unused), 0)
        for move in moves.filtered(lambda one: not one.amount_residual):
            self.assertSettled(move)
