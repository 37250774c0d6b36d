"""From work to lines: pure functions, any mix of work."""

import random
from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from ..utils.quoting import MILESTONE, TASK, TIMESHEET, Work, amount_of, find_overlap, make_rows

WORDS = {
    "all": "Our team",
    "other": "Other work",
    "project": "Website",
    "period": lambda first, last: f"{first} – {last}",
}


def to_cents(amount):
    return round(amount + 1e-9, 2)


@tagged("post_install", "-at_install")
class TestQuotingRows(BaseCase):
    def make_works(self, dice):
        works = []
        for number in range(dice.randint(1, 30)):
            kind = dice.choice((TASK, MILESTONE, TIMESHEET, TIMESHEET))
            fixed = kind == MILESTONE or (kind == TASK and dice.random() < 0.3)
            works.append(
                Work(
                    kind,
                    number,
                    dice.choice(("Design", "Build", "Test")),
                    person=dice.choice(("Ann", "Ben", "")),
                    phase=dice.choice(("One", "Two", "")),
                    hours=0.0 if kind == MILESTONE else dice.randint(1, 5000) / 100,
                    rate=0.0 if kind == MILESTONE else dice.choice((3500, 4999.99, 1234.56)),
                    price=dice.randint(0, 10**8) / 100 if fixed else None,
                    day=date(2026, 11, 1) + timedelta(days=number) if kind == TIMESHEET else None,
                )
            )
        return works

    def test_each_work_is_on_one_line_and_costs_the_same(self):
        dice = random.Random(5)
        for _round in range(300):
            works = self.make_works(dice)
            expected = sum(amount_of(work, to_cents) for work in works)
            for grouping in ("task", "phase", "person", "one"):
                rows = make_rows(works, grouping, WORDS, to_cents)
                placed = [work.key for row in rows for work in row.works]
                self.assertEqual(sorted(placed), sorted(work.key for work in works), grouping)
                total = sum(to_cents(row.quantity * row.price) for row in rows)
                # hours of one rate are rounded once, not each for itself
                tolerance = 0.005 * len(works) + 1e-6 if grouping != "one" else 1e-6
                self.assertLessEqual(abs(total - expected), tolerance, (grouping, works))

    def test_nothing_is_no_line(self):
        for grouping in ("task", "phase", "person", "one"):
            self.assertEqual(make_rows([], grouping, WORDS, to_cents), [])

    def test_a_long_list_of_titles_is_cut(self):
        works = [Work(TASK, number, f"Task number {number}", price=1.0) for number in range(100)]
        row = make_rows(works, "one", WORDS, to_cents)[0]
        self.assertLess(len(row.name), 420)
        self.assertTrue(row.name.endswith("…"))
        self.assertEqual(row.price, 100)

    def test_overlap(self):
        task, entry = Work(TASK, 1, "Design"), Work(TIMESHEET, 1, "Design")
        parents = {entry.key: [task.key]}
        self.assertEqual(find_overlap([entry, task], lambda work: parents.get(work.key, ())), (task, entry))
        self.assertIsNone(find_overlap([entry], lambda work: parents.get(work.key, ())))
