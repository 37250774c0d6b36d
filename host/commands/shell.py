"""A Python shell on SIRE's database with ``env``; a script on standard input is run instead."""

import subprocess

from host import paths, running, settings, setup, venv
from host.errors import Failure

HELP = "a Python shell with env; runs a script given on standard input"


def add(parser):
    """Declares the flag."""
    parser.add_argument("--database", default="sire", help="another database than SIRE's")


def main(arguments):
    """Runs ``odoo shell``; its exit status is ours."""
    if not (paths.home() / "postgres").exists():
        raise Failure("There is no database yet", "./sire run makes one")
    with setup.preparing("shell") as bench:
        pass
    try:
        if arguments.database not in bench.databases.names():
            raise Failure(f"There is no database {arguments.database}", "./sire run makes one")
        port = running.last().get("port", 8069)
        conf = settings.write(
            "shell", bench.odoo, bench.cluster, arguments.database, smtp_server="127.0.0.1", smtp_port=str(port + 2)
        )
        env = settings.environment(
            bench.odoo,
            bench.cluster,
            SIRE_DEMO="1",
            SIRE_SANDBOX_URL=f"http://localhost:{port + 1}",
            SIRE_PUBLIC_URL=f"http://localhost:{port}",
        )
        command = [venv.python(), "-m", "odoo", "shell", "-c", conf, "--no-http", "--log-level=warn"]
        return subprocess.call([str(part) for part in command], env=env, cwd=paths.REPO)
    finally:
        bench.release()
