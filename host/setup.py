"""Everything that must be there before Odoo can run, in order; what is there already costs nothing."""

import contextlib
import os
import sys
from pathlib import Path

from . import archive, locking, odoo_tree, packages, paths, running, venv
from .database import Databases
from .errors import Failure
from .postgres import Cluster

ROOM = 5 << 30  # bytes that a first run takes, with some air


class Bench:
    """What is prepared: Odoo, Python, PostgreSQL and the databases."""

    def __init__(self, odoo, cluster, started):
        self.odoo = odoo
        self.cluster = cluster
        self.started = started
        self.databases = Databases(cluster, odoo)

    def release(self, always=False):
        """Stops PostgreSQL when nobody else uses it.

        :param always: also when it ran before this bench was made
        """
        if (self.started or always) and not self.cluster.used_by_others():
            self.cluster.stop()


def check_room():
    """Says so before anything is touched when the disk is too full.

    :raise Failure: in one line
    """
    fresh = not (paths.home() / "postgres").exists()
    need = ROOM if fresh else 300 << 20
    free = paths.free_space()
    if free < need:
        raise Failure(
            f"Disk full: {free / 1e9:.1f} GB free under {paths.home()}, {need / 1e9:.1f} GB needed",
            "Free some space there, or set SIRE_HOME to a folder on another disk, and run again",
        )


def bench(dev=False):
    """Prepares everything; call it under :func:`host.locking.prepared_alone`.

    :param dev: with what tests need
    :return: a :class:`Bench`
    """
    check_room()
    packages.check_system()
    packages.ensure(packages.EVERYTHING if dev else packages.EVERYTHING[:-1])
    odoo = odoo_tree.ensure()
    venv.ensure(dev)
    if not dev and not venv.python():
        venv.ensure()
    cluster = Cluster()
    found = Bench(odoo, cluster, cluster.start())
    found.databases.sweep()
    if not running.current() and not cluster.used_by_others():
        _prune(dev)
    return found


def _prune(dev):
    """Removes Odoo and Python environments that are not pinned any more; nobody runs them now."""
    home = paths.home()
    if Path(sys.prefix).parent != home / "venv":  # a test prepares too, and must not take its own ground away
        paths.prune(home / "venv", venv.folder(dev).name, "dev-" if dev else "run-")
    if not os.environ.get("SIRE_ODOO"):
        paths.prune(home / "odoo", archive.lock_id(archive.read_lock()))


@contextlib.contextmanager
def preparing(command, dev=False):
    """The same under the lock, for what a command still prepares itself. When that fails, nothing of it stays running.

    :param command: its name, for others who wait
    """
    with locking.prepared_alone(command):
        found = bench(dev)
        try:
            yield found
        except BaseException:
            found.release()
            raise
