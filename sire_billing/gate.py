"""The gate: what only our own methods may write.

A context key can be sent by whoever calls the API, an object of this process cannot: ``with_context(sire_gate=GATE)`` opens
the gate for the records it returns, and nothing that arrives as JSON does.
"""

GATE = object()


def opened(records):
    """Return the same records, allowed to write what the gate guards, without defaults of the caller."""
    return without_defaults(records).with_context(sire_gate=GATE)


def without_defaults(records):
    """Return the same records without the defaults in their context: whoever calls over JSON-2 could fill in with them what a
    method leaves out when it creates something."""
    context = {name: value for name, value in records.env.context.items() if not name.startswith("default_")}
    return records.with_context(context)  # pylint: disable=context-overridden


def is_open(env):
    return env.context.get("sire_gate") is GATE
