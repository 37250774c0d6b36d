"""Whatever is quoted, approved, invoiced, paid, returned and credited, in whatever order and currency: the books add up to
the cent."""

import copy
from collections import Counter

from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.fields import Command, Datetime
from odoo.tests import tagged

from .books_checks import BooksChecks
from .currency_common import CurrencyCommon
from .property_common import CENTS, DISCOUNTS, KINDS, QUANTITIES, PropertyMixin, searched

LINE = st.tuples(CENTS.filter(lambda price: price >= 1), QUANTITIES, DISCOUNTS, st.sampled_from(KINDS), st.booleans())
SHARE = st.one_of(st.integers(1, 45), st.integers(100, 99_999).map(lambda cents: cents / 100))  # percent, or an amount
PLANS = st.one_of(
    st.tuples(st.just("all"), st.just([])),
    st.tuples(st.just("deposit"), st.lists(SHARE, min_size=1, max_size=1)),
    st.tuples(st.just("milestones"), st.lists(SHARE, min_size=1, max_size=2)),
)
CURRENCIES = st.sampled_from(["KES", "KES", "USD", "EUR"])
QUOTES = st.tuples(st.lists(LINE, min_size=1, max_size=3), PLANS, CURRENCIES, st.integers(0, 2))
NUMBER = st.integers(0, 99)
STEPS = (
    "edit", "discount", "revise", "decline", "approve", "approve", "approve", "invoice", "invoice", "again", "night",
    "night", "cash", "cash", "transfer", "transfer", "bank_line", "cheque", "clear", "bounce", "void_receipt", "unmatch",
    "card", "charge", "give_credit", "use_credit", "use_credit", "credit_note", "credit_all", "void", "reset", "cancel",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestPropertyBilling(BooksChecks, PropertyMixin, CurrencyCommon):
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

    @searched(6)
    @given(
        quotes=st.lists(QUOTES, min_size=1, max_size=2),
        steps=st.lists(st.tuples(st.sampled_from(STEPS), NUMBER, NUMBER), min_size=8, max_size=18),
    )
    def test_books(self, quotes, steps):
        self.live_through(quotes, [("approve", 0, 1), *steps])

    def test_every_step_is_taken(self):
        """A life in which nothing is refused: no step of the test above is one that never happens."""
        lines = [(1000.01, 1, 0, "16", False), (333.33, 7.5, 5, "16 included", False), (500, 1, 0, "8", True)]
        quotes = [
            (lines, ("deposit", [30]), "KES", 0), (lines, ("all", []), "USD", 1), (lines, ("all", []), "KES", 2),
            (lines, ("milestones", [50.5, 20]), "EUR", 2), (lines, ("all", []), "KES", 0),
        ]  # fmt: skip
        steps = [
            ("edit", 0, 8), ("discount", 0, 10), ("revise", 0, 0), ("decline", 3, 0), ("approve", -1, 1),
            ("approve", 0, 0), ("approve", 0, 1), ("invoice", 1, 0), ("night", 3, 10),
            ("cash", 0, 20), ("transfer", 1, 30), ("bank_line", 1, 20), ("cheque", 2, 30), ("clear", 0, 0),
            ("cheque", 2, 10), ("bounce", 1, 0), ("void_receipt", 0, 0), ("unmatch", 1, 0), ("card", 1, 30),
            ("charge", 0, 50), ("give_credit", 0, 50), ("use_credit", 0, 0), ("credit_note", 0, 0), ("night", 0, 90),
            ("cash", 2, 99), ("credit_all", 0, 0), ("again", 0, 0), ("approve", 0, 1), ("void", -1, 0),
        ]  # fmt: skip
        taken = self.live_through(quotes, steps)
        missing = {step for step, _which, _share in steps} - set(taken)
        self.assertFalse(missing)

    def live_through(self, quotes, steps):
        """:return: how often each step was done and not refused"""
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
            self.do_charge(0, 0)
        self.do_night(0, 0.7)
        for which, invoice in enumerate(self.invoices()):
            if payable := invoice._sire_get_payable():
                self.transfer(invoice, payable, self.shilling if which % 2 else invoice.currency_id)
        self.check()
        for invoice in self.invoices():
            waits = invoice.matched_payment_ids if invoice.amount_residual else ()  # unmatched, and not used since
            self.assertTrue(not invoice.amount_residual or waits, invoice.name)
