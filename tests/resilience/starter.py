"""Starts real Odoo processes on a small database of their own, and kills them."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import odoo
import psycopg2
import requests
from odoo.sql_db import connection_info_for
from odoo.tools import config

HERE = Path(__file__).resolve().parent
ODOO_PATH = str(Path(odoo.__path__[0]).resolve().parent)
START_TIMEOUT = 90  # seconds


def connect(database):
    """:return: a psycopg2 connection that commits each statement"""
    _name, info = connection_info_for(database)
    connection = psycopg2.connect(**{key: value for key, value in info.items() if key != "application_name"})
    connection.autocommit = True
    return connection


def drop_database(name):
    with contextlib.closing(connect("postgres")) as connection, connection.cursor() as cr:
        cr.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def copy_database(source, prefix="resilience"):
    name = f"{prefix}_{secrets.token_hex(4)}"
    with contextlib.closing(connect("postgres")) as connection, connection.cursor() as cr:
        cr.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    return name


def write_config(folder, database):
    """:return: the path of a configuration file; passwords stay in it and out of the process list"""
    addons = [*config["addons_path"], str(HERE.parents[1]), str(HERE / "addons")]
    values = {
        "addons_path": ",".join(dict.fromkeys(str(path) for path in addons)),
        "data_dir": str(folder / "data"),
        "db_name": database,
        "list_db": "False",
        "http_interface": "127.0.0.1",
        "gevent_port": "0",
        "workers": "0",
        "without_demo": "True",
        **{key: config[key] for key in ("db_host", "db_port", "db_user", "db_password") if config[key]},
    }
    path = folder / f"{database}.conf"
    path.write_text("[options]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()))
    path.chmod(0o600)
    return path


def run_odoo(arguments, log, **kwargs):
    env = {**os.environ, "PYTHONPATH": ODOO_PATH, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "odoo", "server", *arguments]
    return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=env, **kwargs)


class Server:
    """One Odoo process; start it again after a kill."""

    def __init__(self, folder, database):
        self.folder = folder
        self.database = database
        self.conf = write_config(folder, database)
        self.process = None
        self.log_path = folder / f"{database}-{secrets.token_hex(2)}.log"

    def start(self, cron_threads=2):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        arguments = ["-c", str(self.conf), "-p", str(self.port), "--max-cron-threads", str(cron_threads)]
        with self.log_path.open("ab") as log:
            self.process = run_odoo(arguments, log)
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"Odoo stopped at its start:\n{self.log_path.read_text()[-3000:]}")
            with contextlib.suppress(requests.RequestException):
                # a page that needs the registry, so that the first webhook does not pay for loading it
                if requests.get(f"{self.url}/web/health?db_server_status=1", timeout=30).ok:
                    return self
            time.sleep(0.1)
        raise RuntimeError(f"Odoo did not answer:\n{self.log_path.read_text()[-3000:]}")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def kill9(self):
        self.process.kill()
        self.process.wait()

    def wait_until_dead(self, timeout=30):
        self.process.wait(timeout)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.kill9()
