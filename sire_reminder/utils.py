"""Days on which nobody is dunned, and what is due: pure functions and values, no environment."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import holidays


@lru_cache(maxsize=32)
def kenyan_holidays(year):
    """:return: the public holidays of a year in Kenya, ``{date: English name}``; days that depend on the moon are estimates
    :rtype: dict
    """
    return dict(holidays.country_holidays("KE", years=year))


def is_working_day(day, days_a_week, extra=()):
    """:param date day: in Nairobi
    :param int days_a_week: 5 is Monday to Friday, 6 to Saturday, 7 every day
    :param extra: dates that are free as well
    """
    return day.weekday() < days_a_week and day not in extra and day not in kenyan_holidays(day.year)


def next_working_day(day, days_a_week, extra=()):
    """:return: that day, or the first working day after it
    :rtype: date
    """
    while not is_working_day(day, days_a_week, extra):
        day += timedelta(days=1)
    return day


@dataclass(frozen=True)
class Plan:
    """A reminder that is due: of one instalment of an invoice, by one step.

    :ivar move: the invoice
    :ivar instalment: 1 for the first part that the payment terms make
    :ivar amount: what is left of it now, in the currency of the invoice
    :ivar step: the last step that is due
    :ivar missed: steps before it that were due and not sent
    :ivar reason: why it is not sent, in words; empty when it is
    """

    move: Any
    instalment: int
    date_due: date
    amount: float
    step: Any
    missed: Any
    reason: str
