"""Stripe at the edge of the network: it answers the requests of the client, and signs the events that it sends.

The shapes are those of Stripe's documentation for the version of its API that the host pins (2019-05-16).
"""

import hashlib
import hmac
import json
import time
from urllib.parse import parse_qs, urlsplit

from requests import Response
from requests.exceptions import ConnectionError as NoConnection

from odoo import fields

from odoo.addons.sire_payment.tests.common import PaymentCommon

STRIPE = "https://api.stripe.com"
SECRET = "whsec_of_the_tests"
FEE = 29  # thousandths
START = 1_795_000_000  # some moment in November 2026


def sign(body, secret=SECRET, at=None):
    at = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class FakeStripe:
    """Keeps what a Stripe account keeps. ``script`` holds answers that come before the usual ones."""

    def __init__(self):
        self.numbers = 0
        self.calls, self.script, self.things, self.keys = [], [], {}, {}
        self.rate, self.settlement = 1, None  # settlement amount = amount * rate

    def make(self, prefix, **values):
        self.numbers += 1
        thing = {"id": f"{prefix}_{self.numbers:06}", "created": START + self.numbers, **values}
        self.things[thing["id"]] = thing
        return thing

    def sent(self, method, path):
        return [call for call in self.calls if call[0] == method and call[1].startswith(path)]

    # === what happens at Stripe === #

    def move(self, kind, amount, currency, fee=0, source=None):
        amount, fee = round(amount * self.rate), round(fee * self.rate)
        return self.make(
            "txn",
            object="balance_transaction",
            amount=amount,
            fee=fee,
            net=amount - fee,
            currency=self.settlement or currency,
            type=kind,
            reporting_category=kind,
            source=source,
        )

    def pay(self, intent_id):
        """The client pays."""
        intent = self.things[intent_id]
        charge = self.make("ch", object="charge", amount=intent["amount"], currency=intent["currency"],
                           description=intent["description"], payment_intent=intent["id"], status="succeeded",
                           amount_refunded=0)  # fmt: skip
        fee = round(charge["amount"] * FEE / 1000)
        charge["balance_transaction"] = self.move("charge", charge["amount"], charge["currency"], fee, charge["id"])[
            "id"
        ]
        intent.update(status="succeeded", amount_received=intent["amount"], payment_method="pm_card")
        intent["charges"]["data"] = [charge]
        return charge

    def refund(self, intent_id, amount, metadata=None, status="succeeded"):
        intent = self.things[intent_id]
        charge = intent["charges"]["data"][0]
        refund = self.make("re", object="refund", amount=amount, currency=charge["currency"], charge=charge["id"],
                           payment_intent=intent_id, status=status, metadata=metadata or {})  # fmt: skip
        refund["balance_transaction"] = self.move("refund", -amount, charge["currency"], 0, refund["id"])["id"]
        charge["amount_refunded"] += amount
        return refund

    def fail_refund(self, refund):
        refund["status"] = "failed"
        refund["failure_balance_transaction"] = self.move("refund_failure", refund["amount"], refund["currency"])["id"]

    def dispute(self, intent_id, amount=None):
        charge = self.things[intent_id]["charges"]["data"][0]
        return self.make("dp", object="dispute", amount=amount or charge["amount"], currency=charge["currency"],
                         charge=charge["id"], payment_intent=intent_id, reason="fraudulent", status="needs_response",
                         balance_transactions=[], evidence_details={"due_by": START + 10 * 86400})  # fmt: skip

    def withdraw(self, dispute):
        dispute["balance_transactions"].append(self.move("dispute", -dispute["amount"], dispute["currency"], 1500))

    def reinstate(self, dispute):
        dispute["balance_transactions"].append(self.move("dispute_reversal", dispute["amount"], dispute["currency"]))

    def close(self, dispute, status):
        dispute["status"] = status

    def get_refunded(self, intent_id):
        """:return: the charge as an event shows it: with its refunds"""
        charge = self.things[intent_id]["charges"]["data"][0]
        refunds = [
            one for one in self.things.values() if one.get("charge") == charge["id"] and one["object"] == "refund"
        ]
        return {**charge, "refunds": {"object": "list", "data": refunds, "has_more": False}}

    def event(self, kind, thing, **values):
        return json.loads(json.dumps({**self.make("evt", object="event", type=kind, api_version="2019-05-16",
                                                  data={"object": thing}, livemode=False), **values}))  # fmt: skip

    # === the wire === #

    def handle(self, _session, request, **_kwargs):
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        data = {name: values[0] for name, values in parse_qs(body).items()}
        path = urlsplit(request.url).path.removeprefix("/v1/")
        self.calls.append((request.method, path, data, request.headers))
        answer = self.script.pop(0) if self.script else None
        if isinstance(answer, Exception):
            raise answer
        status, content = answer or self.answer(request.method, path, data, request.headers.get("Idempotency-Key"))
        response = Response()
        response.status_code, response.url = status, request.url
        response._content = json.dumps(content).encode()
        return response

    def answer(self, method, path, data, key):
        if method == "POST" and key:
            if (path, key) not in self.keys:
                self.keys[path, key] = self.answer(method, path, data, None)
            return self.keys[path, key]
        kind, _, rest = path.partition("/")
        thing_id, _, verb = rest.partition("/")
        if method == "GET" and kind == "balance":
            return 200, {"object": "balance", "livemode": False}
        if kind == "webhook_endpoints":
            return self.answer_webhook(method, thing_id, data)
        if kind == "payment_methods":
            return 200, {"id": thing_id, "type": "card", "card": {"brand": "visa", "last4": "4242"}}
        if method == "GET" and thing_id:
            return (200, self.things[thing_id]) if thing_id in self.things else self.no("No such thing")
        if method == "GET" and kind == "refunds":
            return 200, {"data": [one for one in self.things.values() if one["object"] == "refund"], "has_more": False}
        if method == "POST" and not thing_id:
            return getattr(self, f"create_{kind}")(data)
        return getattr(self, f"{verb}_{kind}")(self.things[thing_id])

    def no(self, words):
        return 400, {"error": {"message": words}}

    def answer_webhook(self, method, _thing_id, data):
        if method == "POST":
            return 200, self.make("we", object="webhook_endpoint", secret=SECRET, url=data["url"])
        if method == "DELETE":
            return 200, self.things.pop(_thing_id)
        return 200, {"data": [one for one in self.things.values() if one["object"] == "webhook_endpoint"]}

    def create_customers(self, _data):
        return 200, self.make("cus", object="customer")

    def create_payment_intents(self, data):
        intent = self.make("pi", object="payment_intent", amount=int(data["amount"]), currency=data["currency"],
                           description=data["description"], status="requires_payment_method", client_secret="x_secret_y",
                           charges={"data": []}, customer=data.get("customer"), payment_method=None)  # fmt: skip
        return 200, intent

    def create_refunds(self, data):
        metadata = {"reference": data.get("metadata[reference]")}
        return 200, self.refund(data["payment_intent"], int(data["amount"]), metadata)

    def cancel_payment_intents(self, intent):
        if intent["status"] in ("succeeded", "canceled"):
            return self.no("You cannot cancel this PaymentIntent.")
        intent["status"] = "canceled"
        return 200, intent

    def confirm_payment_intents(self, intent):
        self.pay(intent["id"])
        return 200, intent


class StripeCommon(PaymentCommon):
    @classmethod
    def setUpClass(cls):
        cls.stripe = FakeStripe()
        super().setUpClass()
        cls.method = cls.env.ref("payment.payment_method_card")
        cls.method.active = True
        cls.env["ir.config_parameter"].set_param("sire_base.public_url", "https://pay.example.co.ke")

    @classmethod
    def make_provider(cls, company=None, secret=SECRET):
        company = company or cls.company
        super().make_provider()  # the payment method of the tests below needs one
        if not company.chart_template:
            cls.load_kenyan_chart(company)
        provider = cls.env["payment.provider"].search(
            [("code", "=", "stripe"), ("company_id", "=", company.id)], limit=1
        )
        if not provider:
            provider = cls.env["payment.provider"]._stripe_get_or_make(company)
        provider.write(
            {
                "stripe_publishable_key": "pk_test_of_the_tests",
                "stripe_secret_key": "sk_test_of_the_tests",
                "stripe_webhook_secret": secret,
                "state": "test",
            }
        )
        return provider

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if request.url.startswith(STRIPE):
            return cls.stripe.handle(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    def setUp(self):
        super().setUp()
        self.stripe.__init__()
        if not type(self)._registry_patched:
            self.registry_enter_test_mode()

    def begin(self, amount=1160.0, invoice=None):
        """A client presses Pay in a card form.

        :return: the transaction, its PaymentIntent open
        """
        tx = self.make_tx(amount, self.make_invoice() if invoice is None else invoice)
        tx._get_specific_processing_values({})
        return tx

    def tell(self, *events, provider=None, at=None):
        """Stripe reports: as from the route, and then from the worker."""
        provider = provider or self.provider
        for event in events:
            body = json.dumps(event).encode()
            found = self.env["payment.provider"]._stripe_find_by_signature(sign(body, at=at), body)
            self.assertEqual(found, provider)
            key = f"{provider.id}/{event['id']}"
            self.env["sire.webhook.event"]._receive("stripe", key, body, {}, company=provider.company_id)
            self.process_webhooks()

    def succeed(self, tx):
        """The client pays, and Stripe says so."""
        self.stripe.pay(tx.provider_reference)
        self.tell(self.event(tx, "payment_intent.succeeded"))

    def event(self, tx, kind):
        return self.stripe.event(kind, self.stripe.things[tx.provider_reference])

    def refunded(self, tx):
        return self.stripe.event("charge.refunded", self.stripe.get_refunded(tx.provider_reference))

    def settle(self):
        """The job, as if the time had come."""
        txs = self.env["payment.transaction"].search([("stripe_due_at", "!=", False)])
        txs.stripe_due_at = fields.Datetime.now()
        self.env.flush_all()
        self.env["payment.transaction"]._stripe_settle_due()
        self.env.invalidate_all()

    def get_balance(self, account):
        lines = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted"), ("company_id", "=", self.company.id)]
        )
        return round(sum(lines.mapped("balance")), 2)

    def get_outstanding(self):
        return self.get_balance(self.provider._get_outstanding_account())

    def get_movements(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["sire.stripe.movement"].search([("provider_id", "=", self.provider.id), *domain])

    def no_answer(self, times=1):
        self.stripe.script += [NoConnection()] * times
