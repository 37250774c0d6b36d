"""Whose turn it is to make a document's HTML.

Threads of one process share one interpreter. Twenty that make HTML at once are all done at the end, and only then the browser,
which could have printed on the other processors meanwhile, gets anything to do. One after the other, the first is printed
while the next are made, and none takes longer than before.
"""

import threading
import time
from contextlib import contextmanager

AT_ONCE = 2  # one waits for the database while the other computes
# Seconds. A turn is a courtesy and no lock: a long report does not hold up short ones, and whoever has a turn may wait for a row
# of somebody who has none.
LASTS = 0.3


class Turns:
    """:param int most: how many have a turn at once"""

    def __init__(self, most=AT_ONCE):
        self.most = most
        self.since = {}  # thread → when its turn began
        self._changed = threading.Condition()

    @contextmanager
    def turn(self):
        """Waits for a turn. Within a turn, another one is the same one."""
        me = threading.get_ident()
        if me in self.since:
            yield
            return
        self._take(me)
        try:
            yield
        finally:
            self.give_back()

    def _take(self, me):
        with self._changed:
            while True:
                now = time.monotonic()
                self.since = {one: since for one, since in self.since.items() if now - since < LASTS}
                if len(self.since) < self.most:
                    self.since[me] = now
                    return
                self._changed.wait(LASTS - (now - min(self.since.values())))

    def give_back(self):
        """The rest needs no turn: it is somebody else's work."""
        with self._changed:
            if self.since.pop(threading.get_ident(), None):
                self._changed.notify()


html_turns = Turns()
