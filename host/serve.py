"""Starting the sandbox and Odoo, and waiting until they answer."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import paths, process, settings, venv
from .errors import Failure

PATIENCE = 180  # seconds until something that does not answer counts as broken
SERVER = Path(__file__).parent / "scripts" / "odoo_server.py"
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback: never through a proxy


def free_port():
    """A port that nobody uses right now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def taken(port):
    """Whether something listens on a port of this machine already."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("0.0.0.0", port))
        except OSError:
            return True
    return False


def check_ports(port):
    """Odoo's port and the sandbox's two.

    :raise Failure: when one is taken or is no port
    """
    if not 1 <= port <= 65533:
        raise Failure(f"{port} is not a port", "Give one between 1024 and 65533")
    for number, whose in ((port, "Odoo"), (port + 1, "the sandbox"), (port + 2, "the sandbox's mail server")):
        if taken(number):
            raise Failure(
                f"Port {number}, which {whose} needs, is taken by another program",
                f"Stop that one, or run ./sire run --port {port + 100}",
            )


def answers(url, timeout=2):
    """Whether an address answers with success."""
    try:
        with _OPENER.open(url, timeout=timeout) as answer:
            return answer.status < 400
    except (OSError, urllib.error.URLError, ValueError):
        return False


def spawn(command, log, env, tied=False):
    """Starts a program that stays, in a process group of its own.

    :param log: file that its output is added to
    :param tied: whether it dies with this process
    """
    with log.open("ab") as handle:
        return subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=handle, stderr=subprocess.STDOUT, env=env,
            cwd=paths.REPO, start_new_session=True,
            preexec_fn=process.die_with_parent if tied else None,  # noqa: PLW1509  (one system call, nothing that a lock could hold)
        )  # fmt: skip


def wait(started, url, log, name, step=None):
    """Waits until a program answers.

    :raise Failure: when it ends before, or takes too long
    """
    begun = time.monotonic()
    while not answers(url):
        code = started.poll()
        if code is not None:
            raise Failure(f"{name} ended at its start (status {code}): {last_words(log)}", f"All it said is in {log}")
        if time.monotonic() - begun > PATIENCE:
            raise Failure(f"{name} did not answer within {PATIENCE} seconds", f"What it said is in {log}")
        if step:
            step.progress(min(time.monotonic() - begun, 14), 15)
        time.sleep(0.1)


def last_words(log):
    """The last line of a log that says something."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines()[-200:] if line.strip()]
    loud = [line for line in lines if " ERROR " in line or " CRITICAL " in line or "Error" in line]
    return (loud or lines or ["it said nothing"])[-1][:300]


def python_command(module, environ=None):
    """How to start a Python program of ours; measured when the tests ask for coverage.

    :param module: its name, or the path of a script
    """
    program = [module] if isinstance(module, Path) else ["-m", module]
    measure = (environ or os.environ).get("SIRE_COVERAGE_RC")
    interpreter = venv.python(dev=bool(measure))
    if measure:
        return [interpreter, "-m", "coverage", "run", f"--rcfile={measure}", "--parallel-mode", *program]
    return [interpreter, *program]


def start_sandbox(port, smtp_port, log, cluster, odoo, tied=False):
    """Starts the sandbox; returns when it answers."""
    env = settings.environment(odoo, cluster)
    command = [*python_command("sandbox", {}), "--port", port, "--smtp-port", smtp_port]
    started = spawn(command, log, env, tied)
    try:
        wait(started, f"http://127.0.0.1:{port}/health", log, "The sandbox")
    except BaseException:
        process.stop(started.pid, kill_group=True)
        raise
    return started


def start_odoo(
    name,
    bench,
    database,
    port,
    log,
    *,
    sandbox=None,
    smtp_port=None,
    env=None,
    options=None,
    public_url=None,
    tied=False,
    durable=False,
    step=None,
):
    """Starts Odoo on a database; returns when the login page answers.

    :param name: of the configuration file
    :param sandbox: the sandbox's address
    :param env: more environment variables
    :param options: more options of odoo.conf
    :param durable: whether its commits wait for the disk even when it is tied
    """
    address = f"http://127.0.0.1:{port}"
    conf = settings.write(
        name, bench.odoo, bench.cluster, database, http_port=str(port),
        **({"smtp_server": "127.0.0.1", "smtp_port": str(smtp_port)} if smtp_port else {}), **(options or {}),
    )  # fmt: skip
    environ = settings.environment(
        bench.odoo,
        bench.cluster,
        SIRE_DEMO="1",
        SIRE_SANDBOX_URL=sandbox,
        SIRE_PUBLIC_URL=public_url or address,
        **(env or {}),
    )
    if tied and not durable:
        environ = settings.unhurried(environ)
    started = spawn([*python_command(SERVER, environ), "server", "-c", conf], log, environ, tied)
    try:
        wait(started, f"{address}/web/login", log, "Odoo", step)
    except BaseException:
        process.stop(started.pid, kill_group=True)
        raise
    return started
