"""Commands and their results against mpesakit's typed schemas.

Where mpesakit's own shape of ResultParameters is another one than the contract's (a bare list, or the two names swapped),
the contract holds, and the parameters are held against mpesakit's schema of one parameter.
"""

import pytest
from mpesakit.account_balance import schemas as balance
from mpesakit.b2c import schemas as b2c
from mpesakit.reversal import schemas as reversal
from mpesakit.transaction_status import schemas as status

from .shop import pay, post
from .test_commands import PATHS, body_of

MODELS = {
    "status": (
        status.TransactionStatusRequest,
        status.TransactionStatusResponse,
        status.TransactionStatusResultCallback,
        status.TransactionStatusResultParameter,
        status.TransactionStatusTimeoutCallback,
    ),
    "reversal": (
        reversal.ReversalRequest,
        reversal.ReversalResponse,
        reversal.ReversalResultCallback,
        reversal.ReversalResultParameter,
        None,
    ),
    "balance": (
        balance.AccountBalanceRequest,
        balance.AccountBalanceResponse,
        balance.AccountBalanceResultCallback,
        balance.AccountBalanceResultParameter,
        None,
    ),
    "b2c": (b2c.B2CRequest, b2c.B2CResponse, b2c.B2CResultCallback, b2c.B2CResultParameter, b2c.B2CTimeoutCallback),
}


def made_by_the_model(daraja, shop, name):
    """:return: a request as mpesakit writes it"""
    receipt = pay(daraja)["receipt"]
    changes = {"TransactionID": receipt} if name in ("status", "reversal") else {}
    if name == "status":
        changes["IdentifierType"] = 4
    body = body_of(daraja, shop, name, **changes)
    return MODELS[name][0](**body).model_dump(mode="json", exclude_none=True)


@pytest.mark.parametrize("name", MODELS)
def test_request_answer_and_result(daraja, shop, name):
    _request, answer, callback, parameter, _timeout = MODELS[name]
    response = post(daraja, PATHS[name], made_by_the_model(daraja, shop, name))
    assert answer(**response.json()).is_successful()
    (body,) = shop.wait("/result")
    parameters = body["Result"]["ResultParameters"]["ResultParameter"]
    assert all(parameter(**item) for item in parameters)
    whole = body if name == "reversal" else {"Result": body["Result"] | {"ResultParameters": None}}
    assert str(callback(**whole).Result.ResultCode) == "0"


@pytest.mark.parametrize("name", MODELS)
def test_failure(daraja, shop, name):
    daraja.control("POST", "/control/sends/next", of=name, result="8006")
    post(daraja, PATHS[name], made_by_the_model(daraja, shop, name))
    (body,) = shop.wait("/result")
    assert str(MODELS[name][2](**body).Result.ResultCode) == "8006"


@pytest.mark.parametrize("name", [name for name, models in MODELS.items() if models[4]])
def test_time_out(daraja, shop, name):
    daraja.control("POST", "/control/sends/next", of=name, sends="timeout")
    post(daraja, PATHS[name], made_by_the_model(daraja, shop, name))
    (body,) = shop.wait("/late")
    assert MODELS[name][4](**body).Result.ConversationID


def test_b2c_names_are_read_as_the_model_reads_them(daraja, shop):
    post(daraja, PATHS["b2c"], made_by_the_model(daraja, shop, "b2c"))
    result = dict(shop.wait("/result")[0]["Result"])
    result["ResultParameters"] = result["ResultParameters"]["ResultParameter"]
    model = b2c.B2CResultMetadata(**result)
    assert (model.transaction_amount, model.recipient_is_registered) == (100, True)
    assert model.transaction_receipt == model.TransactionID
    assert model.utility_account_available_funds == 400.0
