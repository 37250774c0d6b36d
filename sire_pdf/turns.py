"""Whose turn it is to make a document's HTML.

Threads of one process share one interpreter. Twenty that make HTML at once are all done at the end, and only then the browser,
which could have printed on the other processors meanwhile, gets anything to do. One after the other, the first is printed
while the next are made, and none takes longer than before.
"""

import os
import threading
from contextlib import contextmanager

AT_ONCE = int(os.environ.get("SIRE_PDF_TURNS", 2))  # one waits for the database while the other computes
# A turn is a courtesy and no lock: whoever has one may wait for a row that somebody without one holds.
PATIENCE = 1.0


class Turns:
    """:param int most: how many have a turn at once"""

    def __init__(self, most=AT_ONCE):
        self._free = threading.BoundedSemaphore(most)
        self._mine = threading.local()

    @contextmanager
    def turn(self):
        """Waits for a turn, for :data:`PATIENCE` seconds at most. Within a turn, another one is the same one."""
        if getattr(self._mine, "has", False):
            yield
            return
        self._mine.has = self._free.acquire(timeout=PATIENCE)
        try:
            yield
        finally:
            self.give_back()

    def give_back(self):
        """The rest needs no turn: it is somebody else's work."""
        if getattr(self._mine, "has", False):
            self._mine.has = False
            self._free.release()


html_turns = Turns()
