"""Confirmations on bad days, forged ones, and the control API's own manners about money."""

import time

import pytest

from .client import PHONE
from .shop import books, pay, post, register


def next_send(daraja, **how):
    daraja.control("POST", "/control/sends/next", **({"of": "confirmation"} | how))


def ids(shop):
    return [body["TransID"] for body in shop.at("/confirm")]


@pytest.mark.parametrize("sends", ["twice", "twice_at_once"])
def test_twice(daraja, shop, sends):
    register(daraja, shop)
    next_send(daraja, sends=sends)
    receipt = pay(daraja)["receipt"]
    assert ids(shop) == [receipt, receipt]
    assert books(daraja)["balance"] == 500
    pay(daraja)
    assert len(ids(shop)) == 3


def test_never(daraja, shop):
    register(daraja, shop)
    daraja.control("POST", "/control/sends/default", of="confirmation", sends="never")
    assert pay(daraja)["confirmation"] is None
    assert shop.posts == [] and books(daraja)["balance"] == 500


def test_late(daraja, shop):
    register(daraja, shop)
    next_send(daraja, delay=0.4)
    began = time.monotonic()
    assert pay(daraja, wait=False)["confirmation"] is None
    shop.wait("/confirm")
    assert shop.posts[0][2] - began >= 0.4


def test_out_of_order(daraja, shop):
    register(daraja, shop)
    next_send(daraja, sends="reordered")
    first, second = pay(daraja)["receipt"], pay(daraja)["receipt"]
    shop.wait("/confirm", 2)
    assert ids(shop) == [second, first]
    next_send(daraja, sends="reordered")
    third = pay(daraja)["receipt"]
    daraja.control("POST", "/control/sends/release")
    assert ids(shop) == [second, first, third]


def test_another_amount(daraja, shop):
    register(daraja, shop)
    assert pay(daraja, confirmation={"amount": 5})["confirmation"]["payload"]["TransAmount"] == "5.00"
    assert books(daraja)["balance"] == 500


def test_before_the_answer_of_a_simulation(daraja, shop):
    register(daraja, shop)
    next_send(daraja, sends="before_answer")
    body = {"ShortCode": "174379", "CommandID": "CustomerPayBillOnline", "Amount": 1, "Msisdn": PHONE}
    post(daraja, "/mpesa/c2b/v2/simulate", body | {"BillRefNumber": "A"})
    assert len(ids(shop)) == 1


def test_sent_again_and_forged(daraja, shop):
    register(daraja, shop)
    receipt = pay(daraja)["receipt"]
    assert daraja.control("POST", "/control/c2b/confirm", receipt=receipt)["status"] == 200
    daraja.control("POST", "/control/c2b/confirm", receipt=receipt, changes={"TransAmount": "9.00"})
    daraja.control("POST", "/control/c2b/confirm", body={"TransID": "FORGED0001"})
    daraja.control("POST", "/control/c2b/confirm", body=[], url=f"{shop.url}/elsewhere")
    assert [body["TransID"] for body in shop.at("/confirm")] == [receipt] * 3 + ["FORGED0001"]
    assert shop.at("/confirm")[2]["TransAmount"] == "9.00" and shop.at("/elsewhere") == [[]]
    assert len(books(daraja)["movements"]) == 1
    records = daraja.control("GET", f"/control/sends?of=confirmation&receipt={receipt}")
    assert [record["status"] for record in records] == [200] * 3


def test_bank(daraja):
    pay(daraja)
    assert daraja.control("POST", "/control/ledger", amount=-200)["balance"] == 300
    assert daraja.control("POST", "/control/ledger", amount=1000, shortcode="600984")["balance"] == 1000
    assert books(daraja)["balance"] == 300


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("c2b", {"amount": 5, "reference": "A"}),
        ("c2b", {"phone": PHONE, "amount": 5}),
        ("c2b", {"phone": PHONE, "amount": "5", "reference": "A"}),
        ("c2b", {"phone": PHONE, "amount": 5, "reference": "A" * 21}),
        ("c2b", {"phone": PHONE, "amount": 5, "reference": "A", "shortcode": "1"}),
        ("c2b", {"phone": PHONE, "amount": 5, "reference": "A", "kind": "b2b"}),
        ("c2b", {"phone": PHONE, "amount": 5, "reference": "A", "names": 5}),
        ("c2b", {"phone": PHONE, "amount": 5, "reference": "A", "at": "2026-11-20"}),
        ("c2b", {"phone": PHONE, "amount": 5, "reference": "A", "confirmation": {"sends": "maybe"}}),
        ("c2b", {"phone": PHONE, "amount": 5, "reference": "A", "confirmation": "twice"}),
        ("c2b/confirm", {}),
        ("c2b/confirm", {"body": {}}),
        ("ledger", {"amount": -1}),
        ("ledger", {"amount": 1.5}),
        ("options", {"nothing": 1}),
        ("options", {"production": "yes"}),
        ("options", {"msisdn": "none"}),
        ("options", {"validation": ["1"]}),
        ("options", {"pull_page": 0}),
        ("sends/next", {"of": "prompt"}),
        ("sends/next", {"of": "confirmation", "sends": "timeout"}),
        ("sends/next", {"of": "confirmation", "result": "1"}),
        ("sends/next", {"of": "reversal", "result": "77"}),
        ("sends/default", {"of": "reversal", "delay": -1}),
    ],
)
def test_wrong_requests_change_nothing(daraja, path, data):
    response = daraja.http.post(f"/control/{path}", json=data)
    assert response.status_code == 400 and response.json()["error"].endswith(".")
    assert books(daraja) == {"balance": 0, "movements": []}
    assert daraja.world.sends.defaults == {} and not any(daraja.world.sends.queued.values())


def test_changes_must_be_an_object(daraja, shop):
    register(daraja, shop)
    data = {"receipt": pay(daraja)["receipt"], "changes": "TransAmount"}
    assert daraja.http.post("/control/c2b/confirm", json=data).status_code == 400
    assert len(ids(shop)) == 1


def test_unknown_receipt(daraja):
    assert daraja.http.post("/control/c2b/confirm", json={"receipt": "X"}).status_code == 404
