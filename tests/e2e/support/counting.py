"""How many clicks and taps a journey takes: counted as they are done; the host prints them when the run is over."""

import json
import time
from pathlib import Path


class Counter:
    """Clicks (or taps) of one person. Typing, the Tab key and scrolling are free, as in the measured stock host."""

    def __init__(self):
        self.begin()

    def begin(self):
        """Begin a journey: nothing is counted yet."""
        self.count = 0
        self.begun = time.monotonic()

    @property
    def seconds(self):
        """How long the journey takes by now."""
        return time.monotonic() - self.begun

    def click(self, locator, **options):
        """Click and count it."""
        locator.click(**options)
        self.count += 1

    def tap(self, locator, **options):
        """Tap with a finger and count it."""
        locator.tap(**options)
        self.count += 1


class Ledger:
    """Figures of the journeys of a run, beside what was promised; each is kept as a small JSON file.

    :param folder: where the files go; it is made when the first figure comes
    """

    def __init__(self, folder):
        self.folder = Path(folder)

    def note(self, journey, count, at_most, unit, seconds):
        """Write a figure down and hold it against its limit.

        :param str journey: such as "project to sent quotation"
        :param int count: what was counted
        :param int at_most: the promise
        :param str unit: "clicks" or "taps"
        :param float seconds: how long it took, with what the test looks at on the way
        :raise AssertionError: more than promised
        """
        row = {"journey": journey, "count": count, "at_most": at_most, "unit": unit, "seconds": round(seconds, 1)}
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{journey.replace(' ', '-')}.json").write_text(json.dumps(row) + "\n")
        assert count <= at_most, f"{journey}: {count} {unit}, promised at most {at_most}"
