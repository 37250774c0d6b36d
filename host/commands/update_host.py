"""Pin the Odoo that Debian's archive has today; the next run fetches it."""

from host import archive, locking, packages
from host.ui import say

HELP = "pin the Odoo that Debian's archive has today"


def add(parser):
    """No flags."""


def main(arguments):
    """Pins, and says what changed."""
    with locking.prepared_alone("update-host"):
        packages.check_system()
        packages.ensure(("archive",))
        changes = archive.repin()
    for line in changes:
        say(f"  {line}")
    say(
        "host/odoo.lock is written: run ./sire test, then commit it."
        if changes
        else "host/odoo.lock has what Debian's archive has."
    )
