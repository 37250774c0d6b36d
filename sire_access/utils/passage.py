"""What a permitted act may do on its way.

Registering a payment posts it and reconciles it; whoever may register needs no further permission for these steps. The act is
remembered in the running thread of execution, so nothing that arrives in a request (a context key, for one) can pretend to be inside.
"""

from contextlib import contextmanager
from contextvars import ContextVar

_acting = ContextVar("sire_access_acting", default=False)
_writing = ContextVar("sire_access_writing", default=False)


@contextmanager
def acting():
    """Everything that is called inside is a step of a permitted act."""
    token = _acting.set(True)
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def writing():
    """Inside, the host keeps its books in order: deleting a payment unposts its entry. What is written is still looked at."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def may_call():
    """:return: whether a gated method is a step of something that was permitted or is checked by itself"""
    return _acting.get() or _writing.get()


def may_write():
    """:return: whether a gated value is written as a step of a permitted act"""
    return _acting.get()
