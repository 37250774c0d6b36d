"""What ./sire run has started: written down, so that stop, status and a second run find it."""

import json
import time

from . import paths, process


def _file():
    return paths.home() / "run.json"


def last():
    """What was started last, running or not; empty when nothing ever was."""
    try:
        return json.loads(_file().read_text())
    except (OSError, ValueError):
        return {}


def alive(entry):
    """Whether a process that was written down still runs, and is that one and not another with its number."""
    return bool(entry) and process.born(entry["pid"]) == entry["born"]


def current():
    """What runs now: the record of the last start when its Odoo lives, else empty."""
    found = last()
    return found if alive(found.get("odoo")) else {}


def record(**fields):
    """Writes down what was started; a field that is a process becomes its number and birth."""
    found = {key: value for key, value in fields.items() if not hasattr(value, "pid")}
    for key, value in fields.items():
        if hasattr(value, "pid"):
            found[key] = {"pid": value.pid, "born": process.born(value.pid)}
    found["started"] = time.time()
    paths.write(_file(), json.dumps(found, indent=2))


def stop():
    """Stops Odoo, then the sandbox.

    :return: the names of what was stopped
    """
    found, stopped = last(), []
    for name in ("odoo", "sandbox"):
        if alive(found.get(name)):
            process.stop(found[name]["pid"], kill_group=True)
            stopped.append(name)
    return stopped
