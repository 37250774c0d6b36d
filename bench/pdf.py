"""Invoices as PDF: by Chromium and by the host's wkhtmltopdf, as it is installed and with its print delay set to 0.

Run by ``./sire bench pdf``; the last line is one JSON object. How it is measured: bench/README.md.
"""

import argparse
import io
import json
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from pypdf import PdfReader

from host import testing

SIRE = ("sire_demo",)
BATCH = 100
PARALLEL = 20
WARM = 4  # rounds until Python has seen enough of the code to run it as fast as it can
MOST_ROUNDS = 5
WORKERS = 24  # more than documents at once: wkhtmltopdf needs workers that serve its style sheets, too
LINES = 5
REPORT = "account.report_invoice_with_payments"

MAKE_INVOICES = f"""
import json
company = env.company
model = env["account.move"].search([("move_type", "=", "out_invoice"), ("state", "=", "posted"),
                                    ("company_id", "=", company.id)], limit=1)
partner = model.partner_id or env["res.partner"].create({{
    "name": "Baraka Traders Ltd", "street": "Moi Avenue 12", "city": "Nairobi", "country_id": env.ref("base.ke").id,
}})
taxes = model.invoice_line_ids.tax_ids[:1] or company.account_sale_tax_id
moves = env["account.move"].create([{{
    "move_type": "out_invoice", "partner_id": partner.id, "company_id": company.id,
    "invoice_line_ids": [(0, 0, {{
        "name": f"Maintenance of the shop, week {{week}}", "quantity": week, "price_unit": 4500,
        "tax_ids": [(6, 0, taxes.ids)],
    }}) for week in range(1, {LINES} + 1)],
}} for _number in range({BATCH + PARALLEL * (2 * WARM + MOST_ROUNDS)})])
moves.action_post()
print("MADE" + json.dumps(moves.ids))
env.cr.commit()
"""

SET = """
params = env["ir.config_parameter"]
params.set_param("report.print_delay", {delay!r})
params.set_param("report.url", {address!r})
params.set_param("sire_pdf.engine", {engine!r})
env.cr.commit()
env.registry.signal_changes()
"""

# Debian's wkhtmltopdf takes one document at a time. In its favour, all invoices are given to it as one document here:
# one start, one load of the style sheets, and nothing that the host does to a file of several afterwards.
TUNED_BATCH = """
import json, re, time
report = env["ir.actions.report"].with_context(debug=False)
ids = {ids}
times = []
for _round in range({rounds}):
    env.invalidate_all()
    started = time.monotonic()
    html = report._render_qweb_html({report!r}, ids, data={{"report_type": "pdf", "debug": False}})[0]
    found = report._get_report({report!r})
    bodies, _ids, header, footer, special = found.with_context(debug=False)._prepare_html(html, report_model=found.model)
    inner = [re.search("<body[^>]*>(.*)</body>", str(body), re.DOTALL)[1] for body in bodies]
    head, tail = re.fullmatch("(.*<body[^>]*>).*(</body>.*)", str(bodies[0]), re.DOTALL).groups()
    whole = head + '<div style="page-break-after: always"></div>'.join(inner) + tail
    pdf = report._run_wkhtmltopdf([whole], report_ref={report!r}, header=header, footer=footer,
                                  specific_paperformat_args=special)
    times.append((time.monotonic() - started) * 1000)
print("TOOK" + json.dumps([times, len(pdf)]))
"""

STATUS = """
import json
status = env["ir.actions.report"]._sire_pdf_server().status()
own = int(next(line.split()[1] for line in open(f"/proc/{status['pid']}/status") if line.startswith("VmRSS:"))) // 1024
print("STATUS" + json.dumps({**status, "own": own}))
"""


class Bench:
    """A server with invoices and a signed-in user.

    :param sire: the running server
    :param engine: what prints, ``sire_pdf.engine``
    :param delay: the host's ``report.print_delay``
    """

    def __init__(self, sire, engine, delay):
        self.sire = sire
        self.engine = engine
        made = after("MADE", sire.shell(MAKE_INVOICES))
        self.ids, rest = made[:BATCH], made[BATCH:]
        self.unprinted = [rest[at : at + PARALLEL] for at in range(0, len(rest), PARALLEL)]
        self.set_delay(delay)
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=PARALLEL))
        credentials = {"db": sire.db, "login": "admin", "password": "admin"}
        answer = self.session.post(f"{sire.url}/web/session/authenticate", json={"params": credentials}, timeout=60)
        if not answer.json().get("result", {}).get("uid"):
            raise RuntimeError(f"nobody could sign in: {answer.text[:300]}")

    def set_delay(self, delay):
        self.sire.shell(SET.format(delay=delay, address=self.sire.url, engine=self.engine))

    def singles(self, runs):
        """:return: the median of single documents, milliseconds"""
        self.print(self.ids[0], pages=1)
        self.print(self.ids[1], pages=1)
        return median([self.print(self.ids[number % BATCH], pages=1) for number in range(2, 2 + runs)])

    def parallel(self, rounds, warm):
        """:param int warm: rounds before that do not count: each worker process compiles the templates once
        :return: the median of twenty documents at once, each printed for the first time, milliseconds until all were here; and
        what Odoo's process computed for one of them, milliseconds"""
        for _round in range(warm):
            self.print_at_once(self.unprinted.pop())
        before = self.computed()
        took = [self.print_at_once(self.unprinted.pop()) for _round in range(rounds)]
        return median(took), round((self.computed() - before) / rounds / PARALLEL)

    def computed(self):
        """:return: processor time of the server's first process, milliseconds"""
        fields = Path(f"/proc/{self.sire.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def print(self, *ids, pages):
        """:return: milliseconds until the document with that many pages was here"""
        address = f"{self.sire.url}/report/pdf/{REPORT}/{','.join(map(str, ids))}"
        started = time.monotonic()
        answer = self.session.get(address, timeout=600)
        took = (time.monotonic() - started) * 1000
        if answer.headers.get("Content-Type") != "application/pdf":
            raise RuntimeError(f"no PDF: {answer.status_code} {answer.text[:300]}")
        self.last = answer.content
        if pages is not None:
            found = len(PdfReader(io.BytesIO(answer.content)).pages)
            if found != pages:
                raise RuntimeError(f"{found} pages, {pages} expected")
        return took

    def print_at_once(self, ids):
        """:return: milliseconds until all of them were here, each a document of its own"""
        with ThreadPoolExecutor(len(ids)) as threads:
            started = time.monotonic()
            list(threads.map(lambda one: self.print(one, pages=None), ids))
            return (time.monotonic() - started) * 1000


def after(mark, text):
    return json.loads(text.partition(mark)[2].splitlines()[0])


def median(values):
    return round(statistics.median(values))


def measure_workers(count, engine, rounds):
    """:return: the median of twenty documents at once from a server of that many processes, milliseconds"""
    options = {"workers": str(count)}
    with testing.server(database_modules=SIRE, sandbox=False, options=options) as sire:
        bench = Bench(sire, engine, delay="0")
        return bench.parallel(rounds, warm=2 * WARM)[0]  # each process compiles the templates once


def measure_ours(modules, runs, rounds):
    """:param modules: modules of ours that are installed
    :return: what Chromium takes
    """
    result = {}
    with testing.server(database_modules=modules, sandbox=False) as sire:
        bench = Bench(sire, "chromium", delay="1000")
        result["ours_ms"] = bench.singles(runs)
        result["ours_20_parallel_ms"], result["ours_odoo_cpu_ms"] = bench.parallel(rounds, warm=WARM)
        result["batch_100_ms"] = median([bench.print(*bench.ids, pages=BATCH) for _round in range(rounds)])
        result["batch_100_kb"] = len(bench.last) // 1000
        status = after("STATUS", sire.shell(STATUS))
        result["rss_mb"] = status["memory"] + status["own"]
        result["browser"] = status["product"]
    print(f"ours   {result}", flush=True)
    return result


def measure_theirs(modules, runs, rounds):
    """:param modules: modules of ours that are installed; none is an untouched host
    :return: what wkhtmltopdf takes
    """
    result = {}
    with testing.server(database_modules=modules, sandbox=False) as sire:
        bench = Bench(sire, "wkhtmltopdf", delay="1000")
        result["stock_ms"] = bench.singles(max(3, runs // 3))
        bench.set_delay("0")
        result["tuned_ms"] = bench.singles(runs)
        result["tuned_20_parallel_ms"], result["tuned_odoo_cpu_ms"] = bench.parallel(rounds, warm=WARM)
        output = sire.shell(TUNED_BATCH.format(ids=bench.ids, report=REPORT, rounds=1 + (rounds > 1)))
        result["tuned_batch_100_ms"] = round(min(after("TOOK", output)[0]))
    print(f"theirs {result}", flush=True)
    return result


def compare(ours, theirs):
    """:return: both, and how many times faster ours is"""
    return {
        **ours,
        **theirs,
        "times_stock": round(theirs["stock_ms"] / ours["ours_ms"], 1),
        "times_tuned": round(theirs["tuned_ms"] / ours["ours_ms"], 1),
        "times_parallel": round(theirs["tuned_20_parallel_ms"] / ours["ours_20_parallel_ms"], 1),
        "times_batch": round(theirs["tuned_batch_100_ms"] / ours["batch_100_ms"], 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9, help="single documents of each kind; the median counts")
    parser.add_argument(
        "--rounds", type=int, default=3, choices=range(1, 1 + MOST_ROUNDS), help="of those in parallel and of batches"
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=WORKERS,
        help=f"worker processes of two more servers, 0 for none; wkhtmltopdf needs more than {PARALLEL}",
    )
    arguments = parser.parse_args()
    started = time.monotonic()
    sizes = arguments.runs, arguments.rounds
    result = compare(measure_ours(("sire_pdf",), *sizes), measure_theirs((), *sizes))
    sire = compare(measure_ours(SIRE, *sizes), measure_theirs(SIRE, *sizes))
    if arguments.workers:
        sire["ours_20_parallel_workers_ms"] = measure_workers(arguments.workers, "chromium", arguments.rounds)
    if arguments.workers > PARALLEL:
        # With fewer, each worker waits for its wkhtmltopdf, which waits for a worker that serves the style sheets.
        tuned = measure_workers(arguments.workers, "wkhtmltopdf", arguments.rounds)
        sire["tuned_20_parallel_workers_ms"] = tuned
        sire["times_parallel_workers"] = round(tuned / sire["ours_20_parallel_workers_ms"], 1)
    result["sire"] = sire
    result["cores"] = len(os.sched_getaffinity(0))
    result["seconds"] = round(time.monotonic() - started)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
