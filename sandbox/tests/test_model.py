"""Our bodies against somebody else's reading of the API: mpesakit's typed schemas."""

from mpesakit.auth.access_token import AccessToken
from mpesakit.mpesa_express.schemas import (
    StkPushQueryRequest,
    StkPushQueryResponse,
    StkPushSimulateCallback,
    StkPushSimulateRequest,
    StkPushSimulateResponse,
)

from .client import PHONE


def test_token(daraja):
    body = daraja.oauth().json()
    token = AccessToken(
        token=body["access_token"], creation_datetime=daraja.world.now(), expiration_time=body["expires_in"]
    )
    assert token.token


def test_push_made_by_the_model_is_taken(daraja, receiver):
    body = daraja.push_body(receiver.url)
    made = StkPushSimulateRequest(**body).model_dump(mode="json", exclude_none=True)
    response = daraja.http.post("/mpesa/stkpush/v1/processrequest", json=made, headers=daraja.headers())
    assert StkPushSimulateResponse(**response.json()).is_successful()


def test_success_callback(daraja, receiver):
    daraja.control("POST", "/control/next", result="success")
    daraja.push_ok(receiver.url)
    receiver.wait()
    model = StkPushSimulateCallback(**receiver.bodies[0]["json"])
    assert model.is_successful and model.amount == 500 and model.phone_number == PHONE
    assert len(model.mpesa_receipt_number) == 10 and len(model.transaction_date) == 14
    assert model.balance is None


def test_failure_callback_and_query(daraja, receiver):
    daraja.control("POST", "/control/next", result="cancelled")
    checkout = daraja.push_ok(receiver.url)
    receiver.wait()
    assert not StkPushSimulateCallback(**receiver.bodies[0]["json"]).is_successful
    asked = StkPushQueryRequest(**daraja.credentials(), CheckoutRequestID=checkout)
    made = asked.model_dump(mode="json", exclude_none=True)
    response = daraja.http.post("/mpesa/stkpushquery/v1/query", json=made, headers=daraja.headers())
    assert StkPushQueryResponse(**response.json()).ResultCode == "1032"
