import contextlib
import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from . import starter


class World:
    """A database with the probe, and as many servers on it as a test wants."""

    def __init__(self, folder, database):
        self.folder = folder
        self.database = database
        self.servers = []
        self.connection = starter.connect(database)

    def start(self, **kwargs):
        server = starter.Server(self.folder, self.database)
        self.servers.append(server)
        return server.start(**kwargs)

    def post(self, server, key, **wish):
        """:return: the HTTP status of a webhook"""
        data = json.dumps(wish)
        return requests.post(f"{server.url}/resilience/webhook", params={"key": key}, data=data, timeout=30).status_code

    def query(self, sql, *values):
        with self.connection.cursor() as cr:
            cr.execute(sql, values)
            return cr.fetchall() if cr.description else None

    def events(self):
        """:return: key → (state, attempts)"""
        return {key: rest for key, *rest in self.query("SELECT event_key, state, attempts FROM sire_webhook_event")}

    def effects(self):
        """:return: key → how often handling it was committed"""
        return dict(self.query("SELECT event_key, count(*) FROM resilience_effect GROUP BY event_key"))

    def wait_for(self, condition, timeout=30, what="it"):
        """:return: the seconds that it took"""
        begin = time.monotonic()
        while not condition():
            assert time.monotonic() - begin < timeout, f"{what} did not happen: {self.events()} {self.effects()}"
            time.sleep(0.05)
        return time.monotonic() - begin

    def wait_until_handled(self, *keys, timeout=30):
        return self.wait_for(lambda: all(self.events()[key][0] == "done" for key in keys), timeout, f"handling {keys}")

    def in_parallel(self, function, arguments):
        with ThreadPoolExecutor(max_workers=20) as pool:
            return list(pool.map(function, arguments))


@pytest.fixture(scope="session")
def probe_database(tmp_path_factory):
    """A database with nothing but sire_base and the probe, made once and copied by every test."""
    folder = tmp_path_factory.mktemp("resilience")
    name = f"resilience_{starter.secrets.token_hex(4)}"
    log_path = folder / "install.log"
    try:
        with log_path.open("wb") as log:
            arguments = ["-c", str(starter.write_config(folder, name)), "-i", "resilience_probe"]
            code = starter.run_odoo([*arguments, "--stop-after-init", "--no-http"], log).wait(300)
        assert not code, log_path.read_text()[-3000:]
        yield name
    except subprocess.TimeoutExpired:
        pytest.fail(log_path.read_text()[-3000:])
    finally:
        starter.drop_database(name)


@pytest.fixture
def world(tmp_path, probe_database):
    database = starter.copy_database(probe_database)
    world = World(tmp_path, database)
    try:
        yield world
    finally:
        for server in world.servers:
            server.stop()
        with contextlib.suppress(Exception):
            world.connection.close()
        starter.drop_database(database)
