"""Any rates, amounts, parts paid in any currency, and credit notes: residuals and balances in shillings, to the cent."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from .currency_common import CurrencyCommon
from .property_common import PropertyMixin, searched

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["shilling", "own", "bank", "credit"]),
        st.integers(1, 9_999).map(lambda share: share / 10_000),  # of what is left
        st.floats(0.7, 1.4),  # how the rate moved
    ),
    max_size=4,
)


@tagged("post_install", "-at_install")
class TestCurrencyProperty(PropertyMixin, CurrencyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open_currencies(USD=1 / 130, JPY=1.13, TND=0.0241)

    @searched(15)
    @given(
        cents=st.integers(10_000, 99_999_999),
        rate=st.one_of(st.floats(0.01, 400), st.sampled_from([129.5, 1.0, 0.8619, 1 / 3])),
        name=st.sampled_from(["USD", "USD", "JPY", "TND"]),
        steps=STEPS,
        last=st.sampled_from(["shilling", "own"]),
    )
    def test_any_life(self, cents, rate, name, steps, last):
        with self.undone():
            self.check_life(cents / 100, rate, self.currencies[name], steps, last)

    def check_life(self, amount, rate, currency, steps, last):
        invoice = self.make_bill(amount, currency=currency, rate=rate, day=-10)
        documents, total = invoice, invoice.amount_total
        for index, (kind, share, moved) in enumerate(steps):
            day = index - 9
            self.set_rate(rate * moved, day, currency)
            before = invoice.amount_residual
            part = currency.round(before * share)
            in_shillings = currency._convert(part, self.shilling, self.company, self.day(day))
            if part <= 0 or part >= before or in_shillings <= 0:
                continue
            if kind == "own":
                self.pay(invoice, part, currency, day)
                self.assertEqual(currency.compare_amounts(invoice.amount_residual, before - part), 0)
            elif kind == "credit":
                note = self.credit(invoice, currency.round(part / 1.16), day)
                self.assertEqual(note.amount_residual, 0)
                self.assertEqual(currency.compare_amounts(invoice.amount_residual, before - note.amount_total), 0)
                documents |= note
            else:
                self.pay(invoice, in_shillings, self.shilling, day)
                self.assertLess(invoice.amount_residual, before)
            self.assertLedger(documents)
        left = invoice.amount_residual
        in_shillings = currency._convert(left, self.shilling, self.company, self.day(0))
        self.pay_rest(invoice, currency if last == "own" or in_shillings <= 0 else self.shilling)
        self.assertSettled(invoice)
        self.assertEverythingAddsUp(documents, total)

    def assertEverythingAddsUp(self, documents, total):
        """The receivable account of this client is empty in shillings, and the exchange accounts took what moved."""
        lines = self.get_receivables(documents)
        self.assertTrue(self.shilling.is_zero(sum(lines.mapped("balance"))))
        self.assertTrue(all(line.reconciled for line in lines))
        self.assertEqual(documents[:1].amount_total, total)
        received = sum(lines.move_id.origin_payment_id.mapped("amount_company_currency_signed"))
        asked = sum(documents.mapped("amount_total_signed"))
        self.assertEqual(self.shilling.compare_amounts(received, asked + self.get_exchange(documents)), 0)
