"""Stop everything and delete it: the databases, and with --all also Odoo, Python and what else was fetched."""

import sys
from pathlib import Path

from host import locking, paths, running
from host.errors import Failure
from host.packages import postgres_bin
from host.postgres import Cluster
from host.ui import Step, say

from .stop import stop_all

HELP = "delete the databases (--all: everything that was set up)"


def add(parser):
    """Declares the flags."""
    parser.add_argument(
        "--all", action="store_true", help="also Odoo, Python and everything else under the state folder"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")


def main(arguments):
    """Asks, then deletes."""
    home = paths.home()
    if not home.exists():
        say("There is nothing to delete.")
        return 0
    what = f"everything under {home}" if arguments.all else f"all databases under {home}"
    if not arguments.yes:
        if not sys.stdin.isatty():
            raise Failure(f"This deletes {what}", "Say so with --yes")
        if input(f"Delete {what}? [y/N] ").strip().lower() not in ("y", "yes"):
            say("Nothing was deleted.")
            return 1
    with locking.prepared_alone("reset"):
        running.stop()
        if postgres_bin() and not stop_all():
            raise Failure(
                "Something else uses the databases (a test run, a shell)", "End it first, then run ./sire reset again"
            )
        with Step(f"Deleting {what}"):
            _delete_databases(home)
            if arguments.all:
                for path in home.iterdir():
                    if path.name != "lock":
                        paths.remove(path)
    return 0


def _delete_databases(home):
    link = home / "postgres"
    if postgres_bin() and link.exists():
        cluster = Cluster()
        if cluster.socket.parent == Path("/tmp"):
            paths.remove(cluster.socket)
        for path in cluster.root.iterdir():
            paths.remove(path)
        cluster.root.rmdir() if link.is_symlink() else None
    paths.remove(link)
    for name in ("data", "conf", "run.json"):
        paths.remove(home / name)
