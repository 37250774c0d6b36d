"""What only our own methods may write, whoever calls them and however.

A context key can be sent by whoever calls the API, an object of this process cannot: nothing that arrives as JSON is the gate
itself.
"""


def without_defaults(records):
    """Return the same records without the defaults in their context: whoever calls over JSON-2 could fill in with them what a
    method leaves out when it creates something."""
    context = {name: value for name, value in records.env.context.items() if not name.startswith("default_")}
    return records.with_context(context)  # pylint: disable=context-overridden


class Gate:
    """One gate of a module: it is open where the gate itself is in the context.

    :param str key: of the context
    """

    def __init__(self, key):
        self.key = key

    def opened(self, records):
        """Return the same records, allowed to write what the gate guards, without defaults of the caller."""
        return without_defaults(records).with_context(**{self.key: self})

    def is_open(self, env):
        return env.context.get(self.key) is self
