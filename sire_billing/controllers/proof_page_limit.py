import threading
import time
from collections import OrderedDict, deque

WITHIN = 600.0  # seconds
MISSES = 30  # mobile networks have many phones behind one address
ADDRESSES = 10_000  # remembered at most: the oldest are forgotten first


class MissLimit:
    """Who tries codes out has to wait. Kept in this process: what it would protect is 60 bits long anyway, and a page that
    only reads writes nothing to the database.

    :param float within: seconds
    :param int misses: unknown codes from one address within them
    """

    def __init__(self, within=WITHIN, misses=MISSES):
        self.within, self.misses = within, misses
        self._seen = OrderedDict()
        self._lock = threading.Lock()

    def is_over(self, address):
        """:return: whether an address has tried enough for now"""
        with self._lock:
            times = self._seen.get(address)
            while times and times[0] < time.monotonic() - self.within:
                times.popleft()
            return bool(times) and len(times) >= self.misses

    def note(self, address):
        """Remember an unknown code."""
        with self._lock:
            self._seen.setdefault(address, deque(maxlen=self.misses)).append(time.monotonic())
            self._seen.move_to_end(address)
            while len(self._seen) > ADDRESSES:
                self._seen.popitem(last=False)
