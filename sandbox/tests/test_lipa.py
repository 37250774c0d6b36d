"""Lipa na M-Pesa on the phone page, as a person without JavaScript uses it."""

import pytest

from .client import PHONE
from .shop import books, register
from .test_handset import screen, squeeze
from .test_validation import SILENCE, switch_on


def lipa(daraja, **form):
    values = {"kind": "paybill", "number": "174379", "account": "inv 12", "amount": "1,500", "pin": "1234"} | form
    return daraja.http.post(f"/phone/{PHONE}/lipa", data=values)


def test_pay_bill(daraja, shop):
    register(daraja, shop)
    assert f'href="/phone/{PHONE}/lipa"' in daraja.http.get(f"/phone/{PHONE}").text
    page = daraja.http.get(f"/phone/{PHONE}/lipa").text
    assert "Business number" in page and 'name="account"' in page
    response = lipa(daraja)
    assert (response.status_code, response.headers["location"]) == (303, f"/phone/{PHONE}")
    (told,) = shop.wait("/confirm")
    assert (told["BillRefNumber"], told["TransAmount"]) == ("inv 12", "1500.00")
    assert "Ksh1,500.00 paid to SIRE TECH Ltd for account inv 12" in screen(daraja)


def test_buy_goods(daraja, shop):
    register(daraja, shop, ShortCode="174380")
    page = daraja.http.get(f"/phone/{PHONE}/lipa?kind=till").text
    assert "Till number" in page and 'name="account"' not in page
    lipa(daraja, kind="till", number="5174380", account="")
    assert shop.wait("/confirm")[0]["TransactionType"] == "Buy Goods"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"number": "17"}, "A business number has 5 to 7 digits."),
        ({"account": " "}, "An account number has 1 to 20 characters."),
        ({"account": "A" * 21}, "An account number has 1 to 20 characters."),
        ({"amount": "1.50"}, "The amount is a whole number of shillings"),
        ({"amount": "0"}, "The amount is a whole number of shillings"),
        ({"pin": "12"}, "The PIN has four digits."),
    ],
)
def test_what_the_phone_does_not_send(daraja, form, sentence):
    response = lipa(daraja, **form)
    assert response.status_code == 400 and sentence in response.text
    assert books(daraja)["movements"] == []


def test_wrong_pin(daraja):
    assert lipa(daraja, pin="4321").status_code == 303
    assert "wrong PIN" in screen(daraja) and books(daraja)["movements"] == []


def test_refusal_is_a_message_on_the_phone(daraja, shop):
    switch_on(daraja, shop)
    shop.answers["/validate"] = {"ResultCode": "C2B00012", "ResultDesc": "Rejected"}
    lipa(daraja)
    daraja.wait_for(lambda: "The account number is not accepted." in screen(daraja))
    assert books(daraja)["movements"] == []


def test_the_phone_says_that_it_waits(make_daraja, shop):
    daraja = make_daraja(validation_timeout=SILENCE)
    switch_on(daraja, shop)
    shop.answers["/validate"] = SILENCE
    lipa(daraja)
    shop.wait("/validate")
    assert "M-PESA is working on your payment" in squeeze(screen(daraja))
    daraja.control("POST", "/control/reset")
    daraja.wait_for(lambda: "working" not in screen(daraja))


def test_words_are_escaped_and_numbers_made_canonical(daraja):
    assert "<b>x" not in lipa(daraja, account="<b>x", pin="1").text
    assert daraja.http.get("/phone/0712345678/lipa").headers["location"] == f"/phone/{PHONE}/lipa"
    assert daraja.http.get("/phone/12/lipa").status_code == 404
