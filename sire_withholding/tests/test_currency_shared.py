"""One payment for several invoices in another currency than the company's: each gets its own money, as in shillings."""

from hypothesis import given
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from odoo.addons.sire_billing.tests.currency_common import CurrencyCommon
from odoo.addons.sire_billing.tests.property_common import PropertyMixin, searched

from .common import WithholdingCommon


@tagged("post_install", "-at_install")
class TestCurrencyShared(PropertyMixin, CurrencyCommon):
    """USD 1,160 due earlier and USD 580 due later; of both the client withholds 5 % of the value: 50 and 25."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open_currencies(USD=1 / 130, JPY=1.13, TND=0.0241)
        cls.company._sire_setup_withholding()
        cls.client.write({"sire_withholds_tax": True})
        cls.make_two_bills()

    def pay_both(self, amount, currency=None, day=0):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.both.ids
        )
        values = {"group_payment": True, "payment_date": self.day(day), "currency_id": (currency or self.dollar).id}
        wizard = wizard.create({**values, "journal_id": self.bank.id})
        wizard.amount = amount or wizard.amount
        payment = wizard._create_payments()
        self.assertLedger(self.both)
        return payment

    def get_left(self):
        return [invoice.amount_residual for invoice in self.both]

    def settle(self, moves):
        """Certificates of what is withheld, and money for the rest."""
        for index, move in enumerate(moves):
            if withheld := move._sire_get_awaited().get("tax"):
                WithholdingCommon.record.__func__(type(self), move, withheld, "tax", f"KRAWHT{index:06}")
            if move.amount_residual:
                self.pay(move, move.amount_residual, move.currency_id)
            self.assertSettled(move)

    def test_the_money_of_both(self):
        self.pay_both(None)
        self.assertEqual(self.get_left(), [50, 25])
        self.assertEqual(self.both.mapped("sire_awaited"), [50, 25])
        self.assertEqual(self.both.mapped("sire_cash_expected"), [0, 0])
        self.assertEqual(self.get_exchange(self.both), round(1110 * 1.37 + 555 * 3.37, 2))
        self.settle(self.both)

    def test_each_amount_is_shared_to_the_cent(self):
        for amount, taken in (
            (400, [400, 0]),
            (1110.01, [1110, 0.01]),
            (1665, [1110, 555]),
            (1690, [1135, 555]),
            (1730.99, [1160, 570.99]),
            (1740, [1160, 580]),
        ):
            with self.subTest(amount=amount), self.undone():
                self.pay_both(amount)
                left = [round(left, 2) for left in self.get_left()]
                self.assertEqual(left, [round(1160 - taken[0], 2), round(580 - taken[1], 2)])
                self.settle(self.both)

    def test_what_is_held_is_what_is_matched(self):
        """Money that waits to be matched holds of each invoice what it will settle."""
        payment = self.env["account.payment"].create(
            {
                "amount": 1665,
                "currency_id": self.dollar.id,
                "date": self.day(0),
                "invoice_ids": [Command.set(self.both.ids)],
                "journal_id": self.bank.id,
                "partner_id": self.client.id,
                "partner_type": "customer",
                "payment_type": "inbound",
            }
        )
        payment.action_post()
        self.assertEqual([self.both._sire_get_payables()[move.id][0] for move in self.both], [50, 25])
        lines = (payment.move_id | self.both).line_ids
        lines.filtered(lambda line: line.account_id == self.get_receivables(self.early).account_id).reconcile()
        self.assertEqual(self.get_left(), [50, 25])

    def test_shillings_settle_the_earliest_whole(self):
        """Money in another currency than the invoices': the host's order."""
        self.pay_both(1665 * 131.37, self.shilling)
        self.assertEqual(self.get_left(), [0, 75])

    @searched(6)
    @given(
        cents=st.lists(st.integers(100, 9_999_999), min_size=2, max_size=3),
        rates=st.lists(st.floats(0.3, 300), min_size=5, max_size=5),
        name=st.sampled_from(["USD", "JPY", "TND"]),
        shares=st.lists(st.integers(1, 999).map(lambda share: share / 1000), min_size=1, max_size=2),
    )
    def test_any_amounts(self, cents, rates, name, shares):
        with self.undone():
            self.check_amounts(cents, rates, self.currencies[name], shares)

    def check_amounts(self, cents, rates, currency, shares):
        moves = [
            self.make_bill(part / 100, currency=currency, rate=rates[index], day=index - 9, **self.due(index))
            for index, part in enumerate(cents)
        ]
        self.both = self.env["account.move"].union(*moves)
        for index, share in enumerate(shares):
            total = currency.round(sum(self.both.mapped("amount_residual")) * share)
            day = index - 5
            self.set_rate(rates[3 + index], day, currency)
            if total <= 0:
                continue
            before = [(move.amount_residual, move.sire_cash_expected) for move in self.both]
            self.pay_both(total, currency, day)
            expected = dict.fromkeys(self.both, 0.0)
            for key in (1, 0):  # first the money of each, then what is withheld
                for move, amounts in zip(self.both, before, strict=True):
                    part = currency.round(min(total, amounts[key] - (expected[move] if key == 0 else 0)))
                    expected[move] += part
                    total -= part
            for move, amounts in zip(self.both, before, strict=True):
                self.assertEqual(currency.compare_amounts(amounts[0] - move.amount_residual, expected[move]), 0)
        self.set_rate(rates[4], 0, currency)
        self.settle(self.both)
        lines = self.get_receivables(self.both)
        self.assertTrue(self.shilling.is_zero(sum(lines.mapped("balance"))))
        self.assertTrue(all(line.reconciled for line in lines))
