"""The shop is asked before money moves: when validation is switched on, and as fast as it answers."""

import pytest

from .shop import books, pay, register
from .test_c2b import phone_texts

SILENCE = 3600


def switch_on(daraja, shop, **changes):
    assert register(daraja, shop, **changes).status_code == 200
    daraja.control("POST", "/control/options", validation=["174379"])


def test_validation_accepts(daraja, shop):
    switch_on(daraja, shop)
    shop.answers["/validate"] = {"ResultCode": 0, "ResultDesc": "Accepted", "ThirdPartyTransID": "T-77"}
    answer = pay(daraja)
    (asked,), (told,) = shop.at("/validate"), shop.wait("/confirm")
    assert asked["TransID"] == told["TransID"] == answer["receipt"]
    assert (asked["OrgAccountBalance"], asked["ThirdPartyTransID"]) == ("", "")
    assert told["ThirdPartyTransID"] == "T-77"
    assert answer["validation"]["status"] == 200


@pytest.mark.parametrize("code", ["C2B00011", "C2B00012", "C2B00013", "C2B00014", "C2B00015", "C2B00016", 1])
def test_validation_refuses(daraja, shop, code):
    switch_on(daraja, shop)
    shop.answers["/validate"] = {"ResultCode": code, "ResultDesc": "Rejected"}
    answer = pay(daraja)
    assert answer["receipt"] is None and answer["code"] == str(code)
    assert "is not accepted." in answer["refused"] or "are not accepted." in answer["refused"]
    assert answer["refused"] in phone_texts(daraja)
    assert shop.at("/confirm") == [] and books(daraja)["balance"] == 0


@pytest.mark.parametrize("broken", [b"broken", b"<html>", {"Result": 0}, [], SILENCE])
@pytest.mark.parametrize("kind", ["Completed", "Cancelled"])
def test_response_type_decides_when_nothing_comes(make_daraja, shop, broken, kind):
    daraja = make_daraja(validation_timeout=0.2)
    switch_on(daraja, shop, ResponseType=kind)
    shop.answers["/validate"] = broken
    answer = pay(daraja)
    assert bool(answer["receipt"]) == (kind == "Completed")
    assert books(daraja)["balance"] == (500 if kind == "Completed" else 0)
