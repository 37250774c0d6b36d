"""Whatever is quoted, approved, invoiced, paid, returned and credited, in whatever order and currency: the books add up to
the cent."""

from hypothesis import given

from odoo.tests import tagged

from .books_common import QUOTES, ROUNDING, BooksCommon, steps_of
from .property_common import searched

STEPS = (
    "edit", "discount", "revise", "decline", "approve", "approve", "approve", "invoice", "invoice", "again", "night",
    "night", "cash", "cash", "transfer", "transfer", "bank_line", "cheque", "clear", "bounce", "void_receipt", "unmatch",
    "card", "charge", "give_credit", "use_credit", "use_credit", "credit_note", "credit_all", "void", "reset", "cancel",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestPropertyBilling(BooksCommon):
    @searched(6)
    @given(QUOTES, steps_of(STEPS), ROUNDING)
    def test_books(self, quotes, steps, rounding):
        self.live_through(quotes, [("approve", 0, 1), *steps], rounding)

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
            ("cash", 2, 99), ("credit_all", 3, 0), ("again", 0, 0), ("bounce", 0, 0), ("approve", 0, 1),
            ("void", -1, 0),
        ]  # fmt: skip
        taken = self.live_through(quotes, steps)
        missing = {step for step, _which, _share in steps} - set(taken)
        self.assertFalse(missing)
