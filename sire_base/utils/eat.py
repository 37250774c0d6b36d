"""East Africa Time (UTC+3, no daylight saving). Pure functions; naive datetimes are UTC, as the host stores them."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

EAT = ZoneInfo("Africa/Nairobi")
_DARAJA_FORMAT = "%Y%m%d%H%M%S"


def utc_to_eat(naive_utc):
    """:param datetime naive_utc: UTC, as read from a Datetime field
    :return: the same moment with the clock of Nairobi (aware)
    :rtype: datetime
    """
    if naive_utc.tzinfo is None:
        naive_utc = naive_utc.replace(tzinfo=UTC)
    return naive_utc.astimezone(EAT)


def eat_to_utc(moment):
    """:param datetime moment: aware in any zone, or naive with the clock of Nairobi
    :return: naive UTC, fit for a Datetime field
    :rtype: datetime
    """
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=EAT)
    return moment.astimezone(UTC).replace(tzinfo=None)


def eat_today(now_utc=None):
    """The date on the wall in Nairobi: from 21:00 UTC on it is tomorrow's.

    :param datetime now_utc: naive UTC; now when None
    :rtype: date
    """
    return (utc_to_eat(now_utc) if now_utc else datetime.now(EAT)).date()


def parse_daraja_timestamp(value):
    """Read Safaricom's ``YYYYMMDDHHmmss``, which is East Africa Time.

    :param value: such as ``"20261120231500"`` or the same as an int
    :return: naive UTC
    :rtype: datetime
    :raise ValueError: when it is anything else
    """
    text = "" if isinstance(value, bool) else str(value).strip()
    if not re.fullmatch(r"[0-9]{14}", text):
        raise ValueError(f"{text[:30]!r} is not a time written as YYYYMMDDHHmmss.")
    return eat_to_utc(datetime.strptime(text, _DARAJA_FORMAT))


def format_daraja_timestamp(naive_utc):
    """:param datetime naive_utc: UTC
    :return: ``YYYYMMDDHHmmss`` in East Africa Time
    :rtype: str
    """
    return utc_to_eat(naive_utc).strftime(_DARAJA_FORMAT)


def end_of_eat_day_utc(day):
    """The last second of a day in Nairobi, to compare Datetime fields with (``<=``).

    :param date day: a date on the wall in Nairobi
    :return: naive UTC: 20:59:59 of that date
    :rtype: datetime
    """
    midnight = eat_to_utc(datetime.combine(day, time.min) + timedelta(days=1))
    return midnight - timedelta(seconds=1)
