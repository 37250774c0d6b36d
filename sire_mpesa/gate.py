"""The gate: what only our own methods may write.

A context key can be sent by whoever calls the API, an object of this process cannot: ``with_context(mpesa_gate=GATE)``
opens the gate for the records it returns, and nothing that arrives as JSON does.
"""

GATE = object()


def opened(records):
    """Return the same records, allowed to write what the gate guards. Defaults of the context stay outside: whoever calls
    over JSON-2 could fill in with them what a method leaves out."""
    context = {name: value for name, value in records.env.context.items() if not name.startswith("default_")}
    return records.with_context(context, mpesa_gate=GATE)


def is_open(env):
    return env.context.get("mpesa_gate") is GATE
