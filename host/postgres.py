"""A private PostgreSQL cluster on a unix socket; no system service or cluster is touched."""

import os
import pwd
import re
import subprocess
import time
from pathlib import Path

from . import packages, paths, process
from .errors import Failure, explain
from .ui import Step

USER = "odoo"
SERVICE = "postgres"  # who runs the cluster when we are root: initdb refuses root
BOOT = Path("/proc/sys/kernel/random/boot_id")  # another one after each start of the machine
LONGEST_SOCKET = 90  # bytes of a socket's folder; the kernel allows 107 for all of the address
SETTINGS = """
# written by ./sire
listen_addresses = ''
max_connections = 300
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_level = minimal
max_wal_senders = 0
jit = off
log_min_messages = warning
log_min_error_statement = panic
timezone = 'UTC'
log_timezone = 'UTC'
"""


def as_service(root=None):
    """Options for subprocess that make a program run as the cluster's owner."""
    root = os.geteuid() == 0 if root is None else root
    if not root:
        return {}
    entry = pwd.getpwnam(SERVICE)
    env = {**os.environ, "HOME": entry.pw_dir, "USER": SERVICE, "LOGNAME": SERVICE}
    return {"user": SERVICE, "group": entry.pw_gid, "extra_groups": [], "env": env}


def _reachable(folder):
    """Whether the cluster's owner can walk into a folder of ours."""
    done = subprocess.run(["test", "-x", str(folder)], check=False, cwd="/", **as_service())
    return done.returncode == 0


def root_folder():
    """Where the cluster lives: in the state folder, or, where its owner may not enter that one, under /var/lib (a link leads there)."""
    link = paths.home() / "postgres"
    if link.exists():
        return link.resolve()
    home = paths.make()
    if _reachable(home):
        link.mkdir(exist_ok=True)
        return link.resolve()
    away = Path("/var/lib/sire") / paths.home_id()
    away.mkdir(parents=True, exist_ok=True)
    paths.remove(link)
    link.symlink_to(away)
    return away


def socket_folder(root):
    """Where the socket is: beside the cluster, or in /tmp where that path is too long for the kernel.

    :param root: the cluster's folder
    """
    beside = root / "socket"
    return beside if len(str(beside).encode()) <= LONGEST_SOCKET else Path("/tmp") / f"sire-{paths.home_id()}"


class Cluster:
    """The private cluster of one state folder."""

    def __init__(self):
        self.bin = packages.postgres_bin()
        if not self.bin:
            raise Failure("PostgreSQL is not installed", "Run " + packages.command_for(["postgresql"]))
        self.root = root_folder()
        self.socket = socket_folder(self.root)
        self.data = self.root / "data"
        self.env = {**os.environ, "PGHOST": str(self.socket), "PGUSER": USER, "PGPORT": "5432"}
        self.env["PATH"] = f"{self.bin}:{self.env.get('PATH', '')}"
        for name in ("PGSERVICE", "PGPASSWORD", "PGOPTIONS", "PGDATA", "PGDATABASE"):
            self.env.pop(name, None)

    @property
    def version(self):
        """The server's version as its programs say it."""
        found = re.search(r"\d[\d.]*", process.read([self.bin / "postgres", "--version"]))
        return found[0] if found else "unknown"

    def _own(self, folder, mode=0o700):
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            entry = pwd.getpwnam(SERVICE)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        elif folder.stat().st_uid != os.geteuid():
            raise Failure(
                f"{folder} belongs to another user", "Run as that user, or set SIRE_HOME to a folder of your own"
            )
        folder.chmod(mode)

    def running(self):
        """Whether the server runs: its own programs say so."""
        if not (self.data / "postmaster.pid").exists():
            return False
        done = subprocess.run(
            [self.bin / "pg_ctl", "status", "-D", self.data], capture_output=True, check=False, cwd="/", **as_service()
        )
        return done.returncode == 0

    def start(self):
        """Makes the cluster when it is not there and starts it when it does not run.

        :return: whether this call started it
        """
        self._own(self.root, 0o711)
        self._own(self.socket)
        if not (self.data / "PG_VERSION").exists():
            self._make()
        self._check_version()
        if self.running():
            return False
        self._look_back()
        log = self.root / "server.log"
        settings = self.root / "sire.conf"
        paths.write(settings, SETTINGS + f"unix_socket_directories = '{self.socket}'\nunix_socket_permissions = 0700\n")
        command = [self.bin / "pg_ctl", "start", "-w", "-t", "120", "-D", self.data, "-l", log]
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd="/",
            start_new_session=True,
            **as_service(),
        )
        if done.returncode:
            said = process.read(["tail", "-n", "20", log])
            raise explain("PostgreSQL's start", said or done.stdout, log)
        return True

    # -- after the machine stopped without a word

    @property
    def _boot(self):
        return self.root / "boot"

    @property
    def _doubt(self):
        return self.root / "doubt"

    def _look_back(self):
        """Before a start: did the machine lose its power while the server ran? Then what it held in memory is lost.

        When only the server was killed nothing is: the kernel still writes what it was given.
        """
        now = BOOT.read_text().strip() if BOOT.exists() else ""
        before = self._boot.read_text() if self._boot.exists() else None
        if before != now and self._state() != "shut down":
            self._doubt.touch()
        paths.write(self._boot, now)

    def _state(self):
        """What the server wrote about itself last: ``shut down`` when it ended in good order."""
        env = {**(as_service().get("env") or os.environ), "LC_ALL": "C"}
        command = [self.bin / "pg_controldata", "-D", self.data]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd="/", **{**as_service(), "env": env}
        )
        found = re.search(r"Database cluster state:\s*(.+)", done.stdout)
        return found[1].strip() if found else "unknown"

    def in_doubt(self):
        """Whether the machine stopped under the server since :meth:`trust` was called."""
        return self._doubt.exists()

    def trust(self):
        """What could be made anew was dropped: the rest is what there is."""
        paths.remove(self._doubt)

    def _make(self):
        part = self.root / "data.part"
        with Step("PostgreSQL cluster"):
            paths.remove(self.data)
            paths.remove(part)
            command = [self.bin / "initdb", "-D", part, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
            process.run("Making the PostgreSQL cluster", command, log="initdb", cwd="/", **as_service())
            with (part / "postgresql.conf").open("a") as handle:
                handle.write("\ninclude_if_exists '../sire.conf'\n")
            part.rename(self.data)

    def _check_version(self):
        have = (self.data / "PG_VERSION").read_text().strip()
        program = process.read([self.bin / "postgres", "--version"])
        if f" {have}." in program:
            return
        other = Path("/usr/lib/postgresql") / have / "bin"
        if (other / "postgres").exists():
            self.bin = other
            self.env["PATH"] = f"{other}:{self.env['PATH']}"
            return
        raise Failure(
            f"The databases here are PostgreSQL {have}'s and this system has another version",
            "Install postgresql-%s, or ./sire reset to start anew" % have,
        )

    def stop(self):
        """Stops the server."""
        if self.running():
            command = [self.bin / "pg_ctl", "stop", "-w", "-m", "fast", "-D", self.data]
            process.run("Stopping PostgreSQL", command, log="pg-stop", cwd="/", **as_service())

    def sql(self, statement, database="postgres", check=True):
        """Runs a statement.

        :return: the rows as lists of strings
        """
        # no psqlrc, tuples only, fields split by a character that no name has
        command = [
            self.bin / "psql",
            "-X",
            "-At",
            "-F",
            "\x1f",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            database,
            "-c",
            statement,
        ]
        done = subprocess.run(command, capture_output=True, text=True, env=self.env, check=False)
        if done.returncode and check:
            raise explain("A question to PostgreSQL", done.stderr, self.root / "server.log")
        return [line.split("\x1f") for line in done.stdout.splitlines() if line]

    def used_by_others(self):
        """Whether anybody else has a connection to any database."""
        return bool(
            self.sql(
                "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
                check=False,
            )
        )

    def wait_unused(self, database, seconds=10):
        """Waits until nobody is connected to a database; then ends those who still are."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.sql(f"SELECT 1 FROM pg_stat_activity WHERE datname = '{database}'"):
            time.sleep(0.1)
        self.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")
