"""Whatever is quoted, approved, invoiced, paid, returned and credited in whatever order: the books add up to the cent."""

import os
from collections import Counter, defaultdict

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from .books_steps import BooksSteps
from .plan_common import PlanCommon

EXAMPLES = int(os.environ.get("SIRE_BILLING_LIVES", "5"))
LINE = st.tuples(
    st.integers(100, 9_999_999).map(lambda cents: cents / 100),
    st.sampled_from([1, 1, 2, 0.33, 7.5]),
    st.sampled_from([0, 0, 5, 33.33]),
    st.sampled_from(["16", "8", "0", "none", "16 included"]),
    st.sampled_from([False, False, True]),  # optional
)
NUMBER = st.integers(0, 99)
STEPS = (
    "edit", "discount", "revise", "approve", "approve", "invoice", "cash", "cash", "cheque", "clear", "bounce",
    "void_receipt", "give_credit", "use_credit", "use_credit", "credit_note", "credit_all", "void", "reset", "cancel",
)  # fmt: skip
PLANS = st.lists(st.integers(1, 45), max_size=2)  # percent of the parts before the balance


@tagged("post_install", "-at_install")
class TestPropertyBilling(BooksSteps, PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "mail_notrack": True, "mail_create_nolog": True})
        tax = cls.tax
        cls.taxes = {
            "16": tax,
            "8": tax.copy({"name": "VAT 8 % (test)", "amount": 8}),
            "0": tax.copy({"name": "VAT 0 % (test)", "amount": 0}),
            "16 included": tax.copy({"name": "VAT 16 % incl. (test)", "price_include_override": "tax_included"}),
            "none": tax.browse(),
        }
        cls.product = cls.env.ref("sire_billing.product_professional_services")
        cls.currency = cls.company.currency_id

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize="SIRE_BILLING_LIVES" not in os.environ,
        phases=(Phase.explicit, Phase.generate, *([Phase.shrink] if "SIRE_BILLING_LIVES" in os.environ else [])),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        quotes=st.lists(st.tuples(st.lists(LINE, min_size=1, max_size=3), PLANS), min_size=1, max_size=2),
        steps=st.lists(st.tuples(st.sampled_from(STEPS), NUMBER, NUMBER), min_size=6, max_size=14),
    )
    def test_books(self, quotes, steps):
        self.live_through(quotes, [("approve", 0, 1), *steps])

    def test_every_step_is_taken(self):
        """A life in which nothing is refused: no step of the test above is one that never happens."""
        lines = [(1000.01, 1, 0, "16", False), (333.33, 7.5, 5, "16 included", False), (500, 1, 0, "8", True)]
        quiet = [(lines, [30]), (lines, []), (lines, [])]
        steps = [
            ("edit", 0, 7), ("discount", 0, 10), ("revise", 0, 0), ("approve", -1, 1), ("approve", 0, 0),
            ("invoice", 0, 0), ("cash", 0, 20), ("cheque", 1, 30), ("clear", 0, 0), ("cheque", 1, 10), ("bounce", 1, 0),
            ("void_receipt", 0, 0), ("give_credit", 0, 50), ("use_credit", 0, 0), ("credit_note", 0, 0),
            ("cash", 2, 99), ("credit_all", 1, 0), ("approve", 0, 1), ("void", -1, 0),
        ]  # fmt: skip
        taken = self.live_through(quiet, steps)
        missing = {step for step, _which, _share in steps} - set(taken)
        self.assertFalse(missing)

    def live_through(self, quotes, steps):
        """:return: how often each step was done and not refused"""
        taken = Counter()
        with self.env.cr.savepoint() as savepoint:
            self.balance, self.number = 0, 0  # what the client owes in cents, as this test adds it up
            self.credits = self.env["account.payment"]
            self.orders = self.env["sale.order"].union(*(self.quote(*quote) for quote in quotes))
            self.check()
            for step, which, share in steps:
                before = self.balance
                try:
                    with self.env.cr.savepoint():
                        taken[step] += bool(getattr(self, f"do_{step}")(which, share / 100))
                        self.env.flush_all()
                except UserError:
                    self.balance = before
                    self.env.invalidate_all()
                self.check()
            savepoint.rollback()
        self.env.invalidate_all()
        return +taken

    # === WHAT HOLDS === #

    def check(self):
        self.env.flush_all()
        self.env.invalidate_all()
        for order in self.orders.filtered(lambda order: order.state == "sale"):
            self.check_order(order)
        for move in self.invoices() | self.invoices("out_refund"):
            self.check_move(move)
        self.check_client()
        for model, name in (("account.payment", "sire_receipt_number"), ("account.move", "name")):
            self.check_numbers(self.env[model], name)

    def check_order(self, order):
        invoices = order.invoice_ids.filtered(lambda move: move.state == "posted")
        billed, credits = (
            invoices.filtered(lambda move, kind=kind: move.move_type == kind) for kind in ("out_invoice", "out_refund")
        )
        total = sum(map(self.cents, billed.mapped("amount_total"))) - sum(
            map(self.cents, credits.mapped("amount_total"))
        )
        self.assertLessEqual(total, self.cents(order.amount_total), order.name)
        parts = order.sire_instalment_ids
        if not credits and (not parts or all(part.move_id for part in parts)):
            self.assertEqual(total, self.cents(order.amount_total))
            self.assertEqual(self.taxes_of(billed), self.taxes_of(order))

    def taxes_of(self, documents):
        """:return: {name of the group: cents of VAT}, as the totals of the documents say it"""
        sums = defaultdict(int)
        for document in documents:
            for subtotal in document.tax_totals["subtotals"]:
                for group in subtotal["tax_groups"]:
                    sums[group["group_name"]] += self.cents(group["tax_amount_currency"])
        return {name: cents for name, cents in sums.items() if cents}

    def check_move(self, move):
        self.assertEqual(self.cents(sum(move.line_ids.mapped("balance"))), 0)
        ledger = defaultdict(int)
        for line in move.line_ids.filtered("tax_line_id"):
            ledger[line.tax_line_id.tax_group_id.name] += abs(self.cents(line.balance))
        self.assertEqual({name: cents for name, cents in ledger.items() if cents}, self.taxes_of(move), move.name)
        terms = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        partials = terms.matched_debit_ids | terms.matched_credit_ids
        left = self.cents(move.amount_total) - sum(map(self.cents, partials.mapped("amount")))
        self.assertEqual(self.cents(move.amount_residual), left, move.name)
        self.assertGreaterEqual(left, 0, move.name)
        if move.move_type == "out_invoice":
            self.assertEqual(move.sire_status, self.say(move, left, partials), move.name)
            self.assertLessEqual(self.cents(move._sire_get_payable()), left, move.name)

    def say(self, move, left, partials):
        if left:
            return "partial" if left < self.cents(move.amount_total) else "unpaid"
        money = partials.credit_move_id.move_id.filtered(lambda entry: entry.move_type == "entry")
        if money or not partials:
            return "paid"
        return "void" if move.sire_void_reason else "credited"

    def check_client(self):
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.client.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        self.assertEqual(self.cents(sum(lines.mapped("balance"))), self.balance, "what the client owes")
        statements = self.client._sire_get_statement(self.company, self.day(-1), self.day(0))
        self.assertEqual(sum(self.cents(one["closing"]) for one in statements), self.balance, "the statement")

    def check_numbers(self, model, name):
        domain = [("partner_id", "=", self.client.id), (name, "not in", (False, "/"))]
        domain += [("move_type", "=", "out_invoice")] if name == "name" else []
        numbers = sorted(int(record[name].rpartition("/")[2]) for record in model.search(domain))
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))) if numbers else [])
