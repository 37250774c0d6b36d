"""Pure functions: Stripe's signatures and amounts."""

import hashlib
import hmac
import re
from datetime import UTC, datetime


def check_signature(header, body, secret, now, tolerance):
    """Tell whether Stripe signed a message with this secret, and not long ago.

    See https://docs.stripe.com/webhooks/signature. While a secret is being replaced there are several signatures.

    :param str header: ``Stripe-Signature``, such as ``t=1763718000,v1=5257a869…``
    :param bytes body: as received
    :param str secret: ``whsec_…``
    :param float now: seconds since 1970
    :param int tolerance: seconds that it may be old, or ahead of our clock
    :rtype: bool
    """
    parts = [part.strip().partition("=") for part in (header or "").split(",")]
    times = [value for name, _, value in parts if name == "t"]
    signatures = [value for name, _, value in parts if name == "v1"]
    if not secret or len(times) != 1 or not re.fullmatch(r"[0-9]{1,12}", times[0]):
        return False
    if abs(now - int(times[0])) > tolerance:
        return False
    expected = hmac.new(secret.encode(), times[0].encode() + b"." + body, hashlib.sha256).hexdigest().encode()
    return any(hmac.compare_digest(expected, signature.encode()) for signature in signatures)


def is_id(value, prefix):
    """:return: whether a value is an id of Stripe's, such as ``pi_3KTk9z``, and nothing that could be a path
    :rtype: bool
    """
    return isinstance(value, str) and re.fullmatch(rf"{prefix}_[A-Za-z0-9_]{{1,250}}", value) is not None


def get_id(value):
    """:return: the id of what Stripe names by its id or, expanded, as a whole; None when it names nothing
    :rtype: str | None
    """
    return value.get("id") if isinstance(value, dict) else value or None


def to_datetime(timestamp):
    """:param timestamp: seconds since 1970
    :return: naive UTC; None for what is no time
    :rtype: datetime | None
    """
    if isinstance(timestamp, bool) or not isinstance(timestamp, int) or not 0 < timestamp < 2**32:
        return None
    return datetime.fromtimestamp(timestamp, UTC).replace(tzinfo=None)
