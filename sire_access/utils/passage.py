"""What a permitted act may do on its way.

Registering a payment posts it and reconciles it; whoever may register needs no further permission for these steps. The act is
remembered in the running thread of execution, so nothing that arrives in a request (a context key, for one) can pretend to be inside.
"""

from contextlib import contextmanager
from contextvars import ContextVar

_inside = ContextVar("sire_access_inside", default=0)


@contextmanager
def opened():
    """Everything that is called inside is a step of a permitted act."""
    token = _inside.set(_inside.get() + 1)
    try:
        yield
    finally:
        _inside.reset(token)


def is_open():
    return _inside.get() > 0
