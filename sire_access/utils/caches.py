"""The host's caches and the day."""

from functools import partial


def uncached(method):
    """An override that remembers by the day must not ask one that remembers without it: what a worker stored a moment after midnight, of
    rights that it had read a moment before, would stay for the day.

    :param method: bound, with ``tools.ormcache`` of the host
    :return: the same method without its memory
    """
    return partial(method.__wrapped__, method.__self__) if hasattr(method, "__wrapped__") else method
