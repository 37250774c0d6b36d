#!/usr/bin/env python3
"""Checks a SIRE audit log, without Odoo: python3 verify_audit.py --database NAME, or --proof FILE.

Needs Python 3.10, psycopg2 (for a database), cryptography (for signatures) and audit_chain.py and
audit_checks.py beside it. It only reads.
Says the first wrong entry, a fork, a cut tail, a missing or forged checkpoint, guards that are off, what is not chained yet.
Exit status: 0 in order, 1 not in order, 2 could not be checked.
"""

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import audit_chain as chain
from audit_checks import Finding, check_checkpoints, check_proof, entry_error

CHOSEN = ", ".join(f'"{column}"' for column in (*chain.COLUMNS, *chain.BESIDE))
SLICE = 20_000  # entries that one process checks at a time
GUARDS = {
    ("sire_audit_entry", "sire_audit_guard"),
    ("sire_audit_entry", "sire_audit_no_truncate"),
    ("sire_audit_checkpoint", "sire_audit_guard"),
    ("sire_audit_checkpoint", "sire_audit_no_truncate"),
    ("sire_audit_erasure", "sire_audit_guard"),
    ("sire_audit_erasure", "sire_audit_no_truncate"),
}
LATE = 2  # days of entries without a checkpoint


def check_slice(dsn, start, end):
    """Check the entries with numbers after ``start`` up to ``end``, as far as the first that is wrong.

    :return: (findings, how many were read)
    """
    import psycopg2

    findings, count, clock_back = [], 0, 0
    with psycopg2.connect(dsn) as connection, connection.cursor("entries") as pg:
        previous, before = _hash_at(connection, start)
        if previous is None:
            return [Finding("error", "gap", f"entry {start} is missing", start)], 0
        pg.itersize = 5000
        pg.execute(f"SELECT {CHOSEN} FROM sire_audit_entry WHERE seq > %s AND seq <= %s ORDER BY seq, id", (start, end))
        expected = start
        for row in pg:
            entry = dict(zip((*chain.COLUMNS, *chain.BESIDE), row, strict=True))
            expected, count, seq = expected + 1, count + 1, entry["seq"]
            if seq != expected:
                if seq == expected - 1:
                    findings.append(Finding("error", "fork", f"two entries have the number {seq}", seq))
                else:
                    findings.append(Finding("error", "gap", f"entry {expected} is missing", expected))
                break
            wrong = entry_error(entry, previous)
            if wrong:
                findings.append(Finding("error", "entry", f"entry {seq}: {wrong}", seq))
                break
            if (before and entry["sealed_at"] < before) or entry["at"] > entry["sealed_at"]:
                clock_back = clock_back or seq
            previous, before = entry["hash"], entry["sealed_at"]
        else:
            if expected != end:
                findings.append(Finding("error", "gap", f"entry {expected + 1} is missing", expected + 1))
    if clock_back:
        findings.append(Finding("warning", "clock", f"the clock was set back about entry {clock_back}", clock_back))
    return findings, count


def _hash_at(connection, seq):
    """:return: (hash, time of chaining) of an entry; before the first one :data:`audit_chain.START`"""
    if not seq:
        return chain.START, None
    with connection.cursor() as pg:
        pg.execute("SELECT hash, sealed_at FROM sire_audit_entry WHERE seq = %s", (seq,))
        return pg.fetchone() or (None, None)


def check_database(dsn, folder, trusted, workers):
    """:return: (findings, facts)"""
    import psycopg2

    with psycopg2.connect(dsn) as connection, connection.cursor() as pg:
        pg.execute("SELECT to_regclass('sire_audit_entry'), to_regclass('sire_audit_checkpoint')")
        if None in pg.fetchone():
            return [Finding("error", "tail", "there is no audit log in this database")], {}
        pg.execute("SELECT coalesce(max(seq), 0), count(*) FILTER (WHERE seq IS NULL) FROM sire_audit_entry")
        last, unsealed = pg.fetchone()
        findings = list(_guards(pg))
        pg.execute(
            "SELECT number, seq, hash, body, signature, public_key FROM sire_audit_checkpoint ORDER BY number, id"
        )
        rows = pg.fetchall()
        findings += check_checkpoints(rows, _files(folder), lambda seq: _hash_at(connection, seq)[0], last, trusted)
        signed = rows[-1][1] if rows else 0
        pg.execute(
            """SELECT extract(day FROM max(sealed_at) - min(sealed_at)), count(*) FROM sire_audit_entry WHERE seq > %s""",
            (signed,),
        )
        days, open_ = pg.fetchone()
        if days and days >= LATE:
            findings.append(Finding("warning", "checkpoint", f"no checkpoint for {int(days)} days of entries", signed))
        pg.execute(
            "SELECT count(*) FROM sire_audit_entry WHERE seq IS NULL AND at < (now() AT TIME ZONE 'utc') - interval '10 minutes'"
        )
        (stale,) = pg.fetchone()
        if stale:
            findings.append(
                Finding("warning", "unsealed", f"{stale} entries wait to be chained for more than 10 minutes")
            )
        keys = sorted({row[5] for row in rows})
    count = 0
    starts = range(0, last, SLICE)
    starts_and_ends = (starts, [min(start + SLICE, last) for start in starts])
    with ProcessPoolExecutor(workers) as pool:
        for found, read in pool.map(check_slice, [dsn] * len(starts), *starts_and_ends):
            findings += found
            count += read
    facts = {"entries": count, "last": last, "unsealed": unsealed, "checkpoints": len(rows), "after_checkpoint": open_}
    return findings, {**facts, "keys": [chain.fingerprint(key) for key in keys], "compared": bool(trusted)}


def _guards(pg):
    pg.execute(
        """SELECT c.relname, t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE t.tgname LIKE 'sire\\_audit\\_%' AND NOT t.tgisinternal"""
    )
    there = {(table, name): enabled for table, name, enabled in pg.fetchall()}
    for table, name in sorted(GUARDS - set(there)):
        yield Finding("error", "guard", f"the guard {name} of {table} is gone")
    for (table, name), enabled in sorted(there.items()):
        if enabled != "A":
            yield Finding("error", "guard", f"{name} of {table} is switched off")


def _files(folder):
    for path in sorted(Path(folder).glob("checkpoint-*.json")) if folder else ():
        values = json.loads(path.read_text(encoding="utf-8"))
        yield path.name, values["body"], values["signature"], values["public_key"]


def read_keys(names):
    """:param names: files with a public key in base64 each, or the keys themselves"""
    return {Path(name).read_text(encoding="utf-8").strip() if Path(name).is_file() else name for name in names}


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--database", help="name, or a connection string of PostgreSQL")
    what.add_argument("--proof", help="a file that was exported for an auditor")
    parser.add_argument("--checkpoints", help="the folder to which checkpoints were exported")
    parser.add_argument(
        "--public-key", action="append", default=[], help="that is known from elsewhere: a file or base64"
    )
    parser.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 1))
    parser.add_argument("--json", action="store_true", help="one JSON object")
    arguments = parser.parse_args(argv)
    trusted = read_keys(arguments.public_key)
    try:
        if arguments.proof:
            findings, facts = check_proof(arguments.proof, trusted)
        else:
            dsn = arguments.database if "=" in arguments.database else f"dbname={arguments.database}"
            findings, facts = check_database(dsn, arguments.checkpoints, trusted, arguments.workers)
    except (OSError, KeyError, ValueError, ImportError) as error:
        sys.stderr.write(f"Could not be checked: {error!r}\n")
        return 2
    findings.sort(key=lambda finding: (finding.level != "error", finding.seq or 0))
    report(findings, facts, arguments.json)
    return int(any(finding.level == "error" for finding in findings))


def report(findings, facts, as_json):
    good = not any(finding.level == "error" for finding in findings)
    if as_json:
        lines = [json.dumps({"ok": good, **facts, "findings": [asdict(finding) for finding in findings]})]
    else:
        lines = [f"{finding.level.upper()}: {finding.text}" for finding in findings]
        lines += [f"{name}: {value}" for name, value in facts.items()]
        if facts and not facts["compared"]:
            lines.append("No public key was given: compare the fingerprint with the one that you know from elsewhere.")
        lines.append("The audit log is in order." if good else "THE AUDIT LOG IS NOT IN ORDER.")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
