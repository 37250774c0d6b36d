"""STK push: what is accepted, what is refused and how."""

import pytest

from .client import PHONE, eat_stamp


def refused(response, status=400, code="400.002.02"):
    body = response.json()
    assert (response.status_code, body["errorCode"]) == (status, code), response.text
    assert body["requestId"]
    return body["errorMessage"]


def test_accepted(daraja, receiver):
    response = daraja.push(receiver.url)
    body = response.json()
    assert response.status_code == 200
    assert set(body) == {
        "MerchantRequestID",
        "CheckoutRequestID",
        "ResponseCode",
        "ResponseDescription",
        "CustomerMessage",
    }
    assert body["ResponseCode"] == "0"
    prompt = daraja.prompt(body["CheckoutRequestID"])
    assert prompt["state"] == "open"
    assert (prompt["phone"], prompt["amount"], prompt["reference"]) == (PHONE, 500, "INV00012")
    assert receiver.bodies == []


@pytest.mark.parametrize("amount", [1, 250000, "1", "250000"])
def test_amounts_taken(daraja, receiver, amount):
    assert daraja.prompt(daraja.push_ok(receiver.url, Amount=amount))["amount"] == int(amount)


@pytest.mark.parametrize("phone", ["254712345678", "254112345678", 254712345678])
def test_phones_taken(daraja, receiver, phone):
    assert daraja.prompt(daraja.push_ok(receiver.url, PartyA=phone, PhoneNumber=phone))["phone"] == str(phone)


BAD = {
    "Amount": [0, -1, 250001, 10.5, 10.0, "10.00", "ten", True, "", "1e3", "٥"],
    "PhoneNumber": ["0712345678", "+254712345678", "254212345678", "25471234567", "2547123456789", "", 12],
    "PartyA": ["0712345678", "254712345679"],
    "PartyB": ["abc", ""],
    "TransactionType": ["CustomerPaybillOnline", "", 1],
    "AccountReference": ["", "INV/2026/00012", 12],
    "TransactionDesc": ["", "Payment of 14."],
    "Timestamp": ["20261120", "2026112023150", "20261399000000", "now"],
    "Password": [""],
    "BusinessShortCode": ["abc", ""],
    "CallBackURL": [
        "",
        "/pay/stk/abc",
        "pay.example.co.ke/stk",
        "ftp://example.co.ke/stk",
        "http://example.co.ke/stk",
        "http://10.0.0.4/stk",
        "https:///stk",
        "https://example.co.ke/a b",
        "https://example.co.ke:port/stk",
        "https://mpesa.example.co.ke/stk",
        "https://example.co.ke/M-Pesa/stk",
        "https://example.co.ke/SAFARICOM",
        "https://example.co.ke/run.exe",
        "https://example.co.ke/executive",
        "https://example.co.ke/cmd",
        "https://example.co.ke/stk?x=SQL",
        "https://example.co.ke/myquery",
    ],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in BAD.items() for value in values])
def test_bad_field(daraja, receiver, field, value):
    message = refused(daraja.push(receiver.url, **{field: value}))
    assert message == f"Bad Request - Invalid {field}"
    assert daraja.control("GET", "/control/prompts") == []


@pytest.mark.parametrize("field", list(BAD))
def test_missing_field(daraja, receiver, field):
    body = daraja.push_body(receiver.url)
    del body[field]
    response = daraja.http.post("/mpesa/stkpush/v1/processrequest", json=body, headers=daraja.headers())
    assert refused(response) == f"Bad Request - Invalid {field}"


@pytest.mark.parametrize(
    "url",
    ["https://shop.example.co.ke/pay/stk/x", "http://localhost:8069/pay", "http://127.0.0.1/pay", "http://[::1]:1/pay"],
)
def test_callback_addresses_taken(daraja, url):
    daraja.control("POST", "/control/default", result="manual")
    assert daraja.push(url).status_code == 200


def test_plain_http_to_a_named_host(make_daraja):
    daraja = make_daraja(http_hosts=("odoo",))
    assert daraja.push("http://odoo:8069/pay").status_code == 200
    refused(daraja.push("http://other:8069/pay", PartyA="254700000001", PhoneNumber="254700000001"))


@pytest.mark.parametrize("content", [b"", b"{", b"Amount=1", b"[]", b'"text"', b"\xff", b"[" * 100_000])
def test_not_an_object(daraja, content):
    response = daraja.http.post("/mpesa/stkpush/v1/processrequest", content=content, headers=daraja.headers())
    refused(response, code="400.002.05")


def test_timestamp_in_east_africa_time(daraja, receiver):
    assert daraja.push(receiver.url, **daraja.credentials(timestamp=eat_stamp(-2))).status_code == 200
    utc = daraja.credentials(timestamp=eat_stamp(-180))
    assert refused(daraja.push(receiver.url, **utc)) == "Bad Request - Invalid Timestamp"


def test_password_is_checked(daraja, receiver):
    wrong = daraja.credentials(passkey="other")
    assert refused(daraja.push(receiver.url, **wrong), 500, "500.001.1001") == "Wrong credentials"
    stale = daraja.credentials() | {"Timestamp": eat_stamp(-1)}
    assert refused(daraja.push(receiver.url, **stale), 500, "500.001.1001") == "Wrong credentials"


def test_unknown_shortcode(daraja, receiver):
    body = daraja.credentials(shortcode="600000") | {"PartyB": "600000"}
    assert refused(daraja.push(receiver.url, **body), 500, "500.001.1001") == "Merchant does not exist"


def test_open_prompt_locks_the_phone(daraja, receiver):
    first = daraja.push_ok(receiver.url)
    message = refused(daraja.push(receiver.url), 500, "500.001.1001")
    assert message.startswith("Unable to lock subscriber")
    assert daraja.push(receiver.url, PartyA="254700000001", PhoneNumber="254700000001").status_code == 200
    daraja.answer(first, "cancelled", wait=True)
    assert daraja.push(receiver.url).status_code == 200


def test_till(daraja, receiver):
    till = daraja.credentials(shortcode="174380") | {
        "TransactionType": "CustomerBuyGoodsOnline",
        "PartyB": "5174380",
    }
    assert daraja.prompt(daraja.push_ok(receiver.url, **till))["kind"] == "till"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"PartyB": "600123"}, "SFC_IC0003"), ({"TransactionType": "CustomerBuyGoodsOnline"}, 2028)],
)
def test_not_allowed_is_told_by_callback(daraja, receiver, changes, code):
    daraja.push_ok(receiver.url, **changes)
    assert receiver.wait()[0]["ResultCode"] == code


def test_unknown_resource_and_method(daraja):
    refused(daraja.http.post("/mpesa/stkpush/v2/processrequest"), 404, "404.001.01")
    refused(daraja.http.get("/oauth/v2/generate"), 404, "404.001.01")
    refused(daraja.http.delete("/mpesa/b2c/v9"), 404, "404.001.01")
    refused(daraja.http.get("/mpesa/stkpush/v1/processrequest"), 405, "405.001")
