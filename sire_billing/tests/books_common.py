"""The life of a client's books: quotations, then any steps, and what holds after each of them."""

import copy
from collections import Counter

from freezegun import freeze_time
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.fields import Command, Datetime

from .books_checks import BooksChecks
from .currency_common import CurrencyCommon
from .property_common import CENTS, DISCOUNTS, KINDS, QUANTITIES, PropertyMixin

LINE = st.tuples(CENTS.filter(lambda price: price >= 1), QUANTITIES, DISCOUNTS, st.sampled_from(KINDS), st.booleans())
SHARE = st.one_of(st.integers(1, 45), st.integers(100, 99_999).map(lambda cents: cents / 100))  # percent, or an amount
PLANS = st.one_of(
    st.tuples(st.just("all"), st.just([])),
    st.tuples(st.just("deposit"), st.lists(SHARE, min_size=1, max_size=1)),
    st.tuples(st.just("milestones"), st.lists(SHARE, min_size=1, max_size=2)),
)
CURRENCIES = st.sampled_from(["KES", "KES", "USD", "EUR"])
QUOTE = st.tuples(st.lists(LINE, min_size=1, max_size=3), PLANS, CURRENCIES, st.integers(0, 2))
QUOTES = st.lists(QUOTE, min_size=1, max_size=2)
ROUNDING = st.sampled_from(["round_globally", "round_per_line"])


def steps_of(names, least=8, most=18):
    """:return: a strategy: lists of steps, each a name and two numbers that say which record, and how much"""
    number = st.integers(0, 99)
    return st.lists(st.tuples(st.sampled_from(names), number, number), min_size=least, max_size=most)


class BooksCommon(BooksChecks, PropertyMixin, CurrencyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.usual_rates = {"USD": 129.37, "EUR": 150.11}
        cls.open_currencies(USD=1 / 129.37, EUR=1 / 150.11)
        days = {"value": "percent", "delay_type": "days_after"}
        later = cls.env["account.payment.term"].create(
            [
                {"name": "15 days", "line_ids": [Command.create({**days, "value_amount": 100, "nb_days": 15})]},
                {
                    "name": "A third at once",
                    "line_ids": [
                        Command.create({**days, "value_amount": 33.33, "nb_days": 0}),
                        Command.create({**days, "value_amount": 66.67, "nb_days": 10}),
                    ],
                },
            ]
        )
        cls.terms = [later.browse(), *later]
        cls.noon = Datetime.to_datetime(cls.day(0)).replace(hour=9)
        cls.card = cls.env["payment.provider"].create({"name": "Test Card", "code": "none", "state": "test"})
        cls.card.journal_id = cls.bank

    def setUp(self):
        super().setUp()
        self.frozen = self.enterContext(freeze_time(self.noon))
        # The host takes a provider without a code for one that moves no money.
        self.patch(type(self.env["payment.transaction"]), "provider_code", property(lambda _tx: "card"))

    def live_through(self, quotes, steps, rounding="round_globally"):
        """:return: how often each step was done and not refused"""
        self.company.tax_calculation_rounding_method = rounding
        taken = Counter()
        with self.undone():
            self.begin(quotes)
            self.check()
            for step, which, share in steps:
                books = copy.deepcopy((self.balance, self.crossed, self.held, self.agreed))
                orders = self.orders
                try:
                    with self.env.cr.savepoint():
                        taken[step] += bool(getattr(self, f"do_{step}")(which, share / 100))
                        self.env.flush_all()
                except UserError:
                    self.balance, self.crossed, self.held, self.agreed = books
                    self.orders = orders
                    self.env.invalidate_all()
                self.check()
            self.finish()
        return +taken

    def begin(self, quotes):
        self.frozen.move_to(self.noon)
        self.first_day = self.day(-5)
        for name, rate in self.usual_rates.items():
            self.set_rate(rate, 0, self.currencies[name])
        self.number = 0
        self.balance, self.crossed, self.held, self.agreed = Counter(), {}, {}, {}
        self.orders = self.env["sale.order"].union(*(self.quote(*quote) for quote in quotes))

    def finish(self):
        """In the end everything is paid, at rates of another day: nothing is left of any invoice."""
        while self.held:
            self.do_charge(0, 0.5)
        self.do_night(0, 0.7)
        for which, invoice in enumerate(self.invoices()):
            if payable := invoice._sire_get_payable():
                self.transfer(invoice, payable, self.shilling if which % 2 else invoice.currency_id)
        self.check()
        for invoice in self.invoices():
            waits = invoice.matched_payment_ids if invoice.amount_residual else ()  # unmatched, and not used since
            self.assertTrue(not invoice.amount_residual or waits, invoice.name)
