"""Customers who pay by themselves: addresses, validation, confirmation."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest

from .client import PHONE
from .shop import books, pay, post, register


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_register(daraja, shop, version):
    body = register(daraja, shop, version).json()
    assert body["ResponseCode"] == "0"
    assert daraja.control("GET", "/control/c2b/urls")["174379"]["confirmation"] == f"{shop.url}/confirm"
    daraja.control("POST", "/control/options", register_code="00000000")
    assert register(daraja, shop, version).json()["ResponseCode"] == "00000000"


@pytest.mark.parametrize(
    "changes",
    [
        {"ResponseType": "completed"},
        {"ResponseType": None},
        {"ShortCode": "999999"},
        {"ShortCode": None},
        {"ConfirmationURL": "https://example.com/mpesa"},
        {"ConfirmationURL": "http://example.com/x"},
        {"ConfirmationURL": "/x"},
        {"ValidationURL": "https://example.com/Safaricom"},
        {"ValidationURL": "https://m-pesa.example.com/"},
        {"ValidationURL": ""},
    ],
)
def test_register_refused(daraja, shop, changes):
    response = register(daraja, shop, **changes)
    (field,) = changes
    assert (response.status_code, response.json()["errorCode"]) == (400, "400.002.02")
    assert response.json()["errorMessage"] == f"Bad Request - Invalid {field}"
    assert daraja.control("GET", "/control/c2b/urls") == {}


def test_register_needs_a_token(daraja, shop):
    daraja.token = "dead"
    assert register(daraja, shop).json()["errorCode"] == "404.001.03"


def test_production_takes_addresses_once(daraja, shop):
    daraja.control("POST", "/control/options", production=True)
    assert register(daraja, shop).status_code == 200
    second = register(daraja, shop, ConfirmationURL=f"{shop.url}/other")
    assert (second.status_code, second.json()["errorCode"]) == (500, "500.003.1001")
    assert daraja.control("GET", "/control/c2b/urls")["174379"]["confirmation"] == f"{shop.url}/confirm"
    daraja.control("DELETE", "/control/c2b/urls?shortcode=174379")
    assert register(daraja, shop).status_code == 200


def test_confirmation(daraja, shop):
    register(daraja, shop)
    before = datetime.now(UTC).replace(microsecond=0)
    answer = pay(daraja, names="Jane Wanjiku Doe")
    (body,) = shop.wait("/confirm")
    assert answer["confirmation"]["payload"] == body and answer["confirmation"]["status"] == 200
    at = datetime.strptime(body.pop("TransTime") + "+0300", "%Y%m%d%H%M%S%z")
    assert before <= at <= before + timedelta(minutes=5)
    assert re.fullmatch(r"[A-Z]{2}[A-Z0-9]{8}", body.pop("TransID"))
    assert body == {
        "TransactionType": "Pay Bill",
        "TransAmount": "500.00",
        "BusinessShortCode": "174379",
        "BillRefNumber": "INV00012",
        "InvoiceNumber": "",
        "OrgAccountBalance": "500.00",
        "ThirdPartyTransID": "",
        "MSISDN": "25471****678",
        "FirstName": "Jane",
        "MiddleName": "Wanjiku",
        "LastName": "Doe",
    }
    assert shop.at("/validate") == []
    assert daraja.world.book.balance(PHONE) == 299_500
    assert f"{answer['receipt']} Confirmed. Ksh500.00 paid to SIRE TECH Ltd for account INV00012" in phone_texts(daraja)
    assert books(daraja)["balance"] == 500


def phone_texts(daraja, phone=PHONE):
    return " | ".join(text["text"] for text in daraja.world.book.texts[phone])


def test_other_ways_to_say_it(daraja, shop):
    register(daraja, shop)
    daraja.control("POST", "/control/options", amounts="10", names="empty", msisdn="hashed")
    body = pay(daraja, names="Jane Doe")["confirmation"]["payload"]
    assert body["TransAmount"] == "500"
    assert body["MSISDN"] == hashlib.sha256(PHONE.encode()).hexdigest()
    assert (body["FirstName"], body["MiddleName"], body["LastName"]) == ("", "", "")
    assert pay(daraja, confirmation={"msisdn": "plain"})["confirmation"]["payload"]["MSISDN"] == PHONE


def test_till(daraja, shop):
    register(daraja, shop, ShortCode="174380")
    body = pay(daraja, shortcode="5174380", reference="")["confirmation"]["payload"]
    assert (body["TransactionType"], body["BillRefNumber"], body["BusinessShortCode"]) == ("Buy Goods", "", "5174380")
    daraja.control("POST", "/control/options", till="store")
    body = pay(daraja, shortcode="174380", kind="till", reference="")["confirmation"]["payload"]
    assert body["BusinessShortCode"] == "174380"
    assert books(daraja, "174380")["balance"] == 1000


def test_nothing_registered_is_still_paid(daraja, shop):
    answer = pay(daraja)
    assert answer["receipt"] and answer["confirmation"] is None
    assert books(daraja)["balance"] == 500 and shop.posts == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": 250_001}, "A payment is Ksh1 to Ksh250,000."),
        ({"amount": 0}, "A payment is Ksh1 to Ksh250,000."),
        ({"shortcode": "999999", "kind": "paybill"}, "The business number 999999 does not exist."),
        ({"shortcode": "174379", "kind": "till"}, "The till number 174379 does not exist."),
    ],
)
def test_what_the_network_refuses(daraja, shop, changes, words):
    register(daraja, shop)
    answer = pay(daraja, **changes)
    assert answer["receipt"] is None and words in answer["refused"] and answer["code"] is None
    assert words in phone_texts(daraja)
    assert shop.posts == [] and books(daraja) == {"balance": 0, "movements": []}
    assert daraja.world.book.balance(PHONE) == 300_000


def test_wallet_and_day(daraja, shop):
    daraja.control("POST", "/control/wallet", phone=PHONE, balance=499)
    assert "not have enough money" in pay(daraja)["refused"]
    for amount in (250_000, 249_000):
        daraja.control("POST", "/control/wallet", phone=PHONE, balance=500_000)
        assert pay(daraja, amount=amount)["receipt"]
    assert "daily limit" in pay(daraja, amount=1001)["refused"]
    assert pay(daraja, amount=1000)["receipt"]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert pay(daraja, amount=1001, at=tomorrow)["receipt"]


def test_a_paid_prompt_is_confirmed_too(daraja, shop):
    register(daraja, shop)
    checkout = daraja.push_ok(f"{shop.url}/stk")
    daraja.answer(checkout, "success", wait=True)
    (told,) = shop.wait("/confirm")
    assert told["TransID"] == daraja.prompt(checkout)["receipt"]
    assert (told["BillRefNumber"], told["TransAmount"], told["OrgAccountBalance"]) == ("INV00012", "500.00", "500.00")
    assert len(shop.wait("/stk")) == 1
    daraja.control("POST", "/control/options", stk_confirmation=False)
    daraja.answer(daraja.push_ok(f"{shop.url}/stk"), "success", wait=True)
    daraja.settle()
    assert len(shop.at("/confirm")) == 1


def test_a_failure_turns_into_a_late_success(daraja, shop):
    register(daraja, shop)
    checkout = daraja.push_ok(f"{shop.url}/stk")
    late = {"result": "success", "overturn": True, "wait": True}
    path = f"/control/prompts/{checkout}/answer"
    assert daraja.http.post(path, json=late).status_code == 400  # it has not failed
    daraja.answer(checkout, "unreachable", wait=True)
    assert daraja.http.post(path, json=late | {"result": "cancelled"}).status_code == 400
    assert books(daraja)["movements"] == []
    daraja.control("POST", path, **late)
    failed, paid = (body["Body"]["stkCallback"]["ResultCode"] for body in shop.at("/stk"))
    assert (failed, paid) == (1037, 0)
    assert shop.wait("/confirm")[0]["TransID"] == daraja.prompt(checkout)["receipt"]
    assert daraja.query(checkout).json()["ResultCode"] == "0" and books(daraja)["balance"] == 500
    assert daraja.http.post(path, json=late).status_code == 400
    assert books(daraja)["balance"] == 500


def test_a_failed_prompt_is_not(daraja, shop):
    register(daraja, shop)
    daraja.answer(daraja.push_ok(f"{shop.url}/stk"), "cancelled", wait=True)
    daraja.settle()
    assert shop.at("/confirm") == [] and books(daraja)["movements"] == []


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_simulate(daraja, shop, version):
    register(daraja, shop)
    body = {
        "ShortCode": 174379,
        "CommandID": "CustomerPayBillOnline",
        "Amount": "10",
        "Msisdn": "254708374149",
        "BillRefNumber": "INV1",
    }
    path = f"/mpesa/c2b/{version}/simulate"
    assert post(daraja, path, body).json()["ResponseCode"] == "0"
    (told,) = shop.wait("/confirm")
    assert (told["MSISDN"], told["TransAmount"], told["BillRefNumber"]) == ("25470****149", "10.00", "INV1")
    for wrong in ({"Amount": 0}, {"Msisdn": "0708374149"}, {"CommandID": "x"}, {"ShortCode": "174380"}):
        assert post(daraja, path, body | wrong).json()["errorCode"] == "400.002.02"
    daraja.control("POST", "/control/options", production=True)
    assert post(daraja, path, body).status_code == 404
    daraja.settle()
    assert len(shop.at("/confirm")) == 1


def test_reset_forgets_money_and_addresses(daraja, shop):
    register(daraja, shop)
    daraja.control("POST", "/control/options", production=True)
    daraja.control("POST", "/control/sends/default", of="confirmation", sends="never")
    pay(daraja)
    daraja.control("POST", "/control/reset")
    daraja.token = None
    assert daraja.control("GET", "/control/options")["production"] is False
    assert daraja.control("GET", "/control/c2b/urls") == {} and daraja.control("GET", "/control/sends") == []
    assert books(daraja) == {"balance": 0, "movements": []}
    register(daraja, shop)
    assert pay(daraja)["confirmation"]["status"] == 200
