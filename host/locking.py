"""Two ./sire at once: the second waits until the first has prepared what both need."""

import contextlib
import fcntl
import os
import sys

from . import paths
from .ui import say


@contextlib.contextmanager
def prepared_alone(what):
    """Holds the lock of the state folder. The kernel lets go of it when the process dies, however it dies.

    :param what: the command, for who has to wait
    """
    path = paths.make() / "lock"
    with path.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            say(f"... waiting for another ./sire ({handle.read().strip() or 'starting'})", sys.stderr)
            fcntl.flock(handle, fcntl.LOCK_EX)
        handle.seek(0)
        handle.truncate()
        handle.write(f"{what}, process {os.getpid()}")
        handle.flush()
        try:
            yield
        finally:
            handle.seek(0)
            handle.truncate()
