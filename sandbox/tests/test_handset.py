"""The phone page, as a person without JavaScript uses it."""

import re

import pytest

from .client import PHONE


def tap(daraja, checkout, action, **form):
    return daraja.http.post(f"/phone/{PHONE}", data={"prompt": checkout, "action": action} | form)


def screen(daraja):
    return re.sub(r"<[^>]+>", "", daraja.http.get(f"/phone/{PHONE}/screen").text)


def squeeze(text):
    return re.sub(r"\s+", " ", text)


def test_prompt_is_shown(daraja, receiver):
    assert "No prompt." in screen(daraja)
    daraja.push_ok(receiver.url, Amount=98600)
    shown = squeeze(screen(daraja))
    assert "Do you want to pay KSh 98,600 to SIRE TECH Ltd account INV00012?" in shown
    page = daraja.http.get(f"/phone/{PHONE}")
    assert 'name="pin"' in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert not re.search(r'(?:src|href)="https?://', page.text)


def test_right_pin_pays(daraja, receiver):
    checkout = daraja.push_ok(receiver.url)
    response = tap(daraja, checkout, "send", pin="1234")
    assert (response.status_code, response.headers["location"]) == (303, f"/phone/{PHONE}")
    assert receiver.wait()[0]["ResultCode"] == 0
    prompt = daraja.prompt(checkout)
    shown = screen(daraja)
    assert f"{prompt['receipt']} Confirmed. Ksh500.00 paid to SIRE TECH Ltd for account INV00012 on " in shown
    assert "New M-PESA balance is Ksh299,500.00." in shown
    assert "Do you want to pay" not in shown


def test_wrong_pin(daraja, receiver):
    tap(daraja, daraja.push_ok(receiver.url), "send", pin="4321")
    assert receiver.wait()[0]["ResultCode"] == 2001
    assert "wrong PIN" in screen(daraja)


def test_not_enough_money(daraja, receiver):
    assert daraja.http.post(f"/phone/{PHONE}/wallet", data={"balance": "499"}).status_code == 303
    tap(daraja, daraja.push_ok(receiver.url), "send", pin="1234")
    assert receiver.wait()[0]["ResultCode"] == 1
    assert "You do not have enough money" in screen(daraja)


@pytest.mark.parametrize("pin", ["", "12", "12345", "abcd", "１２３４"])
def test_pin_that_is_none_keeps_the_prompt(daraja, receiver, pin):
    checkout = daraja.push_ok(receiver.url)
    response = tap(daraja, checkout, "send", pin=pin)
    assert response.status_code == 400
    assert "The PIN has four digits." in response.text
    assert daraja.prompt(checkout)["state"] == "open"
    # polling must not replace the page while nothing changed
    version = re.search(r'/screen" data-version="(\w+)"', response.text)[1]
    assert daraja.http.get(f"/phone/{PHONE}/screen").headers["x-version"] == version


def test_cancel(daraja, receiver):
    tap(daraja, daraja.push_ok(receiver.url), "cancel")
    assert receiver.wait()[0]["ResultCode"] == 1032


def test_ignore_and_show_again(daraja, receiver):
    checkout = daraja.push_ok(receiver.url)
    tap(daraja, checkout, "ignore")
    assert "is being ignored" in screen(daraja)
    tap(daraja, checkout, "show")
    assert "Do you want to pay" in screen(daraja)


def test_ignore_then_expire(make_daraja, receiver):
    daraja = make_daraja(expiry=1)
    tap(daraja, daraja.push_ok(receiver.url), "ignore")
    assert receiver.wait()[0]["ResultCode"] == 1037


def test_tap_on_an_ended_prompt_changes_nothing(daraja, receiver):
    checkout = daraja.push_ok(receiver.url)
    tap(daraja, checkout, "cancel")
    assert tap(daraja, checkout, "send", pin="1234").status_code == 303
    receiver.wait()
    assert daraja.prompt(checkout)["result_code"] == "1032"


def test_tap_on_another_phones_prompt_changes_nothing(daraja, receiver):
    checkout = daraja.push_ok(receiver.url)
    daraja.http.post("/phone/254700000001", data={"prompt": checkout, "action": "send", "pin": "1234"})
    assert daraja.prompt(checkout)["state"] == "open"


def test_phone_off_and_on(make_daraja, receiver):
    daraja = make_daraja()
    daraja.http.post(f"/phone/{PHONE}/power", data={"power": "off"})
    assert "The phone is off." in screen(daraja)
    daraja.push_ok(receiver.url)
    assert receiver.wait()[0]["ResultCode"] == 1037
    daraja.http.post(f"/phone/{PHONE}/power", data={"power": "on"})
    assert "No prompt." in screen(daraja)


def test_every_usual_form_of_a_number(daraja):
    for number in ("0712 345 678", "+254 712 345 678", "712345678", "254712345678"):
        response = daraja.http.get("/phone", params={"number": number})
        assert (response.status_code, response.headers["location"]) == (303, f"/phone/{PHONE}")
    assert daraja.http.get("/phone/0712345678").headers["location"] == f"/phone/{PHONE}"


def test_number_that_is_none(daraja):
    response = daraja.http.get("/phone?number=12")
    assert response.status_code == 400
    assert "is no Kenyan mobile number" in response.text
    assert daraja.http.get("/phone/12").status_code == 404


@pytest.mark.parametrize("balance", ["-1", "1.5", "many", "500001", ""])
def test_wrong_wallet(daraja, balance):
    response = daraja.http.post(f"/phone/{PHONE}/wallet", data={"balance": balance})
    assert response.status_code == 400
    assert daraja.world.book.balance(PHONE) == daraja.world.settings.balance


def test_words_of_the_client_are_escaped(daraja, receiver):
    daraja.push_ok(receiver.url, AccountReference="<b>INV</b>")
    assert "<b>INV" not in daraja.http.get(f"/phone/{PHONE}").text


def test_lists_and_start_page(daraja, receiver):
    assert "No phone was asked to pay yet." in daraja.http.get("/phone").text
    checkout = daraja.push_ok(receiver.url)
    assert "waiting for the PIN" in daraja.http.get("/phone").text
    tap(daraja, checkout, "cancel")
    receiver.wait()
    assert "Cancelled on the phone" in daraja.http.get("/phone").text
    assert "0712 345 678" in daraja.http.get("/").text
    assert "sandbox-passkey" in daraja.http.get("/").text


def test_static_files_are_ours(daraja):
    for name in ("sandbox.css", "live.js", "icon.svg"):
        assert daraja.http.get(f"/static/{name}").status_code == 200
