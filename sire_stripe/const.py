from odoo.addons.payment.const import SENSITIVE_KEYS
from odoo.addons.payment_stripe.const import HANDLED_WEBHOOK_EVENTS

# the host logs what Stripe answers, and the answer to "register a webhook" holds the secret that signs its events
SENSITIVE_KEYS.update({"secret", "stripe_secret_key", "stripe_webhook_secret"})

WEBHOOK_KIND = "stripe"
MAX_BODY = 256 * 1024  # bytes: a charge names all of its refunds
TOLERANCE = 300  # seconds that a signature may be old, or ahead of our clock

REFUND_EVENTS = ("charge.refund.updated", "refund.created", "refund.updated", "refund.failed")
DISPUTE_EVENTS = (
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)
EVENTS = tuple(dict.fromkeys((*HANDLED_WEBHOOK_EVENTS, *REFUND_EVENTS, *DISPUTE_EVENTS)))

# Where Stripe's stand-in of the tests listens; read from the environment of the server, never from the database.
STAND_IN_VARIABLE = "SIRE_STRIPE_STAND_IN"
LOOPBACK = ("127.0.0.1", "::1", "localhost")

# balance transaction: its type (or reporting category) → what it is to us
MOVEMENT_KINDS = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "payment_failure_refund": "refund_failure",
    "dispute": "dispute",
    "dispute_reversal": "dispute",
}
CLOSED_DISPUTES = ("won", "lost", "warning_closed", "charge_refunded", "prevented")
