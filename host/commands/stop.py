"""Stop what ./sire run started, and PostgreSQL when nobody else uses it."""

from host import odoo_tree, paths, running
from host.packages import postgres_bin
from host.postgres import Cluster
from host.ui import Step, say

HELP = "stop what run started"


def add(parser):
    """No flags."""


def stop_all():
    """Stops everything of this state folder.

    :return: whether PostgreSQL is stopped: a test run may still use it
    """
    running.stop()
    if not postgres_bin() or not (paths.home() / "postgres").exists():
        return True
    cluster = Cluster()
    if cluster.running():
        if cluster.used_by_others():
            return False
        cluster.stop()
    return True


def main(arguments):
    """Stops it and says so."""
    if not running.last() and not odoo_tree.find():
        say("Nothing runs.")
        return
    with Step("Stopping"):
        done = stop_all()
    if not done:
        say("PostgreSQL stays: something else (a test run?) uses it.")
