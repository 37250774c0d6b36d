"""Everything that must be there before Odoo can run, in order; what is there already costs nothing."""

import os
import time

from . import locking, odoo_tree, packages, paths, venv
from .database import Databases
from .errors import Failure
from .postgres import Cluster
from .ui import Step

ROOM = 5 << 30  # bytes that a first run takes, with some air


class Bench:
    """What is prepared: Odoo, Python, PostgreSQL and the databases."""

    def __init__(self, odoo, cluster, started):
        self.odoo = odoo
        self.cluster = cluster
        self.started = started
        self.databases = Databases(cluster, odoo)

    def release(self):
        """Stops PostgreSQL when it was started for this bench and nobody else uses it."""
        if self.started and not self.cluster.used_by_others():
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


def bench(dev=False, what="prepare"):
    """Prepares everything; call it under :func:`host.locking.prepared_alone`.

    :param dev: with what tests need
    :return: a :class:`Bench`
    """
    check_room()
    packages.check_system()
    packages.ensure(for_tests=dev)
    odoo = odoo_tree.ensure()
    venv.ensure(dev)
    if not dev and not venv.python():
        venv.ensure()
    cluster = Cluster()
    begun = time.monotonic()
    started = cluster.start()
    if started and time.monotonic() - begun > 3:
        with Step(f"PostgreSQL {cluster.version[0]}"):
            pass
    found = Bench(odoo, cluster, started)
    found.databases.sweep()
    return found


def locked_bench(dev=False, what="prepare"):
    """The same, taking the lock for as long as it takes."""
    with locking.prepared_alone(what):
        return bench(dev, what)


def quiet():
    """Whether nothing should be said (a program reads the output)."""
    return os.environ.get("SIRE_QUIET") == "1"
