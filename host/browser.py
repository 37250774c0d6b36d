"""Chromium: Debian's own, or, where the system has none but a snap (Ubuntu), the one that Playwright brings."""

import os

from . import packages, paths, process, venv
from .errors import Failure
from .ui import Step


def _own():
    found = sorted(paths.home().glob("browsers/chromium*/chrome-linux*/chrome"))
    return str(found[-1]) if found else None


def find():
    """A Chromium that runs here; None when there is none."""
    return packages.chromium() or _own()


def ensure():
    """A Chromium; where Debian's package is not to be had, Playwright's own is fetched.

    :return: its path
    """
    if find():
        return find()
    env = {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(paths.home() / "browsers")}
    with Step("Chromium (Playwright's own: this system only has a snap)"):
        process.run(
            "Fetching Chromium",
            [venv.python(dev=True), "-m", "playwright", "install", "--no-shell", "chromium"],
            log="chromium",
            env=env,
        )
    if not find():
        raise Failure(
            "Chromium did not come", f"See {paths.logs('chromium')}, or set SIRE_CHROMIUM to a Chromium's path"
        )
    return find()
