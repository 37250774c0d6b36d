"""What only the matching itself may do: a context key can be sent by whoever calls the API, an object of this process cannot."""

MATCHING = object()
CHECKED = object()


def matching(records):
    """Return the same records, allowed to make the partials of a matching."""
    return records.with_context(sire_matching=MATCHING)


def is_matching(env):
    return env.su or env.context.get("sire_matching") is MATCHING


def checked(records):
    """Return the same records, whose amounts were compared with what may be paid already."""
    return records.with_context(sire_checked=CHECKED)


def is_checked(env):
    return env.su or env.context.get("sire_checked") is CHECKED
