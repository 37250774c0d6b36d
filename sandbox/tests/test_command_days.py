"""Commands on bad days: results late, twice, never, out of order, before the answer; time-outs; faults."""

import time

import httpx
import pytest

from .shop import books, pay, post
from .test_commands import PATHS, command, run


def how(daraja, kind, **data):
    daraja.control("POST", "/control/sends/next", of=kind, **data)


def codes(shop):
    return [str(body["Result"]["ResultCode"]) for body in shop.at("/result")]


@pytest.mark.parametrize("code", ["1", "11", "21", "2001", "2006", "2028", "8006", "R000001", "R000002"])
def test_every_refusal_can_be_asked_for(daraja, shop, code):
    receipt = pay(daraja)["receipt"]
    how(daraja, "reversal", result=code)
    result, values = run(daraja, shop, "reversal", TransactionID=receipt)
    assert (result["ResultCode"], values) == (code, {})
    assert result["ResultDesc"].endswith(".") and books(daraja)["balance"] == 500


@pytest.mark.parametrize("sends", ["twice", "twice_at_once"])
def test_twice(daraja, shop, sends):
    receipt = pay(daraja)["receipt"]
    how(daraja, "reversal", sends=sends)
    command(daraja, shop, "reversal", TransactionID=receipt)
    first, second = shop.wait("/result", 2)
    assert first == second and books(daraja)["balance"] == 0


def test_never_and_late(daraja, shop):
    receipt = pay(daraja)["receipt"]
    how(daraja, "reversal", sends="never")
    command(daraja, shop, "reversal", TransactionID=receipt)
    daraja.settle()
    assert shop.posts == [] and books(daraja)["balance"] == 0  # it was done all the same
    how(daraja, "status", delay=0.4)
    began = time.monotonic()
    command(daraja, shop, "status", TransactionID=receipt)
    shop.wait("/result")
    assert shop.posts[0][2] - began >= 0.4


def test_out_of_order(daraja, shop):
    receipt = pay(daraja)["receipt"]
    how(daraja, "status", sends="reordered")
    first = command(daraja, shop, "status", TransactionID=receipt).json()
    second = command(daraja, shop, "status", TransactionID=receipt).json()
    came = [body["Result"]["ConversationID"] for body in shop.wait("/result", 2)]
    assert came == [second["ConversationID"], first["ConversationID"]]


def test_before_the_answer(daraja, shop):
    receipt = pay(daraja)["receipt"]
    how(daraja, "reversal", sends="before_answer")
    answer = command(daraja, shop, "reversal", TransactionID=receipt).json()
    assert shop.at("/result")[0]["Result"]["ConversationID"] == answer["ConversationID"]
    assert books(daraja)["balance"] == 0


@pytest.mark.parametrize("executed", [False, True])
def test_time_out(daraja, shop, executed):
    receipt = pay(daraja)["receipt"]
    how(daraja, "reversal", sends="timeout", executed=executed)
    answer = command(daraja, shop, "reversal", TransactionID=receipt).json()
    result = shop.wait("/late")[0]["Result"]
    assert result["OriginatorConversationID"] == answer["OriginatorConversationID"]
    daraja.settle()
    assert shop.at("/result") == []
    assert books(daraja)["balance"] == (0 if executed else 500)


def test_another_amount(daraja, shop):
    receipt = pay(daraja)["receipt"]
    how(daraja, "status", amount=5)
    assert run(daraja, shop, "status", TransactionID=receipt)[1]["Amount"] == 5


def test_shapes_of_a_result(daraja, shop):
    pay(daraja)
    daraja.control("POST", "/control/options", single_parameter=True, result_code="text")
    command(daraja, shop, "balance")
    result = shop.wait("/result")[0]["Result"]
    assert result["ResultParameters"]["ResultParameter"]["Key"] == "AccountBalance" and result["ResultCode"] == "0"
    daraja.control("POST", "/control/options", single_parameter=False, result_code="number")
    receipt = books(daraja)["movements"][0]["receipt"]
    assert run(daraja, shop, "reversal", TransactionID=receipt)[0]["ResultCode"] == 0


@pytest.mark.parametrize("name", PATHS)
def test_a_lost_answer_is_done_all_the_same(daraja, shop, name):
    receipt = pay(daraja)["receipt"]
    daraja.control("POST", "/control/faults", endpoint=name, kind="lost_answer")
    with pytest.raises(httpx.RemoteProtocolError):
        command(daraja, shop, name, **({"TransactionID": receipt} if name in ("status", "reversal") else {}))
    shop.wait("/result")
    assert codes(shop) == ["0"]


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [
        *PATHS.items(),
        ("c2b_register", "/mpesa/c2b/v2/registerurl"),
        ("c2b_simulate", "/mpesa/c2b/v1/simulate"),
        ("pull_register", "/pulltransactions/v1/register"),
        ("pull", "/pulltransactions/v1/query"),
        ("qr", "/mpesa/qrcode/v1/generate"),
    ],
)
def test_every_endpoint_has_faults_and_manners(daraja, shop, endpoint, path):
    daraja.control("POST", "/control/faults", endpoint=endpoint, kind="spike")
    response = post(daraja, path, {})
    assert response.status_code == 429 and "fault" in response.json()
    daraja.control("POST", "/control/faults", endpoint=endpoint, kind="html", status=200)
    assert post(daraja, path, {}).headers["content-type"].startswith("text/html")
    assert post(daraja, path, {}).json()["errorCode"] == "400.002.02"
    assert post(daraja, path, []).json()["errorCode"] == "400.002.05"
    assert daraja.http.get(path).json()["errorCode"] == "405.001"
    daraja.control("POST", "/control/token/expire")
    assert post(daraja, path, {}).json()["errorCode"] == "404.001.03"
    assert len(daraja.control("GET", f"/control/calls?endpoint={endpoint}")) == 6
