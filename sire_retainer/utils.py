"""Periods of a retainer: pure functions of dates, no environment."""

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Period:
    """What one invoice of a retainer is for.

    :ivar date_from: first day, in Nairobi
    :ivar date_to: last day, which belongs to it
    :ivar share: 1 for a whole period, less where the start or the end cut it: days of it over days of the whole
    :ivar years: full years since the retainer began, for the yearly rise
    """

    date_from: date
    date_to: date
    share: float
    years: int


def get_period(number, start, every, by_calendar=False, end=None):
    """The period with that number, counted from the start and not from the period before: 31 January, 28 February, 31 March.

    :param int number: 0 is the first
    :param date start: first day of the retainer
    :param str every: ``month``, ``quarter`` or ``year``
    :param bool by_calendar: periods begin with the calendar's; the first is the rest of the one in which it starts
    :param date end: last day of the retainer, if it has one
    :return: None when the retainer has ended before
    :rtype: Period
    """
    months = MONTHS[every]
    base = start
    if by_calendar:
        base = date(start.year, (start.month - 1) // months * months + 1, 1)
    whole_from = base + relativedelta(months=months * number)
    whole_to = base + relativedelta(months=months * (number + 1)) - timedelta(days=1)
    date_from = max(whole_from, start)
    date_to = min(whole_to, end) if end else whole_to
    if date_to < date_from:
        return None
    share = ((date_to - date_from).days + 1) / ((whole_to - whole_from).days + 1)
    return Period(date_from, date_to, share, relativedelta(date_from, start).years)
