"""Runs `localstripe`, a Stripe that keeps what it is told, on loopback: ``python stand_in.py PORT``.

Run as a program of its own by `test_stand_in`. As it comes it listens on every address, writes a file into /tmp, and refuses
what the host sends with each payment; what is added here is said beside each addition, what it still lacks in the test.
"""

import sys

from aiohttp import web
from localstripe import resources, webhooks

SECRET = "whsec_of_the_stand_in"

resources.Store.dump_to_disk = lambda _store: None


class PaymentIntent(resources.PaymentIntent):
    """It knows no description, in which the host writes its reference, and no address."""

    def __init__(self, description=None, shipping=None, **values):
        super().__init__(**values)
        self.description = description

    @property
    def amount_received(self):
        return self.amount if self.status == "succeeded" else 0

    @classmethod
    def _confirm_with(cls, id, payment_method=None, return_url=None):
        """A card comes with the confirmation; it says "not implemented"."""
        if payment_method:
            cls._api_retrieve(id).payment_method = resources.PaymentMethod._api_retrieve(payment_method).id
        intent = cls._api_confirm(id)
        intent.latest_charge.description = intent.description
        return intent


class WebhookEndpoint(resources.StripeObject):
    """It is told where to report by an address of its own; here it is by Stripe's."""

    object = "webhook_endpoint"
    _id_prefix = "we_"

    def __init__(self, url=None, enabled_events=None, api_version=None):
        super().__init__()
        self.url, self.enabled_events, self.secret = url, enabled_events, SECRET
        webhooks.register_webhook(self.id, url, SECRET, enabled_events)


resources.extra_apis.insert(0, ("POST", "/v1/payment_intents/{id}/confirm", PaymentIntent._confirm_with))
resources.PaymentIntent = PaymentIntent

from localstripe import server  # noqa: E402  its routes are made from what is above

for method, url, function in (
    ("POST", "/v1/webhook_endpoints", server.api_create),
    ("GET", "/v1/webhook_endpoints", server.api_list_all),
    ("DELETE", "/v1/webhook_endpoints/{id}", server.api_delete),
):
    server.app.router.add_route(method, url, function(WebhookEndpoint, url))

if __name__ == "__main__":
    web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
