"""A bound on entries that anybody can cause: so many a minute, the rest is counted."""

import threading
import time

WINDOW = 60  # seconds
ALLOWED = 20  # entries of one bucket in a window
BUCKETS = 5000  # that are remembered
TOTAL = 600  # entries of all buckets of this process in a window: who changes addresses does not get further


class Flood:
    """Counts by bucket; one for each process.

    :param clock: seconds, monotonic
    """

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets = {}
        self._all = [clock(), 0]

    def admit(self, bucket):
        """Ask for one entry.

        :param bucket: hashable
        :return: None when it is one too many, else how many were refused since the last one
        """
        now = self._clock()
        with self._lock:
            if now - self._all[0] >= WINDOW:
                self._all = [now, 0]
            if len(self._buckets) >= BUCKETS and bucket not in self._buckets:
                self._buckets.pop(next(iter(self._buckets)))
            since, count, refused = self._buckets.pop(bucket, (now, 0, 0))
            if now - since >= WINDOW:
                since, count = now, 0
            admitted = count < ALLOWED and self._all[1] < TOTAL
            if admitted:
                self._all[1] += 1
                self._buckets[bucket] = (since, count + 1, 0)
                return refused
            self._buckets[bucket] = (since, count, refused + 1)
            return None
