"""C2B and QR bodies against somebody else's reading of the API: mpesakit's typed schemas."""

from mpesakit.c2b.schemas import (
    C2BConfirmationResponse,
    C2BRegisterUrlRequest,
    C2BRegisterUrlResponse,
    C2BValidationRequest,
    C2BValidationResponse,
)
from mpesakit.dynamic_qr_code.schemas import DynamicQRGenerateRequest, DynamicQRGenerateResponse

from .shop import ACCEPT, pay, post
from .test_qr import BODY
from .test_validation import switch_on


def test_register(daraja, shop):
    made = C2BRegisterUrlRequest(
        ShortCode=174379,
        ResponseType="Completed",
        ConfirmationURL=f"{shop.url}/confirm",
        ValidationURL=f"{shop.url}/validate",
    ).model_dump(mode="json")
    for version in ("v1", "v2"):
        response = post(daraja, f"/mpesa/c2b/{version}/registerurl", made)
        assert C2BRegisterUrlResponse(**response.json()).is_successful()


def test_validation_and_confirmation(daraja, shop):
    switch_on(daraja, shop)
    shop.answers["/validate"] = C2BValidationResponse(
        ResultCode="0", ResultDesc="Accepted", ThirdPartyTransID="T1"
    ).model_dump()
    shop.answers["/confirm"] = C2BConfirmationResponse().model_dump()
    answer = pay(daraja)
    for path in ("/validate", "/confirm"):
        (body,) = shop.at(path)
        model = C2BValidationRequest(**body)  # mpesakit has one schema for both
        assert (model.TransID, model.TransAmount, model.BusinessShortCode) == (answer["receipt"], 500.0, 174379)
        assert set(body) == set(C2BValidationRequest.model_fields)
    assert C2BValidationResponse(**ACCEPT)


def test_validation_refused_with_every_code_of_the_model(daraja, shop):
    switch_on(daraja, shop)
    for code in ("C2B00011", "C2B00012", "C2B00013", "C2B00014", "C2B00015", "C2B00016"):
        shop.answers["/validate"] = C2BValidationResponse(ResultCode=code, ResultDesc="Rejected").model_dump()
        assert pay(daraja)["code"] == code


def test_qr(daraja):
    made = DynamicQRGenerateRequest(**BODY).model_dump(mode="json")
    response = post(daraja, "/mpesa/qrcode/v1/generate", made)
    assert DynamicQRGenerateResponse(**response.json()).is_successful()
