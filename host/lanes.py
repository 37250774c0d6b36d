"""A pytest plugin: which worker runs which tests, when there are several.

One Odoo lives in one process with one database. The tests of ``sire_demo`` need a database with the demo company, the other
modules' tests one without, the rest (servers of their own, or no database at all) any. So the first worker has the demo database
and all others the one without, and a file is only given to a worker that fits.
"""

import os

import pytest

from host.kinds import DEMO, kind_of

FIRST = "gw0"


def fits(kind, worker, demo_worker):
    """Whether a worker may run tests of a kind.

    :param demo_worker: whether the first worker has the demo database
    """
    if not demo_worker or kind == "any":
        return True
    return (kind == "demo") == (worker == FIRST)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    """Before Odoo is configured: the first worker gets the demo database."""
    if os.environ.get("PYTEST_XDIST_WORKER") == FIRST and os.environ.get(DEMO):
        config.option.odoo_database = os.environ[DEMO]
    yield


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """The scheduler of :mod:`xdist`, told about the lanes."""
    from xdist.scheduler import LoadFileScheduling

    demo_worker = bool(os.environ.get(DEMO))

    class Lanes(LoadFileScheduling):
        """Gives a worker only files that fit it, those that fit no other worker first."""

        def _next_for(self, node):
            worker = node.gateway.id
            fitting = [scope for scope in self.workqueue if fits(kind_of(scope), worker, demo_worker)]
            own = [scope for scope in fitting if kind_of(scope) != "any"]
            # the demo worker begins with the long tests that drive a browser, the others with their modules
            return next(iter(own or fitting), None)

        def _assign_work_unit(self, node):
            scope = self._next_for(node)
            if scope is None:
                node.shutdown()
                return
            self.workqueue.move_to_end(scope, last=False)
            super()._assign_work_unit(node)

    return Lanes(config, log)
