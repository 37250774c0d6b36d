"""What only our own methods may write, whoever calls them and however.

A context key can be sent by whoever calls the API, an object of this process cannot: nothing that arrives as JSON is the gate
itself.
"""


def without_defaults(records):
    """Return the same records without the defaults in their context: whoever calls over JSON-2 could fill in with them what a
    method leaves out when it creates something."""
    context = {name: value for name, value in records.env.context.items() if not name.startswith("default_")}
    return records.with_context(context)  # pylint: disable=context-overridden


def given(records, vals_list):
    """Return what creating these would fill in: a default in the context is written as a value is.

    :param list vals_list: as ``create`` gets it
    :return: names of fields that are given something, by the values or by the context, which may mean other models, too
    :rtype: set[str]
    """
    context = records.env.context
    names = {name.removeprefix("default_") for name in context if name.startswith("default_") and context[name]}
    return names.union(*({name for name in vals if vals[name]} for vals in vals_list))


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
