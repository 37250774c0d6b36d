"""A small database of its own, and as many real Odoo processes on it as a test wants."""

import itertools
import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import requests

from host import postgres, testing
from host.errors import Failure

PROBE = Path(__file__).resolve().parent / "addons"
PATIENCE = 180  # seconds, which only pass when something is broken
_COUNT = itertools.count(1)


def addons_path(bench):
    """:return: the folders of Odoo's modules, of ours and of the probe"""
    repository = Path(__file__).resolve().parents[2]
    return ",".join(str(path) for path in (*bench.odoo.addons, repository, PROBE))


def prepare():
    """:return: (bench, name of a database with sire_base and the probe), to be copied"""
    bench, name = testing.prepared(("sire_base",))
    arguments = ("-i", "resilience_probe", f"--addons-path={addons_path(bench)}")
    bench.databases.odoo_run("Installing the probe", name, *arguments)
    return bench, name


class World:
    """One database."""

    def __init__(self, bench, source):
        self.bench = bench
        self.database = f"test_{os.getpid()}_world_{next(_COUNT)}"
        bench.databases.copy(source, self.database)
        self.servers = []
        self.connection = self.connect()

    def connect(self):
        """:return: a psycopg2 connection that commits each statement"""
        connection = psycopg2.connect(host=str(self.bench.cluster.socket), user=postgres.USER, dbname=self.database)
        connection.autocommit = True
        return connection

    def close(self):
        for server in self.servers:
            server.stop()
        self.connection.close()
        self.bench.databases.drop(self.database)

    # -- servers

    def start(self, cron_threads=2, **options):
        """:param cron_threads: 0 for a server that takes events and handles none
        :param options: of odoo.conf
        :return: the :class:`host.testing.Server`
        """
        options.update(addons_path=addons_path(self.bench), max_cron_threads=str(cron_threads))
        server = testing.Server(self.bench, self.database, 0, None, options, False)
        self.servers.append(server)
        return server.start()

    def start_again(self, server, cron_threads=2):
        server.options["max_cron_threads"] = str(cron_threads)
        return server.start()

    def start_until_killed(self, server):
        """Start a server that kills itself, be it before it answers (an event is handled once the registry is there) or after."""
        try:
            self.start_again(server)
        except Failure as failure:
            assert f"(status {-signal.SIGKILL})" in str(failure), failure
        else:
            assert server.wait_for_end(PATIENCE) == -signal.SIGKILL

    def post(self, server, key, **wish):
        """:return: the HTTP status of a webhook"""
        data = json.dumps(wish)
        return requests.post(
            f"{server.url}/resilience/webhook", params={"key": key}, data=data, timeout=PATIENCE
        ).status_code

    def work(self, server):
        """Have a server's HTTP thread work on the inbox.

        :return: how many events it began
        """
        return requests.post(f"{server.url}/resilience/work", timeout=PATIENCE).json()["begun"]

    # -- what is in the database

    def query(self, sql, *values):
        with self.connection.cursor() as cr:
            cr.execute(sql, values)
            return cr.fetchall() if cr.description else None

    def events(self):
        """:return: key → [state, attempts]"""
        return {key: rest for key, *rest in self.query("SELECT event_key, state, attempts FROM sire_webhook_event")}

    def effects(self):
        """:return: key → how often handling it was committed"""
        return dict(self.query("SELECT event_key, count(*) FROM resilience_effect GROUP BY event_key"))

    # -- waiting

    def wait_for(self, condition, timeout=PATIENCE, what="it"):
        """:return: the seconds that it took"""
        begin = time.monotonic()
        while not condition():
            assert time.monotonic() - begin < timeout, f"{what} did not happen: {self.events()} {self.effects()}"
            time.sleep(0.05)
        return time.monotonic() - begin

    def wait_until_handled(self, *keys, timeout=PATIENCE):
        return self.wait_for(lambda: all(self.events()[key][0] == "done" for key in keys), timeout, f"handling {keys}")

    def in_parallel(self, function, arguments):
        with ThreadPoolExecutor(max_workers=20) as pool:
            return list(pool.map(function, arguments))
