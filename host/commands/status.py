"""Say what runs, where, and which versions."""

import json
import time

from host import browser, modules, odoo_tree, paths, process, running, venv
from host.errors import Failure
from host.packages import postgres_bin, system
from host.postgres import Cluster
from host.ui import duration, say

HELP = "what runs, where, which versions"


def add(parser):
    """Declares the flag."""
    parser.add_argument("--json", action="store_true", help="as one JSON object")


def gather():
    """Everything as one dictionary; what is not there yet is None."""
    now = running.current()
    port = now.get("port")
    interpreter = venv.python()
    try:
        odoo = odoo_tree.find()
    except Failure:
        odoo = None
    postgres = None
    if postgres_bin() and (paths.home() / "postgres").exists():
        cluster = Cluster()
        postgres = {"running": cluster.running(), "version": cluster.version, "socket": str(cluster.socket)}
    return {
        "running": bool(now),
        "url": f"http://localhost:{port}" if now else None,
        "phone": f"http://localhost:{port + 1}/phone" if now else None,
        "inbox": f"http://localhost:{port + 1}/inbox" if now else None,
        "since_seconds": int(time.time() - now["started"]) if now else None,
        "database": now.get("database"),
        "odoo": {
            "pid": now["odoo"]["pid"] if now else None,
            "version": odoo.version if odoo else None,
            "path": str(odoo.path) if odoo else None,
        },
        "sandbox": {"pid": now["sandbox"]["pid"] if now and running.alive(now["sandbox"]) else None},
        "postgres": postgres,
        "python": process.read([interpreter, "-c", "import platform; print(platform.python_version())"]).strip()
        if interpreter
        else None,
        "chromium": browser.find(),
        "system": " ".join(system()),
        "home": str(paths.home()),
        "modules": {name: manifest["version"] for name, manifest in modules.manifests().items()},
    }


def main(arguments):
    """Shows it. The exit status is 0 when SIRE runs, 3 when it does not."""
    found = gather()
    if arguments.json:
        say(json.dumps(found, indent=2))
        return 0 if found["running"] else 3
    if found["running"]:
        say(
            f"SIRE runs at {found['url']} for {duration(found['since_seconds'])} (Odoo is process {found['odoo']['pid']})"
        )
        say(f"  phone     {found['phone']}\n  inbox     {found['inbox']}")
        if not found["sandbox"]["pid"]:
            say("  the sandbox does not run: ./sire stop, then ./sire run")
    else:
        say("SIRE does not run. ./sire run starts it.")
    postgres = found["postgres"]
    say(f"  Odoo      {found['odoo']['version'] or 'not fetched yet'}")
    say(
        f"  PostgreSQL {postgres['version'] + (' runs' if postgres['running'] else ' stopped') + ', socket ' + postgres['socket'] if postgres else 'not set up yet'}"
    )
    say(
        f"  Python    {found['python'] or 'not set up yet'}\n  Chromium  {found['chromium'] or 'none'}\n  state in  {found['home']}"
    )
    return 0 if found["running"] else 3
