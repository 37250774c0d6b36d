"""Our requests against somebody else's reading of the API: mpesakit's typed schemas and its own client."""

import base64
import warnings
from datetime import datetime, timedelta

from mpesakit.auth import TokenManager
from mpesakit.c2b import C2B
from mpesakit.c2b.schemas import C2BRegisterUrlRequest, C2BValidationRequest, C2BValidationResponse
from mpesakit.http_client import HttpClient
from mpesakit.mpesa_express.schemas import (
    StkPushQueryRequest,
    StkPushQueryResponse,
    StkPushSimulateCallback,
    StkPushSimulateRequest,
    StkPushSimulateResponse,
)
from mpesakit.mpesa_express.stk_push import StkPush

from odoo import fields
from odoo.tests import tagged

from odoo.addons.sire_base.utils.eat import utc_to_eat

from .common import ENDPOINTS, MpesaCommon, sample


class Recorder(HttpClient):
    """What mpesakit would have sent."""

    def __init__(self, answer):
        self.answer, self.sent = answer, []

    def post(self, url, json, headers, **_kwargs):
        self.sent.append((ENDPOINTS[url], json, headers["Authorization"]))
        return self.answer

    def get(self, url, params=None, headers=None, **_kwargs):
        self.sent.append((ENDPOINTS[url], params, headers["Authorization"]))
        return {"access_token": "token-1", "expires_in": "3599"}


def as_text(body):
    """Numbers and texts are one to Daraja: it documents PartyA as a number and shows it as a text."""
    return {name: str(value) for name, value in body.items() if value is not None}


@tagged("post_install", "-at_install")
class TestModel(MpesaCommon):
    def setUp(self):
        super().setUp()
        # a warning of the model (a forbidden word in an address, for example) is a failure here
        self.enterContext(warnings.catch_warnings())
        warnings.simplefilter("error", UserWarning)

    def theirs(self, answer):
        http = Recorder(answer)
        return http, {"http_client": http, "token_manager": TokenManager(
            consumer_key="the-key", consumer_secret="the-secret", http_client=http
        )}  # fmt: skip

    def assertSame(self, http, endpoint, body):
        """The same token, place and words as mpesakit sends."""
        (ours,) = self.daraja.sent(endpoint)
        self.assertEqual(self.daraja.sent("oauth")[0][2], http.sent[0][2])
        their_endpoint, their_body, their_token = http.sent[-1]
        self.assertEqual((ours[0], ours[2]), (their_endpoint, their_token))
        self.assertEqual(as_text(body), as_text(their_body))
        self.assertEqual(set(body), set(ours[1]))

    def assertPassword(self, body):
        timestamp = datetime.strptime(body["Timestamp"], "%Y%m%d%H%M%S")
        self.assertLess(abs(timestamp - utc_to_eat(fields.Datetime.now()).replace(tzinfo=None)), timedelta(minutes=2))
        password = base64.b64decode(body["Password"]).decode()
        self.assertEqual(password, f"{body['BusinessShortCode']}the-passkey{body['Timestamp']}")

    def push(self):
        self.request(500)
        ((_endpoint, body, _token),) = self.daraja.sent("push")
        model = StkPushSimulateRequest(
            **{**body, **{key: str(body[key]) for key in ("PartyA", "PartyB", "PhoneNumber")}}
        )
        http, access = self.theirs(sample("stk_push_accepted"))
        self.assertTrue(StkPush(**access).push(model).is_successful())
        self.assertPassword(body)
        return http, body, model

    def test_push_to_a_pay_bill(self):
        http, body, model = self.push()
        self.assertSame(http, "push", body)
        self.assertEqual((model.TransactionType, model.PartyB), ("CustomerPayBillOnline", "174379"))
        self.assertLessEqual(len(model.AccountReference), 12)
        self.assertLessEqual(len(model.TransactionDesc), 13)
        self.assertTrue(model.CallBackURL.startswith("https://"))
        self.assertIsInstance(body["Amount"], int)

    def test_push_to_a_till(self):
        self.provider.write({"mpesa_shortcode_type": "till", "mpesa_shortcode": "174380", "mpesa_till": "5174380"})
        http, body, model = self.push()
        self.assertSame(http, "push", body)
        self.assertEqual((model.TransactionType, model.BusinessShortCode, model.PartyB),
                         ("CustomerBuyGoodsOnline", 174380, "5174380"))  # fmt: skip

    def test_query(self):
        tx = self.request()
        self.provider._mpesa_query(tx.mpesa_checkout_request_id)
        ((_endpoint, body, _token),) = self.daraja.sent("query")
        http, access = self.theirs(sample("stk_query_paid"))
        StkPush(**access).query(StkPushQueryRequest(**body))
        self.assertSame(http, "query", body)
        self.assertPassword(body)

    def test_register(self):
        self.provider.action_mpesa_register_c2b()
        ((_endpoint, body, token),) = self.daraja.sent("register")
        model = C2BRegisterUrlRequest(**body)
        self.assertEqual(as_text(model.model_dump(mode="json")), as_text(body))
        http, access = self.theirs(
            {"OriginatorCoversationID": "o", "ResponseCode": "0", "ResponseDescription": "Success"}
        )
        http.post = lambda url, json, headers: (
            http.sent.append(("register", json, headers["Authorization"])) or http.answer
        )
        C2B(**access).register_url(model)  # of v1, which takes the same body
        self.assertEqual((as_text(http.sent[-1][1]), http.sent[-1][2]), (as_text(body), token))

    def test_pull(self):
        """mpesakit knows nothing of the list of the last 48 hours: here the contract's own words are the model."""
        self.provider.write({"mpesa_pull_phone": "0712345678"})
        self.provider.action_mpesa_register_pull()
        self.provider._mpesa_pull()
        (registered,), (asked,) = self.daraja.sent("pull_register"), self.daraja.sent("pull")
        self.assertEqual(set(registered[1]), {"ShortCode", "RequestType", "NominatedNumber", "CallBackURL"})
        self.assertEqual((registered[1]["RequestType"], registered[1]["NominatedNumber"]), ("Pull", "254712345678"))
        self.assertEqual(set(asked[1]), {"ShortCode", "StartDate", "EndDate", "OffSetValue"})
        begin, end = (datetime.strptime(asked[1][name], "%Y-%m-%d %H:%M:%S") for name in ("StartDate", "EndDate"))
        self.assertTrue(timedelta(0) < end - begin <= timedelta(hours=48))
        self.assertRegex(asked[1]["OffSetValue"], r"^\d+$")

    def test_what_we_read(self):
        """The samples of our tests are messages that the model knows, too."""
        self.assertTrue(StkPushSimulateResponse(**sample("stk_push_accepted")).is_successful())
        self.assertEqual(str(StkPushQueryResponse(**sample("stk_query_paid")).ResultCode), "0")
        for name, is_paid in (("stk_callback_paid", True), ("stk_callback_cancelled", False)):
            data = sample(name)
            model, ours = StkPushSimulateCallback(**data), self.parse(data)
            self.assertEqual((bool(model.is_successful), ours.is_paid), (is_paid, is_paid))
            self.assertEqual(model.Body.stkCallback.CheckoutRequestID, ours.checkout_request_id)
        self.assertEqual((model.mpesa_receipt_number, ours.receipt), (None, None))
        self.assertEqual(C2BValidationRequest(**self.confirmation()).TransAmount, 500.0)

    def test_what_we_answer(self):
        """Each answer to a validation has a code and words that the model knows."""
        self.provider.write({"mpesa_c2b_validation": "open"})
        for account in ("NOBODY", self.make_invoice().mpesa_reference):
            answer = self.provider._mpesa_validate_c2b(self.confirmation(account=account))
            model = C2BValidationResponse(**answer)
            self.assertEqual(model.ResultCode == "0", account != "NOBODY")
