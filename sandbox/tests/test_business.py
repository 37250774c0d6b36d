"""The organisation's books: every movement once, shown and exported as its portal does."""

import csv
import io
import re

import pytest
from openpyxl import load_workbook

from .client import PHONE
from .shop import books, pay, register
from .test_commands import run
from .test_handset import squeeze

COLUMNS = (
    "Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,"
    "Reason Type,Other Party Info,Linked Transaction ID,A/C No."
)


def everything(daraja, shop):
    """Let money move in every way.

    :return: receipts, the oldest first
    """
    checkout = daraja.push_ok(f"{shop.url}/stk")
    daraja.answer(checkout, "success")
    paid = pay(daraja, names="Jane Doe", amount=1000, reference="=1+1")["receipt"]
    back, _values = run(daraja, shop, "reversal", TransactionID=paid, Amount=250)
    out, _values = run(daraja, shop, "b2c")
    settled = daraja.control("POST", "/control/ledger", amount=-1000)["receipt"]
    return [daraja.prompt(checkout)["receipt"], paid, back["TransactionID"], out["TransactionID"], settled]


def download(daraja, ending="csv", query=""):
    response = daraja.http.get(f"/business/statement.{ending}{query}")
    assert response.status_code == 200
    return response


def test_ledger(daraja, shop):
    receipts = everything(daraja, shop)
    book = books(daraja)
    assert [m["receipt"] for m in book["movements"]] == receipts
    assert [m["amount"] for m in book["movements"]] == [500, 1000, -250, -100, -1000]
    assert [m["kind"] for m in book["movements"]] == ["stk", "c2b", "reversal", "b2c", "bank"]
    assert book["balance"] == 150 and book["movements"][1]["given_back"] == 250
    assert books(daraja, "600984") == {"balance": 0, "movements": []}


def test_failed_prompts_move_nothing(daraja, shop):
    daraja.answer(daraja.push_ok(f"{shop.url}/stk"), "no_money")
    assert books(daraja)["movements"] == []


def test_reported_amount_is_not_the_booked_one(daraja, shop):
    daraja.control("POST", "/control/next", result="success", amount=5)
    daraja.push_ok(f"{shop.url}/stk")
    shop.wait("/stk")
    assert books(daraja)["balance"] == 500


def test_csv(daraja, shop):
    receipts = everything(daraja, shop)
    response = download(daraja)
    assert response.headers["content-type"].startswith("text/csv")
    assert "ORG_174379_Statement.csv" in response.headers["content-disposition"]
    text = response.text
    assert text.startswith("Organization Name,SIRE TECH Ltd\r\nShort Code,174379\r\nAccount,Utility Account\r\n")
    head, _, table = text.partition(COLUMNS)
    assert "Opening Balance,0.00" in head and "Closing Balance,150.00" in head and "Time Period,From " in head
    rows = list(csv.DictReader(io.StringIO(COLUMNS + table)))
    assert [row["Receipt No."] for row in rows] == receipts[::-1]
    settled, out, back, paid, prompt = rows
    assert [row["Balance"] for row in rows] == ["150.00", "1150.00", "1250.00", "1500.00", "500.00"]
    assert (paid["Paid In"], paid["Withdrawn"], paid["Reason Type"]) == ("1000.00", "", "Pay Bill")
    assert paid["Other Party Info"] == "25471****678 - Jane Doe"
    assert paid["Details"] == "Pay Bill from 25471****678 - Jane Doe Acc. =1+1"
    assert paid["A/C No."] == "=1+1"
    assert (prompt["Reason Type"], prompt["A/C No."]) == ("Pay Bill Online", "INV00012")
    assert (back["Withdrawn"], back["Paid In"], back["Linked Transaction ID"]) == ("-250.00", "", receipts[1])
    assert out["Withdrawn"] == "-100.00" and settled["Reason Type"] == "Organization Settlement to Bank"
    for row in rows:
        assert (row["Transaction Status"], row["Balance Confirmed"]) == ("Completed", "true")
        assert re.fullmatch(r"\d{2}-\d{2}-\d{4} \d{2}:\d{2}:\d{2}", row["Completion Time"])


def test_xlsx(daraja, shop):
    receipts = everything(daraja, shop)
    sheet = load_workbook(io.BytesIO(download(daraja, "xlsx").content)).active
    rows = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0][:2] == ["Organization Name", "SIRE TECH Ltd"]
    begins = rows.index(COLUMNS.split(","))
    assert [row[0] for row in rows[begins + 1 :]] == receipts[::-1]
    assert rows[begins + 4][5] == "1000.00" and rows[begins + 4][12] == "=1+1"
    assert sheet.cell(begins + 5, 13).data_type == "s"  # what a customer typed is no formula


def test_days_are_those_of_nairobi(daraja):
    late = pay(daraja, at="2026-11-19T23:59:59+03:00")["receipt"]
    early = pay(daraja, at="2026-11-20T00:00:00+03:00")["receipt"]
    pay(daraja, at="2026-11-21T00:00:00+03:00")
    text = download(daraja, query="?from=2026-11-20&to=2026-11-20").text
    assert early in text and late not in text
    assert "From 20-11-2026 00:00:00 To 20-11-2026 23:59:59" in text
    assert "Opening Balance,500.00" in text and "Closing Balance,1000.00" in text
    assert "20-11-2026 00:00:00,20-11-2026 00:00:00" in text
    empty = download(daraja, query="?to=2026-11-01").text
    assert empty.rstrip().endswith("A/C No.")


def test_page(daraja, shop):
    assert "No money came or went yet." in daraja.http.get("/business").text
    assert "None is registered" in daraja.http.get("/business").text
    register(daraja, shop)
    receipts = everything(daraja, shop)
    page = daraja.http.get("/business")
    text = squeeze(re.sub(r"<[^>]+>", " ", page.text))
    assert [text.index(receipt) for receipt in receipts] == sorted(map(text.index, receipts), reverse=True)
    assert "Balance KSh 150" in text and "25471****678 - Jane Doe" in text and "−KSh 250" in text
    assert PHONE not in page.text and f"{shop.url}/confirm" in page.text
    assert "No money" in daraja.http.get("/business?shortcode=174380").text
    version = re.search(r'data-version="(\w+)"', page.text)[1]
    assert daraja.http.get("/business/rows").headers["x-version"] == version


def test_owner_deletes_addresses_and_has_validation_switched(daraja, shop):
    register(daraja, shop)
    daraja.http.post("/business", data={"action": "validate"})
    assert daraja.control("GET", "/control/options")["validation"] == ["174379"]
    assert "Switch validation off" in daraja.http.get("/business").text
    daraja.http.post("/business", data={"action": "trust"})
    assert daraja.control("GET", "/control/options")["validation"] == []
    assert daraja.http.post("/business", data={"action": "delete"}).status_code == 303
    assert daraja.control("GET", "/control/c2b/urls") == {}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/business?shortcode=1", 404),
        ("/business/statement.pdf", 404),
        ("/business/statement.csv?from=20/11/2026", 400),
    ],
)
def test_wrong_addresses(daraja, path, status):
    response = daraja.http.get(path)
    assert response.status_code == status and "That did not work" in response.text
