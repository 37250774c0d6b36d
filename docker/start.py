"""Starts SIRE in the official Odoo image: makes the database at the first start, updates it when the modules changed.

The same steps, modules and settings as ``./sire run``; the database and its password come from the environment.
"""

import configparser
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from host.kenya import HOST_MODULES, LANGUAGES, SCRIPT
from host.modules import closure, fingerprints

COMMITTED = Path("/etc/odoo/odoo.conf")
CONF = Path("/tmp/odoo.conf")
ADDONS = Path("/opt/sire/addons")
SECRETS = ("PASSWORD", "SIRE_MASTER_PASSWORD", "SIRE_ADMIN_PASSWORD")
ADMIN = """
import os
if os.environ.get("SIRE_DEMO") != "1":
    env.ref("base.user_admin").password = os.environ["SIRE_ADMIN_PASSWORD"]
if os.environ.get("SIRE_PUBLIC_URL"):
    env["ir.config_parameter"].set_param("web.base.url", os.environ["SIRE_PUBLIC_URL"].rstrip("/"))
    env["ir.config_parameter"].set_param("web.base.url.freeze", "True")
env.cr.commit()
"""


def options(environ, committed):
    """What Odoo is told: the committed settings with the secrets and the mail server of the environment.

    :param environ: the environment
    :param committed: the options of ``odoo.conf`` as a dict
    :raise SystemExit: with one line, when a secret is missing
    """
    missing = [name for name in SECRETS if not environ.get(name)]
    if missing:
        raise SystemExit(f"Missing in the environment: {', '.join(missing)}. See .env.example.")
    found = dict(committed, db_password=environ["PASSWORD"], admin_passwd=environ["SIRE_MASTER_PASSWORD"])
    for name in ("server", "port", "user", "password"):
        if environ.get("SIRE_SMTP_SERVER") and environ.get(f"SIRE_SMTP_{name.upper()}"):
            found[f"smtp_{name}"] = environ[f"SIRE_SMTP_{name.upper()}"]
    return found


def odoo(*arguments, script=None, database=None):
    """Runs Odoo to its end on a database."""
    command = [
        "odoo",
        arguments[0],
        "-c",
        str(CONF),
        "-d",
        database,
        f"--db-filter=^{database}$",
        "--no-http",
        *arguments[1:],
    ]
    subprocess.run(command, input=script, text=True, check=True)


class Server:
    """PostgreSQL, by the library that Odoo itself uses."""

    def __init__(self, found):
        import psycopg2

        self.arguments = {key: found[f"db_{key}"] for key in ("host", "port", "user", "password")}
        self.connect = psycopg2.connect
        self.error = psycopg2.OperationalError

    def sql(self, statement, values=None):
        connection = self.connect(dbname="postgres", **self.arguments)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def wait(self, seconds=60):
        """Waits until it answers."""
        for _second in range(seconds):
            try:
                return self.sql("SELECT 1")
            except self.error:
                time.sleep(1)
        raise SystemExit("PostgreSQL does not answer. Look at the logs of the service db.")


def prepare(server, name, files, wanted):
    """Makes the database, or updates it: under another name until it is complete, marked with what it is made of."""
    prints = fingerprints(closure(wanted, ADDONS), ADDONS)
    rows = server.sql("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
    if not rows:
        part = f"{name}_part"
        server.sql(f'DROP DATABASE IF EXISTS "{part}"')
        server.sql(f"CREATE DATABASE \"{part}\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'")
        subprocess.run(["rm", "-rf", str(files / part), str(files / name)], check=True)
        odoo("server", "-i", "base", "--stop-after-init", database=part)
        odoo("shell", script=SCRIPT.read_text(), database=part)
        odoo("server", "-i", ",".join(HOST_MODULES), f"--load-language={LANGUAGES}", "--stop-after-init", database=part)
        odoo("server", "-i", ",".join(prints), "--stop-after-init", database=part)
        odoo("shell", script=ADMIN, database=part)
        if (files / part).exists():
            (files / part).rename(files / name)
        server.sql(f'ALTER DATABASE "{part}" RENAME TO "{name}"')
    else:
        have = json.loads(rows[0][0] or "{}")
        changed = [module for module in prints if have.get(module) != prints[module]]
        if not changed:
            return
        odoo("server", "-u", ",".join(changed), "-i", ",".join(changed), "--stop-after-init", database=name)
    server.sql(f'COMMENT ON DATABASE "{name}" IS %s', [json.dumps(prints)])


def main():
    """Prepares, then becomes Odoo."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(COMMITTED)
    found = options(os.environ, parser["options"])
    os.umask(0o077)
    CONF.write_text("[options]\n" + "".join(f"{key} = {value}\n" for key, value in found.items()))
    os.environ["ODOO_RC"] = str(CONF)
    server = Server(found)
    server.wait()
    wanted = [name for name in os.environ.get("SIRE_MODULES", "sire_billing").split(",") if name]
    prepare(server, found["db_name"], Path(found["data_dir"]) / "filestore", wanted)
    os.execvp("odoo", ["odoo", "server", "-c", str(CONF)])


if __name__ == "__main__":
    main()
