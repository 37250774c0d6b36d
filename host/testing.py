"""For tests and benchmarks that need a running server: Odoo and the sandbox on a copy of a prepared database.

with server() as sire:                      # sire_demo and what it stands on
    page.goto(sire.url + "/web/login")
    sire.shell("print(env['res.users'].search_count([]))")
    sire.kill9(); sire.restart()
"""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import urllib.request

from . import locking, paths, process, serve, settings, setup, venv
from .errors import Failure

DEMO_MODULES = ("sire_demo",)
_COUNT = itertools.count(1)
CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip


class Server:
    """A running Odoo with its sandbox.

    ``url`` and ``sandbox_url`` have no trailing slash; ``db`` is the database, ``pid`` Odoo's process, ``log`` what it says.
    ``durable``: its commits wait for the disk, as in production.
    """

    def __init__(self, bench, database, port, env, options, with_sandbox, durable=False):
        self.bench = bench
        self.db = database
        self.port = port or serve.free_port()
        self.smtp_port = serve.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = paths.logs(f"server-{database}")
        self.log.write_text("")
        self.env = env or {}
        self.options = options or {}
        self.sandbox_url = None
        self._sandbox = self._odoo = None
        self._with_sandbox = with_sandbox
        self._durable = durable

    @property
    def pid(self):
        """Odoo's process number; None while it does not run."""
        return self._odoo.pid if self._odoo else None

    def start(self):
        """Starts both; returns when they answer."""
        if self._with_sandbox and not self._sandbox:
            port = serve.free_port()
            log = paths.logs(f"sandbox-{self.db}")
            self._sandbox = serve.start_sandbox(
                port, self.smtp_port, log, self.bench.cluster, self.bench.odoo, tied=True
            )
            self.sandbox_url = f"http://127.0.0.1:{port}"
        self._odoo = serve.start_odoo(
            f"server-{self.db}", self.bench, self.db, self.port, self.log, sandbox=self.sandbox_url, smtp_port=self.smtp_port,
            env=self.env, options=self.options, tied=True, durable=self._durable,
        )  # fmt: skip
        return self

    def stop(self):
        """Stops Odoo politely."""
        if self._odoo:
            process.stop(self._odoo.pid, kill_group=True)
            self._odoo.wait()
            self._odoo = None

    def kill9(self):
        """Kills Odoo as a power cut would; the sandbox and the database stay."""
        with contextlib.suppress(ProcessLookupError):  # it is dead already
            os.killpg(self._odoo.pid, signal.SIGKILL)
        self._odoo.wait()
        self._odoo = None

    def wait_for_end(self, seconds):
        """Waits until Odoo ends by itself.

        :return: its status, negative when a signal killed it
        :raise subprocess.TimeoutExpired: when it runs on
        """
        status = self._odoo.wait(seconds)
        self.kill9()  # what it had started, too
        return status

    def restart(self):
        """Starts Odoo again on the same port and database."""
        self.stop()
        return self.start()

    def shell(self, script):
        """Runs a script in ``odoo shell`` on the server's database.

        :param script: Python; ``env`` is there, commit what shall stay
        :return: what it printed on standard output
        :raise AssertionError: when it fails
        """
        env = settings.environment(
            self.bench.odoo,
            self.bench.cluster,
            SIRE_DEMO="1",
            SIRE_SANDBOX_URL=self.sandbox_url,
            SIRE_PUBLIC_URL=self.url,
        )
        return odoo_shell(self.bench, self.db, script, env)

    def sql(self, statement):
        """Rows of a statement on the server's database, each a list of strings."""
        return self.bench.cluster.sql(statement, self.db)

    def control(self, path, data=None, method=None):
        """Calls the sandbox's control API.

        :param path: ``/control/next`` and the like
        :param data: sent as JSON; a POST then
        :return: what it answers, parsed
        """
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(
            self.sandbox_url + path, body, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def close(self):
        """Stops both and removes the database."""
        self.stop()
        if self._sandbox:
            process.stop(self._sandbox.pid, kill_group=True)
            self._sandbox.wait()
            self._sandbox = None
        self.bench.databases.drop(self.db)


def odoo_shell(bench, database, script, env=None):
    """Runs a script in ``odoo shell``; see :meth:`Server.shell`."""
    conf = settings.write(f"shell-{database}", bench.odoo, bench.cluster, database)
    command = [venv.python(), "-m", "odoo", "shell", "-c", conf, "-d", database, "--no-http", "--log-level=error"]
    # odoo shell runs standard input whole; its exit status says nothing, so the script says when it got to its end
    program = f"exec(compile({script!r}, 'script', 'exec'))\nprint('\\n' + 'all-of-it-ran')\n"
    done = subprocess.run(
        [str(part) for part in command], input=program, capture_output=True, text=True, cwd=paths.REPO, check=False,
        env=env or settings.environment(bench.odoo, bench.cluster, SIRE_DEMO="1"),
    )  # fmt: skip
    if "\nall-of-it-ran\n" not in done.stdout:
        raise AssertionError(f"the script failed:\n{done.stdout}{done.stderr}")
    return done.stdout.replace("\nall-of-it-ran\n", "", 1)


_BENCH = None


def prepared(database_modules=DEMO_MODULES):
    """A fresh copy of the prepared database with those modules of ours.

    :return: ``(bench, name)``; drop it with ``bench.databases.drop(name)``
    """
    global _BENCH
    with locking.prepared_alone("tests prepare a database"):
        if _BENCH is None or not _BENCH.cluster.running():
            _BENCH = setup.bench(dev=True)
        source = _BENCH.databases.ensure(tuple(database_modules), warm=True)
        name = f"test_{os.getpid()}_{next(_COUNT)}"
        _BENCH.databases.copy(source, name)
    return _BENCH, name


@contextlib.contextmanager
def server(database_modules=DEMO_MODULES, port=0, env=None, options=None, sandbox=True):
    """A running Odoo on a copy of a prepared database, with a sandbox of its own.

    :param database_modules: modules of ours that are installed; what they stand on comes with them
    :param port: Odoo's; any free one by default
    :param env: more environment variables for Odoo
    :param options: more options of odoo.conf, ``{"workers": "2"}`` for example
    :param sandbox: whether there is one
    :return: a :class:`Server`
    """
    bench, name = prepared(database_modules)
    running = Server(bench, name, port, env, options, sandbox)
    try:
        yield running.start()
    finally:
        running.close()


def chromium_path():
    """The browser for Playwright's ``executable_path``; None where Playwright's own is used.

    :raise Failure: when there is none
    """
    from . import browser

    found = browser.find()
    if found is None:
        raise Failure("No Chromium here", "Run ./sire test, which installs one")
    return found
