"""Which Chromium there is on this machine."""

import os
import shutil
from functools import lru_cache
from pathlib import Path

# The headless shell is the same engine without windows: it starts in a twentieth of a second and prints twice as fast.
NAMES = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "google-chrome-stable", "google-chrome",
         "chromium-browser")  # fmt: skip
VARIABLE = "SIRE_PDF_CHROMIUM"


def _is_one(path):
    """:return: whether it is a program, and not the door to a snap, which has no pipe"""
    real = Path(path).resolve()
    if "/snap/" in str(real):
        return False
    with open(real, "rb") as file:
        return b"/snap/bin/" not in file.read(4096)


def _program(path):
    """The distribution's commands are scripts around the program, and some stay between it and us: they are left out.

    :return: the program's own path where it is known, otherwise the path as given
    """
    real = Path(path).resolve()
    with open(real, "rb") as file:
        is_script = file.read(2) == b"#!"
    inside = Path("/usr/lib/chromium", real.name)
    return str(inside if is_script and os.access(inside, os.X_OK) else path)


def _playwright():
    """Browsers of Playwright, the newest first; where the distribution has none of its own."""
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found = [*folder.glob("chromium_headless_shell-*/*/*headless?shell"), *folder.glob("chromium-*/*/chrome")]
    return sorted((str(path) for path in found if os.access(path, os.X_OK)), reverse=True)


@lru_cache(maxsize=8)
def _found(named, path):
    """What is found is remembered for the names and the path that it was looked for with."""
    return _look(named)


def chromium():
    """:return: the path of a Chromium that can be driven, or None; the variable SIRE_PDF_CHROMIUM names another, or none"""
    named = os.environ.get(VARIABLE)
    found = _found(named, os.environ.get("PATH"))
    if found and os.access(found, os.X_OK):
        return found
    return _look(named)  # installed, or removed, since


def _look(named):
    for name in [named] if named is not None else [*NAMES, os.environ.get("SIRE_CHROMIUM") or ""]:
        path = name and shutil.which(name)
        if path and _is_one(path):
            return _program(path)
    if named is None:
        return next(iter(_playwright()), None)
    return None
