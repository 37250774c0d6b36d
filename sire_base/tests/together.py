"""Several at once, each in a connection of its own: what one test transaction cannot show. What is committed, the test removes."""

import threading

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name


def run_together(functions, run, seconds=180):
    """Start all in threads, each with the database as it was before any other committed.

    :param functions: what each does; called with what ``run`` calls them with, an environment or a record
    :param run: called with one function, runs it in a transaction of its own, and again when PostgreSQL refuses it
    :return: what each returned, or its exception
    :rtype: list
    """
    barrier = threading.Barrier(len(functions), timeout=60)
    results = [None] * len(functions)

    def work(index, function):
        first = [True]

        def once(subject):
            getattr(subject, "env", subject).cr.execute("SELECT 1")  # the snapshot is taken here
            if first:
                first.clear()
                barrier.wait()
            return function(subject)

        try:
            results[index] = run(once)
        except Exception as error:  # noqa: BLE001  what it was is asserted
            results[index] = error

    threads = [threading.Thread(target=work, args=args) for args in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    return results


class TogetherCase(BaseCase):
    """Commits what it makes: give it a ``clean_up``, other tests share the database."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self.clean_up)

    def clean_up(self):
        raise NotImplementedError

    def make_env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def run_all(self, *functions):
        """Run each function(env) as a request is run: again when PostgreSQL refuses it, rolled back when it fails.

        :return: what each returned, or its exception
        """

        def as_request(once):
            with self.registry.cursor() as cr:
                env = self.make_env(cr)
                return retrying(lambda: once(env), env)

        return run_together(functions, as_request)
