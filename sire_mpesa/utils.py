"""Pure functions: what Daraja's messages say. No environment, no network."""

import base64
import math
import re
from dataclasses import dataclass
from datetime import datetime

from odoo.addons.sire_base.utils.eat import format_daraja_timestamp, parse_daraja_timestamp

from .const import FORBIDDEN_WORDS


@dataclass(frozen=True)
class StkResult:
    """What a callback or a query says about one prompt.

    :param str code: result code as text, "0" for paid
    :param float amount: shillings, when the message carries it
    :param str receipt: M-Pesa receipt number, when the message carries it
    :param datetime paid_at: naive UTC, when the message carries it
    """

    merchant_request_id: str
    checkout_request_id: str
    code: str
    description: str = ""
    amount: float | None = None
    receipt: str | None = None
    paid_at: datetime | None = None

    @property
    def is_paid(self):
        return self.code == "0"


def parse_stk_callback(data):
    """Read the body of an STK callback.

    ``ResultCode`` can be a number or text; ``CallbackMetadata`` is there on success only, an item can lack its value,
    and a single item can come without its list.

    :param data: the decoded JSON
    :rtype: StkResult
    :raise ValueError: when it is no STK callback
    """
    callback = data.get("Body", {}) if isinstance(data, dict) else {}
    callback = callback.get("stkCallback") if isinstance(callback, dict) else None
    if not isinstance(callback, dict) or not is_code(callback.get("ResultCode")):
        raise ValueError("This is not an STK callback.")
    metadata = callback.get("CallbackMetadata") or {}
    items = metadata.get("Item") if isinstance(metadata, dict) else []
    items = [items] if isinstance(items, dict) else items if isinstance(items, list) else []
    values = {str(item.get("Name")): item.get("Value") for item in items if isinstance(item, dict)}
    return StkResult(
        merchant_request_id=to_text(callback.get("MerchantRequestID")),
        checkout_request_id=to_text(callback.get("CheckoutRequestID")),
        code=to_text(callback["ResultCode"]),
        description=to_text(callback.get("ResultDesc")),
        amount=parse_amount(values.get("Amount")),
        receipt=parse_receipt(values.get("MpesaReceiptNumber")),
        paid_at=parse_time(values.get("TransactionDate")),
    )


def is_code(value):
    """Whether a value can be a result code: a whole number or a short word."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return False
    return bool(re.fullmatch(r"[A-Za-z0-9_.]{1,20}", str(value).strip()))


def to_text(value, limit=200):
    """:return: a value as one line of text that a database can hold
    :rtype: str
    """
    if value is None or isinstance(value, (dict, list)):
        return ""
    return re.sub(r"[\s\x00-\x1f\ud800-\udfff]+", " ", str(value)).strip()[:limit]


def parse_amount(value):
    """:return: 100.0 for 100, 100.0, "100" and "100.00"; None for what is no amount
    :rtype: float | None
    """
    if value is None or isinstance(value, (bool, dict, list)):
        return None
    try:
        amount = float(value)
    except (ValueError, OverflowError):
        return math.nan  # something is there and it is not what we asked for
    return amount


def parse_receipt(value):
    """:return: a receipt number in capitals, None when there is none
    :rtype: str | None
    """
    text = to_text(value).upper()
    return text if re.fullmatch(r"[A-Z0-9]{6,20}", text) else None


def parse_time(value):
    """:return: naive UTC for Safaricom's East African time, None when there is none
    :rtype: datetime | None
    """
    try:
        return parse_daraja_timestamp(value)
    except ValueError:
        return None


def make_password(shortcode, passkey, now):
    """Build the password of a request and the time that it was built with.

    :param datetime now: naive UTC
    :return: ``(password, timestamp)``; Safaricom wants the very same timestamp beside the password
    :rtype: tuple[str, str]
    """
    timestamp = format_daraja_timestamp(now)
    return base64.b64encode(f"{shortcode}{passkey}{timestamp}".encode()).decode(), timestamp


def make_account_reference(name):
    """Shorten a document's name to what fits on the phone: the last 12 letters and digits.

    :rtype: str
    """
    return re.sub(r"[^A-Za-z0-9]", "", name or "")[-12:] or "PAYMENT"


def has_forbidden_word(url):
    """Safaricom refuses callback addresses that contain certain words, in any case, anywhere.

    :return: the word, or None
    :rtype: str | None
    """
    return next((word for word in FORBIDDEN_WORDS if word in url.lower()), None)
