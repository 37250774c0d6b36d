"""What the audit log costs: posting an invoice with and without it, writers at once, checking a million entries.

Run by ``./sire bench audit``; the last line is one JSON object. How it is measured: bench/README.md.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from host import paths, settings, testing

OFF = ("sire_payment",)
ON = ("sire_payment", "sire_audit")
LINES = 5
WARM = 5
MILLION = 1_000_000
MODULE = paths.REPO / "sire_audit"
ACTOR = {
    "u": 2, "a": 2, "s": False, "c": "web", "o": "/web/dataset/call_kw/account.move/action_post", "l": "accountant",
    "i": "196.201.214.200", "g": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
}  # fmt: skip


def environment(database, conf):
    """An environment of the superuser on a database, with Odoo in this process."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.module import initialize_sys_path
    from odoo.modules.registry import Registry
    from odoo.tools import config

    if not getattr(initialize_sys_path, "called", False):
        config.parse_config(["-c", str(conf), "--log-level=error"])
        initialize_sys_path()
    return api.Environment(Registry(database).cursor(), SUPERUSER_ID, {})


def invoices(env, count):
    """Draft invoices of five lines with VAT, committed."""
    partner = env["res.partner"].create({"name": "Client of the benchmark"})
    tax = env["account.tax"].search(
        [("type_tax_use", "=", "sale"), ("amount", "=", 16), ("company_id", "=", env.company.id)], limit=1
    )
    lines = [
        (0, 0, {"name": f"Week {week}", "quantity": week, "price_unit": 4500, "tax_ids": [(6, 0, tax.ids)]})
        for week in range(1, LINES + 1)
    ]
    moves = env["account.move"].create(
        [{"move_type": "out_invoice", "partner_id": partner.id, "invoice_line_ids": lines} for _number in range(count)]
    )
    env.cr.commit()
    return moves


def posting(off, on, count):
    """Post by turns, one without and one with the log, so that both see the same machine.

    :return: median milliseconds of both
    """
    times = ([], [])
    for pair in zip(invoices(off, count), invoices(on, count), strict=True):
        for move, found in zip(pair, times, strict=True):
            move.invalidate_recordset()
            start = time.perf_counter()
            move.action_post()
            move.env.cr.commit()
            found.append((time.perf_counter() - start) * 1000)
    return [statistics.median(found[WARM:]) for found in times]


def write_for(database, conf, seconds):
    """One writer: changes its own record, one transaction each; prints how many."""
    env = environment(database, conf)
    partner = env["res.partner"].create({"name": "Record of a writer"})
    env.cr.commit()
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        partner.city = f"Nakuru {count}"
        env.cr.commit()
        count += 1
    print(count)
    env.cr.close()
    os._exit(0)  # the sealer's thread is left where it is, as when a worker is recycled


def writers(number, database, conf, seconds):
    """So many writers at once, each a process. :return: transactions a second, all together"""
    command = [sys.executable, __file__, "--writer", database, "--conf", conf, "--seconds", seconds]
    children = [
        subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)
        for _number in range(number)
    ]
    counts = [int(child.communicate()[0].split()[-1]) for child in children]
    return sum(counts) / seconds


def million(bench, entries):
    """A log with so many entries, chained. :return: the database's name"""
    import psycopg2

    sys.path.insert(0, str(MODULE.parent))
    name = f"test_{os.getpid()}_million"
    bench.databases.drop(name)
    bench.cluster.sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
    with psycopg2.connect(dbname=name) as db, db.cursor() as pg:
        pg.execute((MODULE / "engine" / "schema.sql").read_text())

    def fill(part):
        with psycopg2.connect(dbname=name) as db, db.cursor() as pg:
            pg.execute("SELECT set_config('sire_audit.actor', %s, true)", (json.dumps(ACTOR),))
            pg.execute(
                """SELECT count(sire_audit_put(false, false, NULL, 'record', 'post', true, 'account.move', i, 'INV/2026/' || i, 1, NULL,
                          NULL, '{"state": "draft", "amount_total": 98600.00}', '{"state": "posted", "amount_total": 98600.00}',
                          NULL, '{"after.email": "client@example.co.ke"}')) FROM generate_series(%s, %s) AS i""",
                (part, part + entries // 4 - 1),
            )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, range(1, entries + 1, entries // 4)))
    from odoo.addons.sire_audit.engine.sealer import seal

    with psycopg2.connect(dbname=name) as db, db.cursor() as pg:
        while seal(pg, limit=5000):
            db.commit()
    return name


def verified(database, workers):
    """:return: (seconds, what the script said)"""
    start = time.perf_counter()
    command = [
        sys.executable,
        MODULE / "tools" / "verify_audit.py",
        "--database",
        database,
        "--workers",
        workers,
        "--json",
    ]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    return time.perf_counter() - start, json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=60, help="invoices posted with and without")
    parser.add_argument("--seconds", type=float, default=8, help="of the writers")
    parser.add_argument("--entries", type=int, default=MILLION, help="that are checked")
    parser.add_argument("--writer", help=argparse.SUPPRESS)
    parser.add_argument("--conf", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.writer:
        return write_for(arguments.writer, arguments.conf, arguments.seconds)
    bench, off_name = testing.prepared(OFF)
    bench, on_name = testing.prepared(ON)
    big = None
    conf = settings.write("bench-audit", bench.odoo, bench.cluster)
    try:
        off, on = environment(off_name, conf), environment(on_name, conf)
        off_ms, on_ms = posting(off, on, arguments.posts + WARM)
        off.cr.close()
        on.cr.close()
        result = {"post_ms_off": round(off_ms, 1), "post_ms_on": round(on_ms, 1)}
        result["overhead_percent"] = round((on_ms / off_ms - 1) * 100, 1)
        print(json.dumps(result), flush=True)
        for number in (1, 8):
            result[f"writers_{number}_per_s"] = round(writers(number, on_name, conf, arguments.seconds), 1)
        print(json.dumps(result), flush=True)
        big = million(bench, arguments.entries)
        seconds, said = verified(big, 2)
        if not said["ok"] or said["entries"] != arguments.entries:
            raise SystemExit(f"The log of the benchmark is not in order: {said}")
        result["verify_1m_s"] = round(seconds * MILLION / arguments.entries, 1)
    finally:
        for name in filter(None, (off_name, on_name, big)):
            bench.databases.drop(name)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
