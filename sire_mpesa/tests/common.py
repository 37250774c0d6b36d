"""Safaricom at the edge of the network: what it is told and what it answers."""

import json
import threading
from pathlib import Path
from unittest.mock import patch

from requests import Response

from odoo import fields

from odoo.addons.sire_base.utils.eat import format_daraja_timestamp
from odoo.addons.sire_mpesa.utils import parse_stk_callback
from odoo.addons.sire_payment.tests.common import PaymentCommon

DARAJA = "https://daraja.test"
ENDPOINTS = {
    "/oauth/v1/generate": "oauth",
    "/mpesa/stkpush/v1/processrequest": "push",
    "/mpesa/stkpushquery/v1/query": "query",
    "/mpesa/c2b/v2/registerurl": "register",
    "/mpesa/transactionstatus/v1/query": "status",
    "/mpesa/reversal/v1/request": "reversal",
    "/mpesa/accountbalance/v1/query": "balance",
    "/pulltransactions/v1/register": "pull_register",
    "/pulltransactions/v1/query": "pull",
}
SAMPLES = Path(__file__).parent / "samples"


def sample(name, **values):
    """Read a message as Daraja sends it.

    :param values: of the callback itself, or of its metadata
    """
    data = json.loads((SAMPLES / f"{name}.json").read_text())
    if callback := data.get("Body", {}).get("stkCallback"):
        for key, value in values.items():
            items = {item["Name"]: item for item in callback.get("CallbackMetadata", {}).get("Item", [])}
            if key in items:
                items[key]["Value"] = value
            else:
                callback[key] = value
        return data
    return {**data, **values}


class FakeDaraja:
    """Answers instead of the network. ``script`` holds what to answer next, by endpoint; then come the usual answers."""

    def __init__(self):
        self.lock = threading.Lock()
        self.calls = []
        self.script = {endpoint: [] for endpoint in ENDPOINTS.values()}
        self.tokens = 0
        self.prompts = 0
        self.query_result = ("pending", "500.001.1001")
        self.commands = 0
        self.rows = []  # of the list of the last 48 hours

    def next_is(self, endpoint, *answers):
        """:param answers: ``(status, body)``, body a dict or text; or an exception to raise"""
        self.script[endpoint] += answers

    def sent(self, endpoint):
        return [call for call in self.calls if call[0] == endpoint]

    def handle(self, _session, request, **_kwargs):
        endpoint = ENDPOINTS[request.path_url.split("?")[0]]
        body = json.loads(request.body) if request.body else {}
        with self.lock:
            self.calls.append((endpoint, body, request.headers.get("Authorization")))
            answer = (
                self.script[endpoint].pop(0) if self.script[endpoint] else getattr(self, f"answer_{endpoint}")(body)
            )
        if callable(answer):
            answer = answer()
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        response = Response()
        response.status_code = status
        response.url = request.url
        response._content = (json.dumps(body) if isinstance(body, (dict, list)) else body).encode()
        return response

    def answer_oauth(self, _body):
        self.tokens += 1
        return 200, {"access_token": f"token-{self.tokens}", "expires_in": "3599"}

    def answer_push(self, _body):
        self.prompts += 1
        return 200, sample(
            "stk_push_accepted", MerchantRequestID=f"m-{self.prompts}", CheckoutRequestID=f"ws_CO_{self.prompts}"
        )

    def answer_query(self, body):
        outcome, code = self.query_result
        if outcome == "pending":
            return 500, {"requestId": "r", "errorCode": code, "errorMessage": "The transaction is being processed"}
        number = body["CheckoutRequestID"].split("_")[-1]
        return 200, sample(
            "stk_query_paid",
            MerchantRequestID=f"m-{number}",
            CheckoutRequestID=body["CheckoutRequestID"],
            ResultCode=code,
            ResultDesc="Says the query",
        )

    def answer_command(self, _body):
        self.commands += 1
        return 200, {
            "OriginatorConversationID": f"o-{self.commands}",
            "ConversationID": f"AG_{self.commands}",
            "ResponseCode": "0",
            "ResponseDescription": "Accept the service request successfully.",
        }

    answer_status = answer_reversal = answer_balance = answer_command

    def answer_pull_register(self, _body):
        return 200, {"ResponseRefID": "r", "ResponseStatus": "1000", "ResponseDescription": "Registered"}

    def answer_pull(self, body):
        rows = self.rows[int(body["OffSetValue"]) :][:2]
        return 200, {
            "ResponseRefID": "r",
            "ResponseCode": "1000" if rows else "1001",
            "ResponseMessage": "Success" if rows else "No transactions found",
            "Response": [rows] if rows else [],
        }

    def answer_register(self, _body):
        return 200, {"OriginatorCoversationID": "o-1", "ResponseCode": "0", "ResponseDescription": "Success"}


class MpesaCommon(PaymentCommon):
    @classmethod
    def setUpClass(cls):
        cls.daraja = FakeDaraja()
        super().setUpClass()
        cls.provider = cls.env.ref("sire_mpesa.payment_provider_mpesa")
        cls.provider.write(
            {
                "mpesa_shortcode": "174379",
                "mpesa_consumer_key": "the-key",
                "mpesa_consumer_secret": "the-secret",
                "mpesa_passkey": "the-passkey",
                "mpesa_base_url": DARAJA,
                "state": "test",
            }
        )
        cls.provider.is_published = True
        cls.env["ir.config_parameter"].set_param("sire_base.public_url", "https://pay.example.co.ke")

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if request.url.startswith(DARAJA):
            return cls.daraja.handle(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    def setUp(self):
        super().setUp()
        self.daraja.__init__()
        self.env["sire.mpesa.token"].search([]).unlink()
        if not type(self)._registry_patched:
            self.registry_enter_test_mode()

    @classmethod
    def get_tx_values(cls, amount, invoices, **values):
        return super().get_tx_values(amount, invoices, **{"currency_id": cls.env.ref("base.KES").id, **values})

    def request(self, amount=500, invoice=None, phone="0712345678", send=True):
        """A client asks for a prompt, and it is sent."""
        invoice = invoice or self.make_invoice()
        tx = self.make_tx(amount, invoice)
        tx._mpesa_request_payment(phone)
        if send:
            tx._mpesa_send_push()
        return tx

    def paid_callback(self, tx, **values):
        return sample(
            "stk_callback_paid",
            **{
                "MerchantRequestID": tx.mpesa_merchant_request_id or "m-9",
                "CheckoutRequestID": tx.mpesa_checkout_request_id or "ws_CO_9",
                "Amount": tx.amount,
                **values,
            },
        )

    def failed_callback(self, tx, code, **values):
        return sample(
            "stk_callback_cancelled",
            **{
                "MerchantRequestID": tx.mpesa_merchant_request_id or "m-9",
                "CheckoutRequestID": tx.mpesa_checkout_request_id or "ws_CO_9",
                "ResultCode": code,
                **values,
            },
        )

    def receive(self, tx, data, handle=True):
        """What the callback route does with a body, and then the worker.

        :return: the event
        """
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        event = tx._mpesa_receive_callback(body, {}, "196.201.214.200")
        if handle:
            self.process_webhooks()
        return event

    def confirmation(self, number="UKL7XQ2M4P", amount="500.00", account="", **values):
        """A pay bill confirmation as Safaricom sends it."""
        data = sample("c2b_confirmation", TransID=number, TransAmount=amount, BillRefNumber=account)
        return {**data, "TransTime": format_daraja_timestamp(fields.Datetime.now()), **values}

    def confirm(self, *args, handle=True, **values):
        """What the confirmation route does with a body, and then the worker.

        :return: the event
        """
        data = self.confirmation(*args, **values)
        event = self.provider._mpesa_receive_c2b(json.dumps(data).encode(), {}, "196.201.214.200", data)
        if handle:
            self.process_webhooks()
        return event

    def get_receipt(self, number="UKL7XQ2M4P"):
        return self.env["sire.mpesa.receipt"].search([("name", "=", number), ("company_id", "=", self.company.id)])

    @staticmethod
    def parse(data):
        return parse_stk_callback(data)

    def mocked_now(self, moment):
        """Set the clock of the module for a while."""
        moment = fields.Datetime.to_datetime(moment)
        return patch.object(fields.Datetime, "now", staticmethod(lambda: moment))

    def age(self, tx, seconds):
        """Let time pass for one prompt."""
        tx.mpesa_requested_at = fields.Datetime.subtract(fields.Datetime.now(), seconds=seconds)
        if tx.mpesa_next_query_at:
            tx.mpesa_next_query_at = fields.Datetime.now()

    def resolve(self):
        """Run the resolver as its cron does."""
        self.env.flush_all()
        for tx in self.env["payment.transaction"].search(self.env["payment.transaction"]._mpesa_get_due_domain()):
            tx._mpesa_resolve_alone()
        self.env.invalidate_all()

    def enter_cron(self):
        """A job commits, and a test must not."""
        return patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: 60)

    def get_payments(self, invoice):
        return self.env["account.payment"].search([("invoice_ids", "in", invoice.ids)])
