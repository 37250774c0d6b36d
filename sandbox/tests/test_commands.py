"""Asynchronous commands: who may, what they do, what is posted to ResultURL."""

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding

from .client import PHONE
from .shop import books, pay, post

PATHS = {
    "status": "/mpesa/transactionstatus/v1/query",
    "reversal": "/mpesa/reversal/v1/request",
    "balance": "/mpesa/accountbalance/v1/query",
    "b2c": "/mpesa/b2c/v3/paymentrequest",
}


def credential(daraja, password="sandbox-initiator"):
    """:return: the password as a client encrypts it with the certificate that it downloaded"""
    key = x509.load_pem_x509_certificate(daraja.http.get("/certificate.cer").content).public_key()
    return base64.b64encode(key.encrypt(password.encode(), padding.PKCS1v15())).decode()


def body_of(daraja, shop, name, **changes):
    body = {
        "Initiator": "testapi",
        "SecurityCredential": credential(daraja),
        "Remarks": "Because",
        "ResultURL": f"{shop.url}/result",
        "QueueTimeOutURL": f"{shop.url}/late",
    } | {
        "status": {"CommandID": "TransactionStatusQuery", "TransactionID": "", "PartyA": 174379, "IdentifierType": "4"},
        "reversal": {
            "CommandID": "TransactionReversal",
            "TransactionID": "X",
            "Amount": 500,
            "ReceiverParty": "174379",
            "RecieverIdentifierType": "11",
        },
        "balance": {"CommandID": "AccountBalance", "PartyA": "174379", "IdentifierType": 4},
        "b2c": {
            "OriginatorConversationID": "ours-1",
            "InitiatorName": "testapi",
            "CommandID": "BusinessPayment",
            "Amount": 100,
            "PartyA": "174379",
            "PartyB": PHONE,
        },
    }[name]
    return {field: value for field, value in (body | changes).items() if value is not None}


def command(daraja, shop, name, **changes):
    """:return: the response to a command"""
    return post(daraja, PATHS[name], body_of(daraja, shop, name, **changes))


def run(daraja, shop, name, **changes):
    """:return: the Result that comes for a command, its parameters by key"""
    count = len(shop.at("/result"))
    answer = command(daraja, shop, name, **changes)
    assert answer.status_code == 200, answer.text
    result = shop.wait("/result", count + 1)[count]["Result"]
    assert answer.json()["ResponseCode"] == "0"
    for field in ("OriginatorConversationID", "ConversationID"):
        assert result[field] == answer.json()[field]
    assert result["ReferenceData"]["ReferenceItem"] == {"Key": "QueueTimeoutURL", "Value": f"{shop.url}/late"}
    found = result.get("ResultParameters", {}).get("ResultParameter", [])
    return result, {item["Key"]: item["Value"] for item in found}


def test_status(daraja, shop):
    receipt = pay(daraja, names="Jane Doe")["receipt"]
    result, values = run(daraja, shop, "status", TransactionID=receipt)
    assert result["ResultCode"] == 0
    assert (values["ReceiptNo"], values["Amount"], values["TransactionStatus"]) == (receipt, 500, "Completed")
    assert values["DebitPartyName"] == f"{PHONE} - Jane Doe"
    assert values["CreditPartyName"] == "174379 - SIRE TECH Ltd"
    assert values["ReasonType"] == "Pay Bill" and len(str(values["FinalisedTime"])) == 14


def test_status_by_conversation(daraja, shop):
    pay(daraja)
    run(daraja, shop, "b2c")
    _result, values = run(daraja, shop, "status", TransactionID=None, OriginalConversationID="ours-1")
    assert (values["Amount"], values["OriginatorConversationID"]) == (100, "ours-1")
    checkout = daraja.push_ok(f"{shop.url}/stk")
    daraja.answer(checkout, "success")
    prompt = daraja.prompt(checkout)
    _result, values = run(daraja, shop, "status", TransactionID=None, OriginalConversationID=prompt["merchant_id"])
    assert values["ReceiptNo"] == prompt["receipt"]


@pytest.mark.parametrize("field", ["TransactionID", "OriginalConversationID"])
def test_status_of_what_is_not_there(daraja, shop, field):
    receipt = pay(daraja, shortcode="600984")["receipt"]  # another organisation's
    result, values = run(daraja, shop, "status", **{"TransactionID": None, field: receipt})
    assert result["ResultCode"] == "R000002" and values == {}


def test_reversal(daraja, shop):
    receipt = pay(daraja)["receipt"]
    result, values = run(daraja, shop, "reversal", TransactionID=receipt)
    assert result["ResultCode"] == "0"
    assert (values["Amount"], values["OriginalTransactionID"], values["Charge"]) == ("500", receipt, "0")
    assert PHONE in values["CreditPartyPublicName"] and len(values["TransCompletedTime"]) == 14
    assert daraja.world.book.balance(PHONE) == 300_000
    assert "has been reversed" in daraja.world.book.texts[PHONE][-1]["text"]
    book = books(daraja)
    assert book["balance"] == 0
    assert (book["movements"][1]["receipt"], book["movements"][1]["linked"]) == (result["TransactionID"], receipt)
    assert run(daraja, shop, "reversal", TransactionID=receipt)[0]["ResultCode"] == "R000001"
    assert books(daraja)["balance"] == 0


def test_reversal_in_parts(daraja, shop):
    receipt = pay(daraja)["receipt"]
    for amount, code in ((200, "0"), (301, "2028"), (300, "0"), (1, "R000001")):
        assert run(daraja, shop, "reversal", TransactionID=receipt, Amount=amount)[0]["ResultCode"] == code
    assert books(daraja)["balance"] == 0


def test_reversal_refused(daraja, shop):
    receipt = pay(daraja)["receipt"]
    assert run(daraja, shop, "reversal", TransactionID="NOSUCH0001")[0]["ResultCode"] == "R000002"
    assert run(daraja, shop, "reversal", TransactionID=receipt, ReceiverParty="600984")[0]["ResultCode"] == "R000002"
    daraja.control("POST", "/control/ledger", amount=-400)
    assert run(daraja, shop, "reversal", TransactionID=receipt)[0]["ResultCode"] == "1"
    daraja.control("POST", "/control/wallet", phone=PHONE, balance=499_999)
    assert run(daraja, shop, "reversal", TransactionID=receipt, Amount=100)[0]["ResultCode"] == "8"
    assert books(daraja)["balance"] == 100


def test_balance(daraja, shop):
    pay(daraja)
    result, values = run(daraja, shop, "balance")
    accounts = {part.split("|")[0]: part.split("|")[1:] for part in values["AccountBalance"].split("&")}
    assert accounts["Utility Account"] == ["KES", "500.00", "500.00", "0.00", "0.00"]
    assert accounts["Working Account"][1] == "0.00" and result["ResultCode"] == 0
    _result, values = run(daraja, shop, "balance", PartyA="5174380")
    assert "Merchant Account|KES|0.00" in values["AccountBalance"]


def test_b2c(daraja, shop):
    pay(daraja)
    result, values = run(daraja, shop, "b2c", Occassion="Refund")
    assert result["OriginatorConversationID"] == "ours-1"
    assert (values["TransactionAmount"], values["TransactionReceipt"]) == (100, result["TransactionID"])
    assert values["B2CUtilityAccountAvailableFunds"] == 400.0
    assert daraja.world.book.balance(PHONE) == 299_600 and books(daraja)["balance"] == 400
    again = command(daraja, shop, "b2c")
    assert (again.status_code, again.json()["errorCode"]) == (500, "500.002.1001")
    assert run(daraja, shop, "b2c", OriginatorConversationID="ours-2", Amount=401)[0]["ResultCode"] == 1
    assert books(daraja)["balance"] == 400


@pytest.mark.parametrize("name", PATHS)
def test_credentials(daraja, shop, name):
    pay(daraja)
    who = "InitiatorName" if name == "b2c" else "Initiator"
    receipt = {"TransactionID": books(daraja)["movements"][0]["receipt"]} if name in ("status", "reversal") else {}
    number = iter(range(9))

    def code(**changes):
        own = {"OriginatorConversationID": f"try-{next(number)}"} if name == "b2c" else {}
        return str(run(daraja, shop, name, **receipt, **own, **changes)[0]["ResultCode"])

    assert code(**{who: "nobody"}) == "2001"
    assert code(SecurityCredential=credential(daraja, "wrong")) == "2001"
    assert code(SecurityCredential=base64.b64encode(b"\1" * 256).decode()) == "2001"
    assert books(daraja)["balance"] == 500
    assert code(**{who: "testapi-viewer"}) == ("21" if name in ("reversal", "b2c") else "0")
    assert books(daraja)["balance"] == 500
    assert code() == "0"


WRONG = [
    ("status", {"TransactionID": None}, "TransactionID"),
    ("status", {"TransactionID": "X", "IdentifierType": "1"}, "IdentifierType"),
    ("status", {"TransactionID": "X", "PartyA": "999999"}, "PartyA"),
    ("reversal", {"RecieverIdentifierType": "4"}, "RecieverIdentifierType"),
    ("reversal", {"RecieverIdentifierType": None, "ReceiverIdentifierType": "11"}, "RecieverIdentifierType"),
    ("reversal", {"Amount": 1.5}, "Amount"),
    ("reversal", {"Amount": 0}, "Amount"),
    ("balance", {"IdentifierType": "11"}, "IdentifierType"),
    ("b2c", {"PartyB": "0712345678"}, "PartyB"),
    ("b2c", {"OriginatorConversationID": None}, "OriginatorConversationID"),
    ("b2c", {"CommandID": "TransactionReversal"}, "CommandID"),
    ("b2c", {"Occassion": "x" * 101}, "Occassion"),
    *((name, {"Remarks": ""}, "Remarks") for name in PATHS),
    *((name, {"CommandID": "x"}, "CommandID") for name in PATHS),
    *((name, {"SecurityCredential": "sandbox-initiator"}, "SecurityCredential") for name in PATHS),
    *((name, {"ResultURL": "https://example.com/mpesa/result"}, "ResultURL") for name in PATHS),
    *((name, {"QueueTimeOutURL": "http://example.com/late"}, "QueueTimeOutURL") for name in PATHS),
]


@pytest.mark.parametrize(("name", "changes", "field"), WRONG)
def test_bad_fields(daraja, shop, name, changes, field):
    if name == "status":
        changes = {"TransactionID": "X"} | changes
    response = command(daraja, shop, name, **changes)
    assert (response.status_code, response.json()["errorCode"]) == (400, "400.002.02")
    assert response.json()["errorMessage"] == f"Bad Request - Invalid {field}"
    daraja.settle()
    assert shop.posts == []


def test_a_refused_request_does_not_use_up_its_id(daraja, shop):
    pay(daraja)
    assert command(daraja, shop, "b2c", Amount=0).status_code == 400
    assert run(daraja, shop, "b2c")[0]["ResultCode"] == 0
