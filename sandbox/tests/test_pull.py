"""Pull transactions: the last 48 hours of customers' payments."""

from datetime import UTC, datetime, timedelta

import pytest

from .client import PHONE
from .shop import pay, post

NAIROBI = timedelta(hours=3)


def eat(hours=0):
    return (datetime.now(UTC) + NAIROBI + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S")


def ago(hours):
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


def register(daraja, **changes):
    body = {
        "ShortCode": "174379",
        "RequestType": "Pull",
        "NominatedNumber": PHONE,
        "CallBackURL": "https://example.com/pull",
    }
    return post(daraja, "/pulltransactions/v1/register", body | changes)


def query(daraja, **changes):
    body = {"ShortCode": "174379", "StartDate": eat(-48), "EndDate": eat(1), "OffSetValue": "0"}
    return post(daraja, "/pulltransactions/v1/query", body | changes)


def receipts(response):
    assert response.json()["ResponseCode"] == "1000", response.text
    (rows,) = response.json()["Response"]
    return [row["transactionId"] for row in rows]


def test_register(daraja):
    assert register(daraja).json()["ResponseStatus"] == "1000"
    assert register(daraja).json()["ResponseStatus"] == "1001"
    for wrong in ({"RequestType": "x"}, {"NominatedNumber": "07"}, {"CallBackURL": "x"}, {"ShortCode": "999999"}):
        assert register(daraja, **wrong).json()["errorCode"] == "400.002.02"


def test_query(daraja):
    assert query(daraja).json()["errorMessage"] == "Bad Request - Invalid ShortCode"
    register(daraja)
    body = query(daraja).json()
    assert (body["ResponseCode"], body["Response"]) == ("1001", [])
    receipt = pay(daraja, names="Jane Doe")["receipt"]
    pay(daraja, shortcode="600984")
    daraja.control("POST", "/control/ledger", amount=-1)
    body = query(daraja).json()
    ((row,),) = body["Response"]
    at = datetime.fromisoformat(row.pop("trxDate"))
    assert at.utcoffset() == timedelta(0) and abs(datetime.now(UTC) - at) < timedelta(minutes=5)
    assert row == {
        "transactionId": receipt,
        "msisdn": int(PHONE),
        "sender": "Jane Doe",
        "transactiontype": "c2b-pay-bill-debit",
        "billreference": "INV00012",
        "amount": "500.00",
        "organizationname": "SIRE TECH Ltd",
    }
    assert body["ResponseRefID"] and body["ResponseMessage"] == "Success"


def test_prompts_are_in_it(daraja, shop):
    register(daraja)
    checkout = daraja.push_ok(f"{shop.url}/stk")
    daraja.answer(checkout, "success")
    assert receipts(query(daraja)) == [daraja.prompt(checkout)["receipt"]]


def test_48_hours_and_the_period(daraja):
    register(daraja)
    pay(daraja, at=ago(48.1))
    first = pay(daraja, at=ago(47.9))["receipt"]
    second = pay(daraja, at=ago(2))["receipt"]
    assert receipts(query(daraja, StartDate=eat(-100))) == [first, second]
    assert receipts(query(daraja, StartDate=eat(-3))) == [second]
    assert receipts(query(daraja, EndDate=eat(-3))) == [first]


def test_pages(daraja):
    register(daraja)
    daraja.control("POST", "/control/options", pull_page=2)
    paid = [pay(daraja)["receipt"] for _ in range(3)]
    assert receipts(query(daraja)) == paid[:2]
    assert receipts(query(daraja, OffSetValue="2")) == paid[2:]
    assert query(daraja, OffSetValue="3").json()["ResponseCode"] == "1001"


@pytest.mark.parametrize(("form", "offset"), [("utc", timedelta(0)), ("offset", NAIROBI), ("naive", None)])
def test_dates(daraja, form, offset):
    register(daraja)
    pay(daraja, at="2026-11-20T23:15:00+03:00")
    daraja.world.now = lambda: datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
    try:
        daraja.control("POST", "/control/options", pull_dates=form)
        daraja.token = None
        ((row,),) = query(daraja, StartDate="2026-11-20 23:15:00", EndDate="2026-11-20 23:15:00").json()["Response"]
    finally:
        del daraja.world.now
    at = datetime.fromisoformat(row["trxDate"])
    assert at.utcoffset() == offset
    assert at.replace(tzinfo=None) == datetime(2026, 11, 20, 20 if form == "utc" else 23, 15)


@pytest.mark.parametrize(
    "changes",
    [
        {"StartDate": "20261120"},
        {"EndDate": "yesterday"},
        {"StartDate": eat(2), "EndDate": eat(1)},
        {"OffSetValue": "-1"},
        {"OffSetValue": None},
        {"ShortCode": "1"},
    ],
)
def test_refused(daraja, changes):
    register(daraja)
    assert query(daraja, **changes).json()["errorCode"] == "400.002.02"
