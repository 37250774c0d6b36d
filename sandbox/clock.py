"""East Africa Time, the only time that Daraja knows. Pure."""

from datetime import timedelta, timezone

# Kenya knows no daylight saving, so no time zone database is needed.
EAT = timezone(timedelta(hours=3), "EAT")


def stamp(moment):
    """:return: ``YYYYMMDDHHmmss`` in East Africa Time"""
    return moment.astimezone(EAT).strftime("%Y%m%d%H%M%S")


def spoken(moment):
    """:return: a moment as the text messages word it, ``20/11/26 at 9:05 PM``"""
    eat = moment.astimezone(EAT)
    return f"{eat.day}/{eat.month}/{eat:%y} at {eat.hour % 12 or 12}:{eat:%M} {eat:%p}"
