"""Days that count from today, and names that stay the same."""

import zlib
from datetime import date, datetime, time, timedelta

from odoo import fields

from odoo.addons.sire_base.utils.eat import eat_to_utc, eat_today


def day(offset) -> date:
    """Return the date in Nairobi ``offset`` days from today.

    :param int offset: days, negative for the past
    """
    return eat_today() + timedelta(days=offset)


def moment(offset, hour=10, minute=0) -> datetime:
    """Return a moment of a Nairobi day as naive UTC, never later than now.

    :param int offset: days from today, negative for the past
    :param int hour: hour of the day in East Africa Time
    :param int minute: minute of that hour
    """
    at = eat_to_utc(datetime.combine(day(offset), datetime.min.time()).replace(hour=hour, minute=minute))
    return min(at, fields.Datetime.now())


def closing_time(offset) -> datetime:
    """Return five in the afternoon of a Nairobi day as naive UTC, also of a day to come."""
    return eat_to_utc(datetime.combine(day(offset), time(17)))


def hour_of(offset, seed, first=8, last=17) -> datetime:
    """Return a moment within office hours, the same every time for the same seed and different from the others.

    :param int offset: days from today, negative for the past
    :param str seed: what happens then
    :param int first: hour of the day in East Africa Time from which on
    :param int last: hour before which
    """
    minutes = zlib.crc32(seed.encode()) % ((last - first) * 60)
    return moment(offset, first + minutes // 60, minutes % 60)


def workday(offset) -> int:
    """Move a day that falls on a weekend to the Friday before."""
    return offset - max(0, day(offset).weekday() - 4)


def date_messages(record, at):
    """Let what stands in the chatter of a record have been written at a moment, unless it is dated already."""
    record.message_ids.filtered(lambda message: message.date > at).write({"date": at})


def remember(env, name, record):
    """Give a record the xml id ``sire_demo.<name>``, so that tests and scripts find it."""
    env["ir.model.data"]._update_xmlids(
        [{"xml_id": f"sire_demo.{name}", "record": record, "noupdate": True}], update=False
    )
    return record
