"""A pytest plugin: how many clicks or taps each journey took, and how long, printed before pytest's closing line.

Browser tests leave a small JSON file a journey (``journey``, ``count``, ``at_most``, ``unit``, ``seconds``); with several workers no
other process than this one may print.
"""

import json
import os
import time

import pytest

from . import paths

_BEGUN = time.time()


def folder():
    """Where the figures are."""
    return paths.home() / "reports" / "journeys"


def lines(since):
    """A table of the figures.

    :param since: seconds of the epoch; older figures are another run's
    :return: its lines, none without figures
    """
    files = [path for path in folder().glob("*.json") if path.stat().st_mtime >= since]
    rows = sorted((json.loads(path.read_text()) for path in files), key=lambda row: row["journey"])
    return [
        f"{row['journey']:<30}{row['count']:>3} {row['unit']:<6} (at most {row['at_most']}){row['seconds']:>8.1f} s"
        for row in rows
    ]


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter):
    """The table, above the one of coverage."""
    found = [] if "PYTEST_XDIST_WORKER" in os.environ else lines(_BEGUN)
    if found:
        terminalreporter.section("journeys")
        for line in found:
            terminalreporter.write_line(line)
