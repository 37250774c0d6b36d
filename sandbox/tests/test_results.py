"""From an accepted push to its result: callbacks, query, expiry."""

import random
import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.behaviour import RESULTS
from sandbox.prompts import PromptBook

from .client import PATIENCE, PHONE


def eat_now():
    """:return: the time in East Africa, as naive as a callback's and as coarse"""
    return (datetime.now(UTC) + timedelta(hours=3)).replace(microsecond=0, tzinfo=None)


def items(callback):
    return {item["Name"]: item.get("Value") for item in callback["CallbackMetadata"]["Item"]}


def test_success(daraja, receiver):
    checkout = daraja.push_ok(receiver.url)
    before = eat_now()
    daraja.answer(checkout, "success")
    after = eat_now()
    (callback,) = receiver.wait()
    assert callback["ResultCode"] == 0
    assert callback["CheckoutRequestID"] == checkout
    values = items(callback)
    assert values["Amount"] == 500.0 and isinstance(values["Amount"], float)
    assert values["PhoneNumber"] == int(PHONE)
    assert {"Name": "Balance"} in callback["CallbackMetadata"]["Item"]
    assert re.fullmatch(r"[A-Z]{2}[A-Z0-9]{8}", values["MpesaReceiptNumber"])
    paid_at = datetime.strptime(str(values["TransactionDate"]), "%Y%m%d%H%M%S")
    assert isinstance(values["TransactionDate"], int)
    assert before <= paid_at <= after
    daraja.delivered(checkout)
    prompt = daraja.prompt(checkout)
    assert prompt["tries"] == 1
    assert prompt["receipt"] == values["MpesaReceiptNumber"]
    assert prompt["deliveries"][0]["status"] == 200
    assert prompt["deliveries"][0]["elapsed_ms"] >= 0
    assert receiver.bodies[0]["path"] == "/pay/stk/abc"


@pytest.mark.parametrize("code", [code for code in RESULTS if code != "0"])
def test_every_failure(daraja, receiver, code):
    daraja.control("POST", "/control/next", result=code)
    checkout = daraja.push_ok(receiver.url)
    (callback,) = receiver.wait()
    assert callback["ResultCode"] == (int(code) if code.isdigit() else code)
    assert "CallbackMetadata" not in callback
    body = daraja.query(checkout).json()
    assert (body["ResponseCode"], body["ResultCode"]) == ("0", code)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("cancelled", 1032),
        ("wrong_pin", 2001),
        ("no_money", 1),
        ("unreachable", 1037),
        ("expired", 1019),
        ("busy", 1001),
    ],
)
def test_names(daraja, receiver, name, code):
    daraja.control("POST", "/control/next", result=name)
    daraja.push_ok(receiver.url)
    assert receiver.wait()[0]["ResultCode"] == code


def test_next_is_used_once_and_default_stays(daraja, receiver):
    daraja.control("POST", "/control/default", result="cancelled")
    daraja.control("POST", "/control/next", result="success")
    for wanted in (0, 1032, 1032):
        count = len(receiver.bodies)
        daraja.push_ok(receiver.url)
        assert receiver.wait(count + 1)[-1]["ResultCode"] == wanted


def test_behaviour_of_one_phone(daraja, receiver):
    daraja.control("POST", "/control/default", result="cancelled")
    daraja.control("POST", "/control/default", phone="0712 345 678", result="success")
    daraja.push_ok(receiver.url)
    assert receiver.wait()[0]["ResultCode"] == 0
    daraja.push_ok(receiver.url, PartyA="254700000001", PhoneNumber="254700000001")
    assert receiver.wait(2)[1]["ResultCode"] == 1032


def test_query_while_open_and_after(daraja, receiver):
    checkout = daraja.push_ok(receiver.url)
    pending = daraja.query(checkout)
    assert pending.status_code == 500
    assert pending.json()["errorCode"] == "500.001.1001"
    assert pending.json()["errorMessage"] == "The transaction is being processed"
    daraja.answer(checkout, "success")
    body = daraja.query(checkout).json()
    assert body["ResultCode"] == "0"
    assert set(body) == {
        "ResponseCode",
        "ResponseDescription",
        "MerchantRequestID",
        "CheckoutRequestID",
        "ResultCode",
        "ResultDesc",
    }
    assert daraja.prompt(checkout)["queries"] == 2


def test_query_pending_as_4999(daraja, receiver):
    daraja.control("POST", "/control/next", pending="4999")
    response = daraja.query(daraja.push_ok(receiver.url))
    assert (response.status_code, response.json()["ResultCode"]) == (200, "4999")


def test_query_refused(daraja, receiver):
    checkout = daraja.push_ok(receiver.url)
    assert daraja.query("ws_CO_0").json()["errorCode"] == "400.002.02"
    assert daraja.query(checkout, **daraja.credentials(passkey="x")).json()["errorMessage"] == "Wrong credentials"
    other = daraja.credentials(shortcode="174380")
    assert daraja.query(checkout, **other).json()["errorMessage"] == "Bad Request - Invalid CheckoutRequestID"


def test_delay_keeps_the_prompt_open(daraja, receiver):
    daraja.control("POST", "/control/next", result="success", delay=3600)
    assert daraja.query(daraja.push_ok(receiver.url)).status_code == 500
    daraja.control("POST", "/control/next", result="success", delay=0.4)
    began = time.monotonic()
    daraja.push_ok(receiver.url, PartyA="254700000001", PhoneNumber="254700000001")
    receiver.wait()
    assert receiver.bodies[0]["at"] - began >= 0.4


def test_late_callback_after_a_known_result(daraja, receiver):
    daraja.control("POST", "/control/next", result="success", callback_delay=3600)
    checkout = daraja.push_ok(receiver.url)
    daraja.wait_for(lambda: daraja.query(checkout).status_code == 200)
    assert receiver.bodies == []
    daraja.control("POST", "/control/next", result="success", callback_delay=0.4)
    began = time.monotonic()
    daraja.push_ok(receiver.url)
    receiver.wait()
    assert receiver.bodies[0]["at"] - began >= 0.4


@pytest.mark.parametrize("how", ["twice", "twice_at_once"])
def test_twice_is_the_same_callback(daraja, receiver, how):
    daraja.control("POST", "/control/next", result="success", callbacks=how)
    checkout = daraja.push_ok(receiver.url)
    first, second = receiver.wait(2)
    assert first == second
    assert daraja.prompt(checkout)["tries"] == 2
    # a connection each: none is left from before the receiver was restarted
    assert receiver.bodies[0]["from"] != receiver.bodies[1]["from"]


def test_never(daraja, receiver):
    daraja.control("POST", "/control/next", result="success", callbacks="never")
    checkout = daraja.push_ok(receiver.url)
    daraja.wait_for(lambda: daraja.query(checkout).status_code == 200)
    daraja.settle()
    assert receiver.bodies == [] and daraja.prompt(checkout)["tries"] == 0


@pytest.mark.parametrize(("result", "code"), [("success", 0), ("cancelled", 1032), ("manual", 0)])
def test_callback_before_the_answer(daraja, receiver, result, code):
    receiver.pause = 0.3
    daraja.control("POST", "/control/next", result=result, callbacks="before_answer")
    checkout = daraja.push_ok(receiver.url)
    answered = time.monotonic()
    assert answered - receiver.bodies[0]["at"] >= 0.3
    assert receiver.wait()[0] == daraja.prompt(checkout)["deliveries"][0]["payload"]["Body"]["stkCallback"]
    assert receiver.wait()[0]["ResultCode"] == code
    daraja.settle()
    assert len(receiver.bodies) == 1


def test_other_amount_and_masked_phone(daraja, receiver):
    daraja.control("POST", "/control/next", result="success", amount=1, masked=True)
    daraja.push_ok(receiver.url)
    values = items(receiver.wait()[0])
    assert (values["Amount"], values["PhoneNumber"]) == (1.0, "2547****5678")


def test_refused_callback_is_seen(daraja, receiver):
    receiver.status = 503
    daraja.control("POST", "/control/next", result="success")
    checkout = daraja.push_ok(receiver.url)
    assert daraja.delivered(checkout)[0]["status"] == 503
    daraja.settle()
    assert daraja.prompt(checkout)["tries"] == 1


def test_nobody_listens(daraja):
    daraja.control("POST", "/control/next", result="success")
    checkout = daraja.push_ok("http://127.0.0.1:9/pay")
    (record,) = daraja.delivered(checkout)
    assert record["status"] is None and "ConnectError" in record["error"]


def test_slow_receiver_times_out(make_daraja, receiver):
    daraja = make_daraja(callback_timeout=1)
    receiver.pause = PATIENCE
    checkout = daraja.push_ok(receiver.url)
    answer = daraja.answer(checkout, "success", wait=True)
    assert "ReadTimeout" in answer["deliveries"][0]["error"]


@pytest.mark.parametrize(("unanswered", "code"), [("1037", 1037), ("1019", 1019)])
def test_unanswered_prompt_ends(make_daraja, receiver, unanswered, code):
    daraja = make_daraja(expiry=0.2, unanswered=unanswered)
    checkout = daraja.push_ok(receiver.url)
    assert receiver.wait()[0]["ResultCode"] == code
    assert daraja.push(receiver.url).status_code == 200
    assert daraja.query(checkout).json()["ResultCode"] == unanswered


def test_result_is_final(daraja, receiver):
    checkout = daraja.push_ok(receiver.url)
    daraja.answer(checkout, "cancelled")
    again = daraja.http.post(f"/control/prompts/{checkout}/answer", json={"result": "success"})
    assert again.status_code == 409
    assert daraja.prompt(checkout)["result_code"] == "1032"


def test_callback_again_and_forged(daraja, receiver):
    checkout = daraja.push_ok(receiver.url)
    early = daraja.http.post(f"/control/prompts/{checkout}/callback")
    assert early.status_code == 400
    daraja.answer(checkout, "success", wait=True)
    assert daraja.control("POST", f"/control/prompts/{checkout}/callback")["status"] == 200
    first, second = receiver.wait(2)
    assert first == second
    forged = {"Body": {"stkCallback": {"CheckoutRequestID": checkout, "ResultCode": 0}}}
    daraja.control("POST", f"/control/prompts/{checkout}/callback", body=forged)
    assert receiver.wait(3)[2] == forged["Body"]["stkCallback"]


def test_receipts_are_unique(daraja):
    book, now = daraja.world.book, daraja.world.now()
    receipts = [book.new_receipt(now) for _ in range(5000)]
    assert len(set(receipts)) == 5000
    eat = now + timedelta(hours=3)
    assert {r[1] for r in receipts} == {"ABCDEFGHIJKL"[eat.month - 1]}


def test_receipt_that_was_given_is_not_given_again(daraja):
    class Repeating(random.Random):
        drawn = ["AAAAAAA", "AAAAAAA", "BBBBBBB"]

        def choices(self, _letters, k):
            return list(self.drawn.pop(0))

    book, now = PromptBook(daraja.world.settings, Repeating()), daraja.world.now()
    first, second = book.new_receipt(now), book.new_receipt(now)
    assert first.endswith("AAAAAAA") and second.endswith("BBBBBBB")


def test_ids_are_unique(daraja, receiver):
    daraja.control("POST", "/control/default", result="cancelled", callbacks="never")
    ids = {}
    for _ in range(30):
        body = daraja.wait_for(lambda: (r := daraja.push(receiver.url)).status_code == 200 and r.json())
        ids[body["CheckoutRequestID"]] = body["MerchantRequestID"]
    assert len(ids) == len(set(ids.values())) == 30
