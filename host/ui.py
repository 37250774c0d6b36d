"""What the person in front of it sees: steps with name, elapsed time and progress."""

import sys
import threading
import time

BAR = 24  # characters
PLAIN_EVERY = 20  # seconds between two plain lines of one step


def duration(seconds):
    """``7.3 s`` or ``2 min 05 s``."""
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60):02d} s"


def say(text="", stream=None):
    """Prints a line at once."""
    print(text, file=stream or sys.stdout, flush=True)


class Step:
    """One step; use as a context manager. On a terminal the line lives, elsewhere plain lines are printed.

    :param name: what is being done
    :param stream: where to show it, standard output by default

    ``failed`` may be set by the caller: the step is then shown as one that went wrong.
    """

    def __init__(self, name, stream=None):
        self.name = name
        self.stream = stream or sys.stdout
        self.tty = self.stream.isatty()
        self.share = None
        self.failed = False
        self._lock = threading.Lock()
        self._over = threading.Event()

    def __enter__(self):
        self.start = self._last_plain = time.monotonic()
        self._ticker = None
        if self.tty:
            self._ticker = threading.Thread(target=self._tick, daemon=True)
            self._ticker.start()
        else:
            say(f"... {self.name}", self.stream)
        return self

    def __exit__(self, kind, error, trace):
        self._over.set()
        if self._ticker:
            self._ticker.join()
        took = duration(self.elapsed)
        mark = "!! " if kind or self.failed else "ok "
        if self.tty:
            self.stream.write("\r\x1b[K")
        say(f"{mark} {self.name} ({took})", self.stream)

    @property
    def elapsed(self):
        return time.monotonic() - self.start

    def progress(self, done, total):
        """Says how far it is; units do not matter."""
        self.share = min(1.0, done / total) if total else None
        if not self.tty and time.monotonic() - self._last_plain > PLAIN_EVERY:
            self._last_plain = time.monotonic()
            say(f"    {self.name}: {self.share:.0%}, {duration(self.elapsed)}", self.stream)

    def _tick(self):
        while not self._over.wait(0.2):
            bar = ""
            if self.share is not None and self.elapsed > 2:
                full = int(BAR * self.share)
                bar = f" [{'#' * full}{'.' * (BAR - full)}] {self.share:.0%}"
            self.stream.write(f"\r\x1b[K... {self.name}{bar} {duration(self.elapsed)}")
            self.stream.flush()
