"""Start SIRE with its demo company: PostgreSQL, the sandbox and Odoo. Sets up what is missing first."""

import signal
import time

from host import modules, paths, process, running, serve, setup
from host.errors import Failure
from host.ui import Step, duration, say

HELP = "start SIRE with its demo company"
DATABASE = "sire"
MODULES = ("sire_demo",)
ROLES = ("admin", "accountant", "manager", "developer", "viewer")


def add(parser):
    """Declares the flags."""
    parser.add_argument("--detach", action="store_true", help="return when it answers; ./sire stop ends it")
    parser.add_argument("--port", type=int, default=8069, help="Odoo's port (8069); the sandbox takes the next two")
    parser.add_argument("--fresh", action="store_true", help="begin with a new database")


def main(arguments):
    """Starts everything, or says that it runs already."""
    begun = time.monotonic()
    found = running.current()
    if found:
        if arguments.fresh or arguments.port != found["port"]:
            raise Failure(f"SIRE runs already, on port {found['port']}", "Run ./sire stop first")
        say("SIRE runs already.")
        _tell(found["port"])
        return 0
    serve.check_ports(arguments.port)
    with setup.preparing("run") as bench:
        _database(bench.databases, arguments.fresh)
        running.stop()  # a sandbox that outlived its Odoo
        serve.check_ports(arguments.port)
        odoo, sandbox = _start(bench, arguments.port)
        running.record(port=arguments.port, database=DATABASE, odoo=odoo, sandbox=sandbox)
    say(f"\nReady after {duration(time.monotonic() - begun)}.")
    _tell(arguments.port)
    if arguments.detach:
        say("It runs in the background: ./sire stop ends it.")
        return 0
    say("Ctrl-C stops it.")
    return _watch(bench, odoo)


def _database(databases, fresh):
    """Database ``sire``: a copy of the prepared one, or what was there, brought up to date."""
    if fresh or DATABASE not in databases.names():
        source, part = databases.ensure(MODULES, warm=True), f"{DATABASE}_part"
        with Step("Database for SIRE"):
            databases.copy(source, part)
            made_of = databases.made_of(source)
            databases.mark(part, made_of["host"], made_of["modules"])
            databases.rename(part, DATABASE)
        return
    made_of = databases.made_of(DATABASE)
    prints = modules.fingerprints(modules.closure(MODULES))
    have = made_of.get("modules", {})
    changed = [name for name in prints if have.get(name) != prints[name]]
    everything = made_of.get("host") != databases.host_key()
    if not changed and not everything:
        return
    # what is written on it now says that these are not done: when this is interrupted, the next run does them
    databases.mark(
        DATABASE,
        "" if everything else made_of["host"],
        {name: mark for name, mark in have.items() if name not in changed},
    )
    what = "base" if everything else ",".join(changed)
    new = [name for name in changed if name not in have]
    with Step(
        f"Update of the database ({'all modules: Odoo has changed' if everything else ', '.join(changed)})"
    ) as step:
        databases.odoo_run(
            "The update of the database",
            DATABASE,
            "-u",
            what,
            *(["-i", ",".join(new)] if new else []),
            step=step,
            disposable=False,
        )
        databases.mark(DATABASE, databases.host_key(), prints)


def _start(bench, port):
    sandbox_log, odoo_log = paths.logs("sandbox"), paths.logs("odoo")
    for log in (sandbox_log, odoo_log):
        log.write_text("")
    sandbox = odoo = None
    try:
        with Step("Sandbox"):
            sandbox = serve.start_sandbox(port + 1, port + 2, sandbox_log, bench.cluster, bench.odoo)
        with Step("Odoo") as step:
            odoo = serve.start_odoo(
                "run", bench, DATABASE, port, odoo_log, sandbox=f"http://localhost:{port + 1}", smtp_port=port + 2,
                public_url=f"http://localhost:{port}", step=step,
            )  # fmt: skip
    except BaseException:
        for started in (odoo, sandbox):
            if started:
                process.stop(started.pid, kill_group=True)
        raise
    return odoo, sandbox


def _tell(port):
    """The addresses, the logins and what to try first."""
    here = f"http://localhost:{port}"
    say(f"""
  SIRE                {here}
  Client's phone      http://localhost:{port + 1}/phone     (M-Pesa prompts; the PIN is 1234)
  Client's inbox      http://localhost:{port + 1}/inbox     (every e-mail that SIRE sends)

  Logins (password = login): {", ".join(ROLES)}

  Try first:
    1. Log in as manager, open SIRE > Projects, open a project, press New Quotation, then Send.
    2. Open the client's inbox and the link in the e-mail: read the quotation and approve it.
    3. Pay a part by M-Pesa with any Kenyan number; type the PIN on the client's phone.
    4. Log in as accountant, open the invoice and take the rest in cash.
""")


def _watch(bench, odoo):
    """Stays until Ctrl-C, or until Odoo ends."""
    signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
    try:
        status = odoo.wait()
    except KeyboardInterrupt:
        with Step("Stopping"):
            running.stop()
            bench.release(always=True)
        return 0
    running.stop()
    bench.release(always=True)
    raise Failure(
        f"Odoo ended (status {status}): {serve.last_words(paths.logs('odoo'))}",
        f"What it said is in {paths.logs('odoo')}",
    )
