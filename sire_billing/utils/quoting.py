"""From work to the lines that a client reads: pure functions, no env."""

from dataclasses import dataclass
from datetime import date

TASK, MILESTONE, TIMESHEET = "task", "milestone", "timesheet"
MAX_TITLES = 400  # characters; a line is read, not searched


@dataclass(frozen=True)
class Work:
    """One thing that can be quoted.

    :param str kind: ``task``, ``milestone`` or ``timesheet``
    :param int id: of the record
    :param str title: as the client reads it
    :param str person: who did it or will do it; empty for a team
    :param str phase: name of the milestone that it belongs to; empty for none
    :param float hours: in hours, two decimals
    :param float rate: price of an hour, without VAT
    :param float price: a fixed price without VAT; None: hours at the rate
    :param datetime.date day: of a timesheet
    """

    kind: str
    id: int
    title: str
    person: str = ""
    phase: str = ""
    hours: float = 0.0
    rate: float = 0.0
    price: float | None = None
    day: date | None = None

    @property
    def key(self):
        return (self.kind, self.id)


@dataclass
class Row:
    """One line of a quotation; ``works`` is empty for the title of a section."""

    name: str
    quantity: float = 0.0
    price: float = 0.0
    hourly: bool = False
    works: tuple = ()


def amount_of(work, round_money):
    """:return: what this work costs alone, without VAT"""
    return round_money(work.hours * work.rate if work.price is None else work.price)


def make_rows(works, grouping, words, round_money):
    """Write the lines of a quotation.

    :param works: list of `Work`, in the order in which the client reads them
    :param str grouping: ``task``, ``phase``, ``person`` or ``one``
    :param words: the texts that need a language: ``all`` and ``other``, and ``period``, a function of two days
    :param round_money: function that rounds an amount to what the currency can pay
    :rtype: list[Row]
    """
    if not works:
        return []
    if grouping == "one":
        return [_all_in_one(works, words, round_money)]
    if grouping == "person":
        return _merge(works, lambda work: work.person or words["all"], _titles, round_money)
    if grouping == "phase":
        rows = []
        phases = [*dict.fromkeys(work.phase for work in works if work.phase), ""]
        for phase in phases:
            inside = [work for work in works if work.phase == phase]
            if inside:
                rows += [Row(phase or words["other"]), *_by_task(inside, words, round_money)]
        return rows
    return _by_task(works, words, round_money)


def _by_task(works, words, round_money):
    """Tasks and milestones each for itself; the hours logged on one task at one rate together."""
    rows, logged = [], {}
    for work in works:
        if work.kind != TIMESHEET:
            rows += _merge([work], lambda item: item.title, lambda _items: "", round_money)
            continue
        key = (work.title, work.rate)
        if key not in logged:
            logged[key] = []
            rows.append(key)
        logged[key].append(work)
    for index, key in enumerate(rows):
        if isinstance(key, tuple):
            rows[index] = _merge(
                logged[key],
                lambda item: item.title,
                lambda items: words["period"](min(item.day for item in items), max(item.day for item in items)),
                round_money,
            )[0]
    return rows


def _merge(works, name_of, text_of, round_money):
    """Hours of one name and rate are one row, fixed prices of one name another."""
    groups = {}
    for work in works:
        groups.setdefault((name_of(work), work.rate if work.price is None else None), []).append(work)
    rows = []
    for (name, rate), inside in groups.items():
        text = text_of(inside)
        name = f"{name}\n{text}" if text else name
        if rate is None:
            price = round_money(sum(amount_of(work, round_money) for work in inside))
            rows.append(Row(name, 1.0, price, False, tuple(inside)))
        else:
            rows.append(Row(name, round(sum(work.hours for work in inside), 2), rate, True, tuple(inside)))
    return rows


def _all_in_one(works, words, round_money):
    price = round_money(sum(amount_of(work, round_money) for work in works))
    return Row(f"{words['project']}\n{_titles(works)}", 1.0, price, False, tuple(works))


def _titles(works):
    text = ", ".join(dict.fromkeys(work.title for work in works))
    return text if len(text) <= MAX_TITLES else text[: MAX_TITLES - 1].rstrip(" ,") + "…"


def find_overlap(works, parents):
    """Find work that would be paid twice: a task beside the hours logged on it, a milestone beside its tasks.

    :param works: the works that are ticked
    :param parents: function from a `Work` to the keys of what contains it
    :return: the containing and the contained work, or None
    """
    by_key = {work.key: work for work in works}
    for work in works:
        for key in parents(work):
            if key in by_key:
                return by_key[key], work
    return None
