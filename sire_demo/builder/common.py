"""Days that count from today, and names that stay the same."""

from datetime import date, datetime, timedelta

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


def workday(offset) -> int:
    """Move a day that falls on a weekend to the Friday before."""
    return offset - max(0, day(offset).weekday() - 4)


def remember(env, name, record):
    """Give a record the xml id ``sire_demo.<name>``, so that tests and scripts find it."""
    env["ir.model.data"]._update_xmlids(
        [{"xml_id": f"sire_demo.{name}", "record": record, "noupdate": True}], update=False
    )
    return record
