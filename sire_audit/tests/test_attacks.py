"""Attempts on the log. Each first shows that the log is in order, so that what is found is what was done."""

import json
import threading

import psycopg2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg2 import errors

from odoo.sql_db import connection_info_for
from odoo.tests import tagged

from ..engine import keys
from ..engine.sealer import seal
from ..tools import audit_chain as chain
from .common import OWNER, LogCase

FORBIDDEN = (
    "UPDATE sire_audit_entry SET after = '{}'",
    "UPDATE sire_audit_entry SET action = 'write' WHERE seq = 2",
    "UPDATE sire_audit_entry SET personal = '{}'",
    "UPDATE sire_audit_entry SET seq = NULL, hash = NULL, sealed_at = NULL",
    "UPDATE sire_audit_entry SET seq = seq + 100",
    "DELETE FROM sire_audit_entry WHERE seq = 3",
    "TRUNCATE sire_audit_entry",
    "TRUNCATE sire_audit_entry, sire_audit_checkpoint CASCADE",
    "UPDATE sire_audit_checkpoint SET seq = 1",
    "DELETE FROM sire_audit_checkpoint",
    "TRUNCATE sire_audit_checkpoint",
    "DELETE FROM sire_audit_erasure",
    "UPDATE sire_audit_erasure SET reason = 'x'",
)


@tagged("post_install", "-at_install")
class TestAttacks(LogCase):
    def setUp(self):
        super().setUp()
        self.bills()
        self.checkpoint()
        self.sql(
            "INSERT INTO sire_audit_erasure (at, subject, model, res_id, reason) VALUES (now(), 'record', 'x', 1, 'r')"
        )
        self.assertEqual(self.verify()["findings"], [])

    def test_the_owner_is_refused(self):
        for statement in FORBIDDEN:
            with self.subTest(statement), self.assertRaises(errors.RestrictViolation):
                self.sql(statement, user=OWNER)
        self.assertTrue(self.verify()["ok"])

    def test_a_superuser_is_refused_too(self):
        for statement in FORBIDDEN:
            with self.subTest(statement), self.assertRaises(errors.RestrictViolation):
                self.sql(statement)

    def test_playing_a_replica_switches_no_guard_off(self):
        for statement in FORBIDDEN:
            with self.subTest(statement), self.assertRaises(errors.RestrictViolation):
                self.sql(f"SET session_replication_role = replica; {statement}")
        self.sql("SET session_replication_role = replica; UPDATE bill SET amount = 1 WHERE id = 1")
        self.assertEqual(self.sql("SELECT count(*) FROM sire_audit_entry WHERE seq IS NULL"), [(1,)])

    def test_ones_own_entry_is_refused_before_the_commit(self):
        with self.connect(OWNER) as db, db.cursor() as pg:
            pg.execute("UPDATE bill SET amount = 99 WHERE id = 1")
            with self.assertRaises(errors.RestrictViolation):
                pg.execute("UPDATE sire_audit_entry SET after = '{}' WHERE seq IS NULL")
            db.rollback()

    def test_no_entry_is_dated_back(self):
        self.sql(
            """INSERT INTO sire_audit_entry (at, txid, kind, action, channel, past_orm, su, seq, hash)
               VALUES ('2020-01-01', 7, 'record', 'create', 'web', false, false, 3, 'x')"""
        )
        ((seq, old, txid),) = self.sql(
            "SELECT seq, at < '2021-01-01', txid FROM sire_audit_entry ORDER BY id DESC LIMIT 1"
        )
        self.assertEqual((seq, old), (None, False))
        self.assertNotEqual(txid, 7)

    def test_a_guard_that_is_off_is_seen(self):
        self.sql("ALTER TABLE sire_audit_entry DISABLE TRIGGER sire_audit_guard")
        self.assert_found(self.verify(), "guard")
        self.sql("DROP TRIGGER sire_audit_guard ON sire_audit_entry")
        self.assert_found(self.verify(), "guard")

    def test_a_money_table_that_is_no_longer_watched_is_seen(self):
        self.sql("ALTER TABLE bill DISABLE TRIGGER sire_audit_row")
        self.assert_found(self.verify(), "guard")

    def test_a_changed_entry_is_the_first_that_is_named(self):
        self.attack("UPDATE sire_audit_entry SET after = replace(after, '10.50', '99') WHERE seq IN (3, 5)")
        self.assert_found(self.verify(), "entry", 3)

    def test_each_column_is_in_the_chain(self):
        for column in chain.COLUMNS:
            if column in ("seq", "id"):
                continue
            with self.subTest(column):
                ((kind,),) = self.sql(
                    "SELECT atttypid::regtype::text FROM pg_attribute WHERE attrelid = 'sire_audit_entry'::regclass"
                    " AND attname = %s",
                    column,
                )
                new = {"boolean": "NOT {0}", "timestamp without time zone": "{0} - interval '1 microsecond'"}.get(
                    kind, "coalesce({0}, 0) + 1" if "int" in kind else "coalesce({0}, '') || '1'"
                )
                ((before,),) = self.sql(f"SELECT {column}::text FROM sire_audit_entry WHERE seq = 2")
                self.attack(f"UPDATE sire_audit_entry SET {column} = {new.format(column)} WHERE seq = 2")
                self.assert_found(self.verify(), "entry", 2)
                value = "NULL" if before is None else f"$x${before}$x$"
                self.attack(f"UPDATE sire_audit_entry SET {column} = {value} WHERE seq = 2")
                self.assertEqual(self.verify()["findings"], [])

    def test_a_personal_value_that_was_exchanged(self):
        self.attack(
            """UPDATE sire_audit_entry SET personal = jsonb_set(personal, '{after.email,1}', '"other@x.ke"') WHERE seq = 2"""
        )
        self.assert_found(self.verify(), "entry", 2)

    def test_a_deleted_entry(self):
        self.attack("DELETE FROM sire_audit_entry WHERE seq = 3")
        self.assert_found(self.verify(), "gap", 3)

    def test_a_cut_tail(self):
        self.attack("DELETE FROM sire_audit_entry WHERE seq > 3")
        self.assert_found(self.verify(), "tail", 3)

    def test_a_tail_that_was_cut_with_its_checkpoint(self):
        self.bills(2)
        self.checkpoint()
        self.attack(
            "ALTER TABLE sire_audit_checkpoint DISABLE TRIGGER ALL;"
            "DELETE FROM sire_audit_entry WHERE seq > 5; DELETE FROM sire_audit_checkpoint WHERE number = 2;"
            "ALTER TABLE sire_audit_checkpoint ENABLE ALWAYS TRIGGER sire_audit_guard;"
            "ALTER TABLE sire_audit_checkpoint ENABLE ALWAYS TRIGGER sire_audit_no_truncate"
        )
        self.assert_found(self.verify(), "tail")
        # without what was handed out nothing shows it; that is what it is handed out for
        self.assertTrue(self.verify(with_files=False)["ok"])

    def rechain(self, start):
        """What somebody does who knows how the chain is made."""
        previous = self.sql("SELECT hash FROM sire_audit_entry WHERE seq = %s", start - 1)[0][0]
        chosen = ", ".join(f'"{column}"' for column in chain.COLUMNS)
        for row in self.sql(f"SELECT {chosen} FROM sire_audit_entry WHERE seq >= %s ORDER BY seq", start):
            entry = dict(zip(chain.COLUMNS, row, strict=True))
            previous = chain.chained(previous, chain.digest(chain.body(entry)))
            self.attack(f"UPDATE sire_audit_entry SET hash = '{previous}' WHERE seq = {entry['seq']}")

    def test_a_chain_that_was_computed_anew(self):
        self.attack("UPDATE sire_audit_entry SET after = replace(after, '10.50', '99') WHERE seq = 3")
        self.rechain(3)
        result = self.verify()
        self.assert_found(result, "tail", 5)
        self.assertNotIn("entry", [finding["what"] for finding in result["findings"]])

    def test_a_forged_checkpoint(self):
        self.attack("UPDATE sire_audit_entry SET after = replace(after, '10.50', '99') WHERE seq = 3")
        self.rechain(3)
        ((hash_,),) = self.sql("SELECT hash FROM sire_audit_entry WHERE seq = 5")
        ((body,),) = self.sql("SELECT body FROM sire_audit_checkpoint")
        body = chain.canonical({**json.loads(body), "hash": hash_})
        forger = Ed25519PrivateKey.generate()
        switch = (
            "ALTER TABLE sire_audit_checkpoint DISABLE TRIGGER ALL; {};"
            "ALTER TABLE sire_audit_checkpoint ENABLE ALWAYS TRIGGER sire_audit_guard;"
            "ALTER TABLE sire_audit_checkpoint ENABLE ALWAYS TRIGGER sire_audit_no_truncate"
        )
        forged = f"UPDATE sire_audit_checkpoint SET hash = '{hash_}', body = $x${body}$x$"
        self.attack(switch.format(forged))  # with the old signature
        self.assert_found(self.verify(with_files=False), "checkpoint", 5)
        signed = f"{forged}, signature = '{keys.sign(forger, body)}', public_key = '{keys.public(forger)}'"
        self.attack(switch.format(signed))  # with another key
        self.assert_found(self.verify(with_files=False), "checkpoint", 5)
        self.assert_found(self.verify(with_key=False), "tail")  # the file that was handed out says otherwise

    def test_a_missing_checkpoint(self):
        self.bills(1)
        self.checkpoint()
        self.bills(1)
        self.checkpoint()
        self.attack(
            "ALTER TABLE sire_audit_checkpoint DISABLE TRIGGER ALL; DELETE FROM sire_audit_checkpoint WHERE number = 2;"
            "ALTER TABLE sire_audit_checkpoint ENABLE ALWAYS TRIGGER sire_audit_guard;"
            "ALTER TABLE sire_audit_checkpoint ENABLE ALWAYS TRIGGER sire_audit_no_truncate"
        )
        self.assert_found(self.verify(with_files=False), "checkpoint")

    def test_a_fork(self):
        self.attack(
            "DROP INDEX sire_audit_entry_seq; CREATE TEMP TABLE twin AS SELECT * FROM sire_audit_entry WHERE seq = 4;"
            "UPDATE twin SET id = 900, action = 'delete'; INSERT INTO sire_audit_entry SELECT * FROM twin"
        )
        self.assert_found(self.verify(), "fork", 4)

    def test_no_fork_is_made_with_the_index(self):
        with self.assertRaises(errors.UniqueViolation):
            self.sql(
                "INSERT INTO bill (name) VALUES ('late');"
                "UPDATE sire_audit_entry SET seq = 4, hash = repeat('0', 64), sealed_at = now() WHERE seq IS NULL"
            )

    def test_the_clock_set_back(self):
        self.sql("INSERT INTO bill (name) VALUES ('late')")
        self.seal(clock="clock_timestamp() - interval '1 day'")
        result = self.verify()
        self.assertTrue(result["ok"])
        self.assertEqual([(f["level"], f["what"], f["seq"]) for f in result["findings"]], [("warning", "clock", 6)])
        self.assertEqual(self.sql("SELECT max(seq) FROM sire_audit_entry"), [(6,)])

    def test_an_older_backup(self):
        old = f"{self.name}-backup"
        self._admin(f'DROP DATABASE IF EXISTS "{old}"')
        self._admin(f'CREATE DATABASE "{old}" TEMPLATE "{self.name}" OWNER {OWNER}')
        self.addCleanup(self._admin, f'DROP DATABASE IF EXISTS "{old}"')
        self.bills(2)
        self.checkpoint()
        self.assertTrue(self.verify()["ok"])
        self.name, newer = old, self.name
        self.addCleanup(setattr, self, "name", newer)
        self.assert_found(self.verify(), "tail", 7)
        # and it stays visible when the log goes on from there
        self.bills(5)
        self.assert_found(self.verify(), "tail", 7)

    def test_a_log_that_is_gone(self):
        self.sql("DROP TABLE sire_audit_entry CASCADE")
        self.assert_found(self.verify(), "tail")

    def test_what_waits_is_said(self):
        self.sql("INSERT INTO bill (name) VALUES ('late')")
        result = self.verify()
        self.assertEqual((result["ok"], result["unsealed"], result["entries"]), (True, 1, 5))

    def test_a_rolled_back_change_leaves_no_entry(self):
        with self.connect() as db, db.cursor() as pg:
            pg.execute("INSERT INTO bill (name) VALUES ('never')")
            db.rollback()
        self.assertEqual(self.seal(), 0)
        self.bills(1)
        result = self.verify()  # a number of the table is skipped, none of the chain
        self.assertEqual((result["ok"], result["last"]), (True, 6))

    def test_erasing_keeps_the_chain(self):
        erase = "INSERT INTO sire_audit_erasure (at, subject, model, res_id, reason) VALUES (now(), 'record', 'bill', 2, 'asked')"
        self.sql(erase, user=OWNER)
        self.assertEqual(self.sql("SELECT personal FROM sire_audit_entry WHERE model = 'bill' AND res_id = 2"), [({},)])
        self.assertEqual(self.sql("SELECT erased FROM sire_audit_erasure WHERE res_id = 2"), [(1,)])
        self.assertEqual(self.verify()["findings"], [])
        with self.assertRaises(errors.CheckViolation):
            self.sql(erase.replace("'asked'", "' '"))

    def test_secrets_never_appear(self):
        self.sql("INSERT INTO bill (name, api_key) VALUES ('S', 'hunter-one')")
        self.sql("UPDATE bill SET api_key = 'hunter-two' WHERE name = 'S'")
        self.sql("DELETE FROM bill WHERE name = 'S'")
        ((text,),) = self.sql("SELECT string_agg(e::text, ' ') FROM sire_audit_entry e")
        self.assertNotIn("hunter", text)
        self.assertEqual(text.count("(secret)"), 4)

    def test_writers_at_once_make_one_chain(self):
        def write(number):
            db = psycopg2.connect(**connection_info_for(self.name)[1])
            with db, db.cursor() as pg:
                for step in range(20):
                    pg.execute("INSERT INTO bill (name) VALUES (%s)", (f"W{number}-{step}",))
                    db.commit()
            db.close()

        def chain_them():
            for _turn in range(20):
                with self.connect() as db, db.cursor() as pg:
                    seal(pg, limit=7)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        threads += [threading.Thread(target=chain_them) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.seal()
        result = self.verify()
        self.assertEqual((result["ok"], result["last"], result["unsealed"]), (True, 165, 0))

    def test_a_long_transaction_holds_nobody_up(self):
        with self.connect() as slow, slow.cursor() as pg:
            pg.execute("INSERT INTO bill (name) VALUES ('slow')")
            self.sql("INSERT INTO bill (name) VALUES ('quick')")
            self.assertEqual(self.seal(), 1)
            self.checkpoint()
            slow.commit()
        self.assertEqual(self.seal(), 1)
        self.assertEqual(
            self.sql("SELECT name FROM sire_audit_entry WHERE seq > 5 ORDER BY seq"), [("quick",), ("slow",)]
        )
        self.assertTrue(self.verify()["ok"])
