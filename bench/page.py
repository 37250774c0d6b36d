"""The client's page of an invoice beside the host's portal page of the same invoice, on a slow phone and network.

Run by ``./sire bench page``; the last line is one JSON object. How it is measured: bench/README.md.
"""

import argparse
import contextlib
import json
import statistics
import sys
import time

from playwright.sync_api import sync_playwright

from bench import _compressing_proxy
from host import testing

CPU_SLOWDOWN = 4
LATENCY_MS = 150
VIEWPORT = {"width": 390, "height": 844}
RATES = (400, 750)  # kbit/s

# An unpaid invoice that M-Pesa can take, its link and its portal address.
CHOOSE_INVOICE = """
import json
invoices = env["account.move"].search(
    [("move_type", "=", "out_invoice"), ("state", "=", "posted"), ("payment_state", "=", "not_paid"),
     ("currency_id.name", "=", "KES"), ("amount_residual", "<=", 250000), ("company_id", "=", env.company.id)],
    order="invoice_date desc, id desc",
)
invoice = invoices.filtered(lambda move: move._sire_get_payable() == move.amount_total)[0]
link = env["sire.client.link"]._for(invoice)
print("CHOSEN" + json.dumps({"name": invoice.name, "lines": len(invoice.invoice_line_ids), "ours": link._get_path(),
                             "stock": invoice.get_portal_url()}))
env.cr.commit()
"""

WATCH = """
window.bench = {lcp: 0, cls: 0, usable: 0};
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.bench.lcp = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.bench.cls += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""

# Ours: the button is there, painted and enabled. It is a plain form: nothing else has to be loaded.
PROBE_OURS = """
const probe = setInterval(() => {
    const button = document.querySelector("form.pay button[type=submit]");
    const painted = performance.getEntriesByName("first-contentful-paint")[0];
    if (button && painted && !button.disabled && button.getBoundingClientRect().height) {
        window.bench.usable = performance.now();
        clearInterval(probe);
    }
}, 20);
"""

# The host's: a tap on Pay does something, that is, its dialog opens. (Its own button inside is enabled later still.)
PROBE_STOCK = """
const probe = setInterval(() => {
    const dialog = document.querySelector(".modal.show");
    if (dialog) {
        window.bench.usable = performance.now();
        clearInterval(probe);
        return;
    }
    document.querySelector("[data-bs-target='#pay_with'], [href='#pay_with']")?.click();
}, 50);
"""


def load(browser, url, rate=None, probe="", seconds=90):
    """Opens an address in a new window with an empty cache and returns what was seen.

    :param rate: kbit/s in both directions; unlimited when None
    :param probe: script that sets ``bench.usable``; the page is left as soon as it has
    :return: ``lcp``, ``cls``, ``usable`` and, of what came over the wire, ``bytes``, ``script_bytes``, ``requests``, and
        ``html_bytes`` as unpacked
    """
    context = browser.new_context(viewport=VIEWPORT, device_scale_factor=2, is_mobile=True, has_touch=True)
    page = context.new_page()
    session = context.new_cdp_session(page)
    wire = {"bytes": 0, "script_bytes": 0, "requests": 0, "html_bytes": 0}
    kinds = {}

    def requested(event):
        if not event["request"]["url"].startswith("data:"):
            wire["requests"] += 1
            kinds[event["requestId"]] = event["type"]

    def received(event):
        if kinds.get(event["requestId"]) == "Document":
            wire["html_bytes"] += event["dataLength"]

    def finished(event):
        if event["requestId"] in kinds:
            wire["bytes"] += event["encodedDataLength"]
            if kinds[event["requestId"]] == "Script":
                wire["script_bytes"] += event["encodedDataLength"]

    session.on("Network.requestWillBeSent", requested)
    session.on("Network.dataReceived", received)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    if rate:
        bytes_a_second = rate * 1000 / 8
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": LATENCY_MS,
                "downloadThroughput": bytes_a_second,
                "uploadThroughput": bytes_a_second,
            },
        )
        session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    page.add_init_script(WATCH + probe)
    page.goto(url, wait_until="commit", timeout=seconds * 1000)
    if probe:
        # Asked from here: the page's own policy lets nobody evaluate a string in it.
        deadline = time.monotonic() + seconds
        while not page.evaluate("window.bench && window.bench.usable"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"Pay could not be used within {seconds} s on {url}")
            page.wait_for_timeout(100)
    else:
        page.wait_for_load_state("load", timeout=seconds * 1000)
        with contextlib.suppress(Exception):  # the host's page keeps a connection open
            page.wait_for_load_state("networkidle", timeout=seconds * 1000)
        page.wait_for_timeout(1000)
    seen = {**page.evaluate("window.bench"), **wire}
    context.close()
    return seen


def median(values, digits=2):
    return round(statistics.median(values), digits)


def measure(browser, url, probe, runs):
    """Weighs a page once and times it at each rate.

    :return: figures with the names of the result, without a prefix
    """
    load(browser, url)  # The server builds its bundles for the first visitor; that is not what is measured.
    weighed = load(browser, url)
    result = {
        "gzip_kb": round(weighed["bytes"] / 1000, 1),
        "html_kb": round(weighed["html_bytes"] / 1000, 1),
        "js_kb": round(weighed["script_bytes"] / 1000, 1),
        "requests": weighed["requests"],
    }
    shifts = []
    for rate in RATES:
        seen = [load(browser, url, rate) for _run in range(runs)]
        usable = [load(browser, url, rate, probe)["usable"] for _run in range(runs)]
        result[f"lcp_{rate}_s"] = median([one["lcp"] / 1000 for one in seen])
        result[f"usable_{rate}_s"] = median([one / 1000 for one in usable])
        shifts += [one["cls"] for one in seen]
    result["cls"] = round(max(shifts), 3)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="loads of our page at each rate; the median counts")
    parser.add_argument("--stock-runs", type=int, default=1, help="the same for the host's page, which takes long")
    arguments = parser.parse_args()
    started = time.monotonic()
    with testing.server() as sire, _compressing_proxy.serve(sire.url) as address, sync_playwright() as playwright:
        output = sire.shell(CHOOSE_INVOICE)
        chosen = json.loads(output.partition("CHOSEN")[2].splitlines()[0])
        print(
            f"Invoice {chosen['name']}, {chosen['lines']} lines; {LATENCY_MS} ms, processor {CPU_SLOWDOWN} times slower"
        )
        browser = playwright.chromium.launch(executable_path=testing.chromium_path(), args=testing.CHROMIUM_ARGS)
        ours = measure(browser, address + chosen["ours"], PROBE_OURS, arguments.runs)
        print(f"ours   {ours}", flush=True)
        stock = measure(browser, address + chosen["stock"], PROBE_STOCK, arguments.stock_runs)
        print(f"stock  {stock}", flush=True)
        browser.close()
    seconds = round(time.monotonic() - started)
    result = {**ours, **{f"stock_{name}": value for name, value in stock.items()}, "seconds": seconds}
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
