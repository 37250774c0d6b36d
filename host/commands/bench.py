"""Run a benchmark of bench/; its last line is one JSON object."""

import subprocess
import sys

from host import browser, paths, settings, setup, venv
from host.errors import Failure

HELP = "run bench/NAME.py; its last line is one JSON object"


def add(parser):
    """Declares the arguments."""
    parser.add_argument("name", help="of the benchmark")
    parser.add_argument("arguments", nargs="*", help="for it")


def main(arguments):
    """Prepares what tests need and runs it."""
    script = paths.REPO / "bench" / f"{arguments.name}.py"
    if not script.exists():
        there = (
            ", ".join(sorted(path.stem for path in script.parent.glob("*.py") if not path.stem.startswith("_")))
            or "none"
        )
        raise Failure(f"There is no benchmark {arguments.name}", f"Those that are there: {there}")
    with setup.preparing("bench", dev=True) as bench:
        chromium = browser.ensure()
    env = {**settings.environment(bench.odoo, bench.cluster), "SIRE_CHROMIUM": chromium}
    env["PYTHONPATH"] = f"{paths.REPO}:{env['PYTHONPATH']}"
    sys.stdout.flush()
    try:
        return subprocess.call(
            [str(part) for part in (venv.python(dev=True), script, *arguments.arguments, *arguments.rest)],
            env=env,
            cwd=paths.REPO,
        )
    finally:
        bench.release()
