"""A log in a database of its own, for tests that commit, attack and restore."""

import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from odoo.sql_db import connection_info_for
from odoo.tests import TransactionCase

from ..engine import keys, schema
from ..engine.sealer import seal
from ..engine.signing import make_checkpoint

SCRIPT = Path(__file__).parents[1] / "tools" / "verify_audit.py"
OWNER = "sire_audit_test_owner"
BILL = """
CREATE TABLE bill (id serial PRIMARY KEY, name text, state text, amount numeric, email text, api_key text, company_id integer);
CREATE TRIGGER sire_audit_row AFTER INSERT OR UPDATE OR DELETE ON bill FOR EACH ROW EXECUTE FUNCTION
sire_audit_row('bill', 'record', '{name,state,amount,email,api_key}', '{email}', '{api_key}', '[["state", "posted", "post"]]',
               'name', '', '', '', '{}');
ALTER TABLE bill ENABLE ALWAYS TRIGGER sire_audit_row;
"""


class LogCase(TransactionCase):
    """``self.db`` is a new database with nothing but the log and a watched table ``bill``, owned by a user who is no superuser."""

    def setUp(self):
        super().setUp()
        self.name = f"{self.env.cr.dbname}-log"
        self._admin(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        self._admin(f"DO $$ BEGIN CREATE ROLE {OWNER} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        self._admin(f'CREATE DATABASE "{self.name}" OWNER {OWNER} TEMPLATE template0')
        self.addCleanup(self._admin, f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.key = Ed25519PrivateKey.generate()
        with self.connect(OWNER) as db, db.cursor() as pg:
            pg.execute(schema.SOURCE)
            pg.execute(BILL)

    def _admin(self, statement, database="postgres"):
        connection = psycopg2.connect(**connection_info_for(database)[1])
        try:
            connection.autocommit = True
            with connection.cursor() as pg:
                pg.execute(statement)
        finally:
            connection.close()

    @contextmanager
    def connect(self, user=None):
        """A connection that commits at its end, isolated as Odoo's are."""
        parameters = {**connection_info_for(self.name)[1], **({"user": user} if user else {})}
        connection = psycopg2.connect(**parameters)
        try:
            connection.set_isolation_level(ISOLATION_LEVEL_REPEATABLE_READ)
            yield connection
            connection.commit()
        finally:
            connection.close()

    def sql(self, statement, *parameters, user=None):
        """Run it as the superuser of this cluster, or as ``user``; commit.

        :return: its rows
        """
        with self.connect(user) as db, db.cursor() as pg:
            pg.execute(statement, parameters or None)
            return pg.fetchall() if pg.description else None

    def attack(self, statement):
        """What a superuser does who switches the triggers off first."""
        self.sql(
            f"SET session_replication_role = replica; ALTER TABLE sire_audit_entry DISABLE TRIGGER ALL; {statement}"
        )
        self.sql(
            "ALTER TABLE sire_audit_entry ENABLE ALWAYS TRIGGER sire_audit_guard;"
            "ALTER TABLE sire_audit_entry ENABLE ALWAYS TRIGGER sire_audit_no_truncate"
        )

    def bills(self, count=5):
        """Entries: so many bills, each made in a transaction of its own, all chained."""
        for number in range(count):
            self.sql("INSERT INTO bill (name, amount, email) VALUES (%s, 10.50, %s)", f"B{number}", f"c{number}@x.ke")
        self.seal()

    def seal(self, clock=None):
        with self.connect(OWNER) as db, db.cursor() as pg:
            return seal(pg, clock=clock)

    def checkpoint(self, key=None, clock=None):
        """Sign, and hand the checkpoint over to the folder."""
        with self.connect(OWNER) as db, db.cursor() as pg:
            made = make_checkpoint(pg, key or self.key, clock)
            pg.execute("SELECT number, body, signature, public_key FROM sire_audit_checkpoint WHERE id = %s", (made,))
            number, body, signature, public_key = pg.fetchone()
        values = {"body": body, "signature": signature, "public_key": public_key}
        (self.folder / f"checkpoint-{number:06}.json").write_text(json.dumps(values), encoding="utf-8")

    def run_script(self, *arguments):
        command = [sys.executable, str(SCRIPT), "--json", "--workers", "2", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        result = json.loads(done.stdout)
        self.assertEqual(result["ok"], done.returncode == 0)
        return result

    def verify(self, with_files=True, with_key=True):
        """:return: what the standalone script says, as a dict"""
        dsn = psycopg2.extensions.make_dsn(**connection_info_for(self.name)[1])
        arguments = ["--database", dsn]
        arguments += ["--checkpoints", self.folder] if with_files else []
        arguments += ["--public-key", keys.public(self.key)] if with_key else []
        return self.run_script(*arguments)

    def assert_found(self, result, what, seq=None):
        self.assertFalse(result["ok"])
        found = [(finding["what"], finding["seq"]) for finding in result["findings"] if finding["level"] == "error"]
        self.assertIn((what, seq), found) if seq else self.assertIn(what, [name for name, _ in found], result)
