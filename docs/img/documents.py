"""Take the pictures of docs/documents.md: every document that a client gets, printed by a running demo.

./sire run --fresh --detach
.sire/venv/dev-*/bin/python docs/img/documents.py      (needs pdftoppm, as the tests do)
"""

import argparse
import io
import subprocess
from pathlib import Path

import requests
from PIL import Image

HERE = Path(__file__).resolve().parent
DPI = 64
ROLL_DPI = 110  # 80 mm are small beside A4
COLOURS = 32
OPEN = [("move_type", "=", "out_invoice"), ("state", "=", "posted"), ("payment_state", "=", "not_paid")]
PAID = [("move_type", "=", "out_invoice"), ("payment_state", "in", ["paid", "in_payment"])]
# picture, report, model, which record
DOCUMENTS = (
    (
        "quotation",
        "sale.report_saleorder",
        "sale.order",
        [("state", "=", "sent"), ("sire_state", "in", ["sent", "viewed"])],
    ),
    ("quotation-draft", "sale.report_saleorder", "sale.order", [("state", "=", "draft")]),
    ("quotation-expired", "sale.report_saleorder", "sale.order", [("sire_state", "=", "expired")]),
    ("invoice", "account.report_invoice_with_payments", "account.move", OPEN),
    ("invoice-paid", "account.report_invoice_with_payments", "account.move", PAID),
    ("receipt", "sire_billing.report_sire_receipt", "account.payment", [("sire_receipt_number", "!=", False)]),
    (
        "receipt-roll",
        "sire_billing.report_sire_receipt_roll",
        "account.payment",
        [("sire_receipt_number", "!=", False)],
    ),
)


class Demo:
    """A signed-in accountant.

    :param str url: where SIRE is
    """

    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        self._call("/web/session/authenticate", {"db": "sire", "login": "accountant", "password": "accountant"})

    def _call(self, path, params):
        answer = self.session.post(self.url + path, json={"jsonrpc": "2.0", "params": params}, timeout=60).json()
        if "error" in answer:
            raise SystemExit(answer["error"]["data"]["message"])
        return answer["result"]

    def find(self, model, domain):
        """:return: the number of the newest record"""
        call = {"model": model, "method": "search", "args": [domain], "kwargs": {"limit": 1}}
        found = self._call(f"/web/dataset/call_kw/{model}/search", call)
        if not found:
            raise SystemExit(f"The demo has no {model} with {domain}.")
        return found[0]

    def statement(self):
        """:return: the number of a statement for this year, of the client with most invoices and payments"""
        call = {"model": "account.move.line", "method": "formatted_read_group", "args": [], "kwargs": {
            "domain": [("account_type", "=", "asset_receivable"), ("parent_state", "=", "posted")],
            "groupby": ["partner_id"], "aggregates": ["__count"], "order": "__count desc", "limit": 1,
        }}  # fmt: skip
        ((client, _name),) = (group["partner_id"] for group in self._call("/web/dataset/call_kw", call))
        call = {"model": "sire.statement.wizard", "method": "create", "args": [{"partner_ids": [client]}], "kwargs": {}}
        return self._call("/web/dataset/call_kw", call)

    def print(self, report, number):
        """:return: a PDF"""
        answer = self.session.get(f"{self.url}/report/pdf/{report}/{number}", timeout=60)
        answer.raise_for_status()
        return answer.content


def picture(pdf, dpi=DPI):
    """:return: the first page, small"""
    command = ["pdftoppm", "-r", str(dpi), "-png", "-singlefile", "-"]
    page = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    return Image.open(io.BytesIO(page)).convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://localhost:8069")
    demo = Demo(parser.parse_args().url)
    for name, report, model, domain in DOCUMENTS:
        file = HERE / f"document-{name}.png"
        save(picture(demo.print(report, demo.find(model, domain)), ROLL_DPI if "roll" in name else DPI), file)
    save(picture(demo.print("sire_billing.report_sire_statement", demo.statement())), HERE / "document-statement.png")


def save(image, file):
    image.save(file, optimize=True)
    print(f"{file.name}: {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
