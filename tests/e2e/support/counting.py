"""How many clicks and taps a journey takes: counted as they are done, printed at the end of the run."""

import json
from pathlib import Path


class Counter:
    """Clicks (or taps) of one person. Typing, the Tab key and scrolling are free, as in the measured stock host."""

    def __init__(self):
        self.count = 0

    def click(self, locator, **options):
        """Click and count it."""
        locator.click(**options)
        self.count += 1

    def tap(self, locator, **options):
        """Tap with a finger and count it."""
        locator.tap(**options)
        self.count += 1


class Ledger:
    """Figures of the journeys of a run, beside what was promised; each is also kept as a small JSON file.

    :param folder: where the files go; it is made when the first figure comes
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.rows = []

    def note(self, journey, count, at_most, unit):
        """Write a figure down and hold it against its limit.

        :param str journey: such as "project to sent quotation"
        :param int count: what was counted
        :param int at_most: the promise
        :param str unit: "clicks" or "taps"
        :raise AssertionError: more than promised
        """
        row = {"journey": journey, "count": count, "at_most": at_most, "unit": unit}
        self.rows.append(row)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{journey.replace(' ', '-')}.json").write_text(json.dumps(row) + "\n")
        assert count <= at_most, f"{journey}: {count} {unit}, promised at most {at_most}"

    def lines(self):
        """Return what was counted, as sentences."""
        return [f"{row['journey']}: {row['count']} {row['unit']} (at most {row['at_most']})" for row in self.rows]
