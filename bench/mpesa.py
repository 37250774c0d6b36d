"""Callbacks of 2,000 prompts at once: how fast they are acknowledged, how fast they are in the books, and each once.

Run by ``./sire bench mpesa``; the last line is one JSON object. How it is measured: bench/README.md.
"""

import argparse
import json
import re
import statistics
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2

from bench._load import Load
from bench._mpesa_scripts import PROMPTS, STOCK
from host import postgres, testing

ADDONS = Path(__file__).resolve().parent / "addons"
MODULES = ("sire_demo",)
TURNS = 5
PATIENCE = 600  # seconds until what is not handled counts as lost
HANDLED = re.compile(r"Webhook events: (\d+) of (\d+) handled together, prepared in ([\d.]+) s, handled in ([\d.]+) s")


def addons_path(bench):
    return ",".join(str(path) for path in (*bench.odoo.addons, ADDONS.parents[1], ADDONS))


def after(mark, text):
    return json.loads(text.partition(mark)[2].splitlines()[0])


def percentile(values, percent):
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], 1)


class Progress:
    """Watches from a connection of its own how many callbacks are handled."""

    def __init__(self, cluster, database):
        self.connection = psycopg2.connect(host=str(cluster.socket), user=postgres.USER, dbname=database)
        self.connection.autocommit = True
        self.seen = []  # (moment, how many are done)
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def query(self, sql):
        with self.connection.cursor() as cr:
            cr.execute(sql)
            return cr.fetchall()

    def _watch(self):
        while not self.stopped.wait(0.25):
            rows = self.query("SELECT count(*) FROM sire_webhook_event WHERE provider = 'mpesa_stk' AND state = 'done'")
            self.seen.append((time.monotonic(), rows[0][0]))

    def start(self):
        self.thread.start()
        return self

    def hold_worker(self):
        """Take the row of the inbox's job, as a cron thread that runs it does."""
        self.holder = psycopg2.connect(self.connection.dsn)
        with self.holder.cursor() as cr:
            cr.execute("SELECT id FROM ir_cron WHERE cron_name = 'SIRE: handle webhook events' FOR NO KEY UPDATE")
            assert cr.rowcount == 1

    def release_worker(self):
        self.holder.close()

    def wait_for(self, count):
        """:return: whether that many were handled in time"""
        deadline = time.monotonic() + PATIENCE
        while not self.seen or self.seen[-1][1] < count:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def stop(self):
        self.stopped.set()
        self.thread.join()

    def rate(self, since):
        """:return: how many were handled a second from a moment until the last one was"""
        last = self.seen[-1][1]
        begin = max((one for one in self.seen if one[0] <= since), default=self.seen[0])
        end = next(one for one in self.seen if one[1] == last)
        return (last - begin[1]) / (end[0] - begin[0]) if end[0] > begin[0] else float("nan")


class Bench:
    """A server with the demo company, and prompts that are paid and not yet called back."""

    def __init__(self, arguments):
        self.count, self.connections = arguments.count, arguments.connections
        self.chaos = arguments.chaos
        self.bench, self.database = testing.prepared(MODULES)
        path = addons_path(self.bench)
        self.bench.databases.odoo_run(
            "Installing the probe", self.database, "-i", "bench_probe", f"--addons-path={path}"
        )
        self.hold = arguments.hold
        options = {"addons_path": path}
        if arguments.workers:
            options["workers"] = str(arguments.workers)
        self.server = testing.Server(self.bench, self.database, 0, None, options, True, durable=True)

    def prepare(self):
        """:return: callbacks as jobs for :class:`bench._load.Load`, and the receipt numbers in them"""
        self.server.control("/control/default", {"result": "success", "callbacks": "never"})
        self.server.control("/control/options", {"stk_confirmation": False})
        later = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
        tokens = after("MADE", self.server.shell(PROMPTS.format(count=self.count, later=later)))
        prompts = {prompt["id"]: prompt for prompt in self.server.control("/control/prompts")}
        jobs, numbers = [], []
        for checkout_id, token in tokens.items():
            prompt = prompts[checkout_id]
            items = {
                "Amount": float(prompt["amount"]),
                "MpesaReceiptNumber": prompt["receipt"],
                "TransactionDate": int((datetime.now(UTC) + timedelta(hours=3)).strftime("%Y%m%d%H%M%S")),
                "PhoneNumber": int(prompt["phone"]),
            }
            callback = {
                "MerchantRequestID": prompt["merchant_id"],
                "CheckoutRequestID": checkout_id,
                "ResultCode": 0,
                "ResultDesc": "The service request is processed successfully.",
                "CallbackMetadata": {"Item": [{"Name": name, "Value": value} for name, value in items.items()]},
            }
            jobs.append((f"/sire/pay/stk/{token}", json.dumps({"Body": {"stkCallback": callback}}).encode()))
            numbers.append(prompt["receipt"])
        return jobs, numbers

    def send(self, load, jobs):
        """Send the callbacks, in turns with as many posts to the empty route, so that both meet the same machine and the
        same worker.

        :return: the answers, and how many callbacks and how many empty posts were answered a second
        """
        answers, seconds = [], Counter()
        for begin in range(0, len(jobs), len(jobs) // TURNS):
            turn = jobs[begin : begin + len(jobs) // TURNS]
            empty = load.post([("/bench/row", body) for _path, body in turn])
            seconds["empty"] += load.seconds
            if any(answer.status != 200 for answer in empty):
                raise RuntimeError(f"The empty route failed: {Counter(answer.status for answer in empty)}")
            answers += load.post(turn)
            seconds["ack"] += load.seconds
        return answers, round(len(jobs) / seconds["ack"], 1), round(len(jobs) / seconds["empty"], 1)

    def send_and_kill(self, load, jobs):
        """Send the callbacks, kill the server in the middle, start it, and send again what was not answered.

        :return: the answers, and how many had to be sent again
        """
        answers = load.post(jobs, (self.count // 2, self.server.kill9))
        again = [number for number, answer in enumerate(answers) if answer.status != 200]
        self.server.start()
        for number, answer in zip(again, load.post([jobs[number] for number in again]), strict=True):
            answers[number] = answer
        return answers, len(again)

    def count_faults(self, progress, numbers):
        """:return: how many receipts are not in the books, and how many are there twice"""
        booked = dict(
            progress.query(
                """
                SELECT receipt.name, count(payment.id)
                  FROM sire_mpesa_receipt receipt
                  JOIN account_payment payment ON payment.sire_mpesa_receipt_id = receipt.id
                  JOIN account_move move ON move.id = payment.move_id
                  JOIN payment_transaction tx ON tx.payment_id = payment.id AND tx.id = receipt.transaction_id
                 WHERE move.state = 'posted' AND receipt.state = 'booked' AND tx.state = 'done' AND tx.is_post_processed
                       AND payment.amount = 100
                 GROUP BY receipt.name
                """
            )
        )
        open_invoices = progress.query(
            """
            SELECT count(*) FROM account_move move
              JOIN account_invoice_transaction_rel rel ON rel.invoice_id = move.id
              JOIN payment_transaction tx ON tx.id = rel.transaction_id
             WHERE tx.reference LIKE 'BENCH-%%' AND move.amount_residual <> 0
            """
        )[0][0]
        more = progress.query(
            """
            SELECT count(*) FROM account_payment payment JOIN payment_transaction tx ON tx.id = payment.payment_transaction_id
             WHERE tx.reference LIKE 'BENCH-%%'
            """
        )[0][0]
        lost = sum(number not in booked for number in numbers)
        doubled = max(sum(booked.get(number, 0) - 1 for number in numbers if number in booked), more - len(numbers), 0)
        return max(lost, open_invoices), doubled


def measure_stock(count):
    """:return: how many transactions a second the host confirms and books, in a database without any module of ours"""
    bench, database = testing.prepared(())
    try:
        bench.databases.odoo_run("Installing the host's provider for trying", database, "-i", "payment_demo")
        output = testing.odoo_shell(bench, database, STOCK.format(count=count))
    finally:
        bench.databases.drop(database)
    settled, seconds = after("TOOK", output)
    return settled / seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="callbacks, each of a prompt and an invoice of its own")
    parser.add_argument("--connections", type=int, default=200, help="callbacks under way at a time")
    parser.add_argument("--chaos", action="store_true", help="kill -9 the server in the middle and start it again")
    parser.add_argument("--stock-count", type=int, default=0, help="the host's transactions; as many as callbacks if 0")
    parser.add_argument("--hold", action="store_true", help="nothing is settled before all are acknowledged")
    parser.add_argument("--workers", type=int, default=0, help="worker processes; 0 is one process with threads")
    arguments = parser.parse_args()
    started = time.monotonic()
    result = {}
    bench = Bench(arguments)
    try:
        with_server(bench, result)
    finally:
        bench.server.close()
    if not arguments.chaos:
        result["stock_settled_per_s"] = round(measure_stock(arguments.stock_count or arguments.count), 1)
        result["times_stock"] = round(result["settled_per_s"] / result["stock_settled_per_s"], 2)
        result["ack_share"] = round(result["ack_per_s"] / result["empty_route_per_s"], 2)
    result["seconds"] = round(time.monotonic() - started)
    print(json.dumps(result))
    return 0 if not result["lost"] and not result["doubled"] else 1


def with_server(bench, result):
    """Everything that needs the server."""
    bench.server.start()
    jobs, numbers = bench.prepare()
    print(f"{len(jobs)} prompts are paid and wait for their callbacks", flush=True)
    load = Load(bench.server.url, bench.connections)
    for path in ("/bench/row", "/sire/pay/stk/nobody"):  # what a process does once does not count
        load.post([(path, body) for _path, body in jobs[:50]])
    progress = Progress(bench.bench.cluster, bench.database).start()
    if bench.hold:
        progress.hold_worker()
    begun = time.monotonic()
    if bench.chaos:
        answers, result["sent_again"] = bench.send_and_kill(load, jobs)
    else:
        answers, result["ack_per_s"], result["empty_route_per_s"] = bench.send(load, jobs)
    acknowledged = time.monotonic() - begun
    if refused := sum(answer.status != 200 for answer in answers):
        raise RuntimeError(f"{refused} callbacks were not taken: {Counter(answer.status for answer in answers)}")
    times = [answer.ms for answer in answers]
    result.update(ack_p50_ms=percentile(times, 50), ack_p95_ms=percentile(times, 95))
    print(f"acknowledged {result}", flush=True)
    if bench.hold:
        progress.release_worker()
        bench.bench.cluster.sql(f"SELECT pg_notify('cron_trigger', '{bench.database}')")
    quiet_at = time.monotonic()
    progress.wait_for(len(jobs))
    progress.stop()
    if not bench.chaos:
        result["settled_per_s"] = round(progress.rate(quiet_at), 1)
        if not bench.hold:
            result["settled_under_load_per_s"] = round(progress.rate(begun), 1)
    result["lost"], result["doubled"] = bench.count_faults(progress, numbers)
    progress.connection.close()
    print(f"acknowledged after {acknowledged:.1f} s, settled after {progress.seen[-1][0] - begun:.1f} s")
    result.update(read_log(bench.server.log.read_text(errors="replace")))


def read_log(text):
    """:return: what the worker says of its own time"""
    batches = [(int(n), int(of), float(asked), float(handled)) for n, of, asked, handled in HANDLED.findall(text)]
    asked = sum(batch[2] for batch in batches)
    handled = sum(batch[3] for batch in batches)
    queries = re.findall(r"stkpushquery\S*: HTTP 200\s+in ([\d.]+) s", text)
    return {
        "batches": len(batches),
        "handled_together": sum(batch[0] for batch in batches),
        "query_share": round(asked / (asked + handled), 3) if batches else None,
        "query_ms": round(1000 * sum(map(float, queries)) / len(queries), 1) if queries else None,
    }


if __name__ == "__main__":
    sys.exit(main())
