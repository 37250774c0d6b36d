"""Pure functions: what Daraja's messages say. No environment, no network."""

import base64
import json
import math
import re
from dataclasses import dataclass
from datetime import datetime

from odoo.addons.sire_base.utils.eat import eat_to_utc, format_daraja_timestamp, parse_daraja_timestamp

from .const import FORBIDDEN_WORDS

REFERENCE_ALPHABET = "0123456789ACDEFGHJKMNPQRTVWXY"
REFERENCE_STRIDE = 16_386_705  # prime to 29, and of 40 neighbours each differs in at least four of five characters
LOOKALIKES = ("OILSZBU", "011528V")


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
    phone: str = ""

    @property
    def is_paid(self):
        return self.code == "0"


@dataclass(frozen=True)
class Sighting:
    """One report of money that moved.

    :param str number: M-Pesa receipt number
    :param float amount: shillings
    :param datetime paid_at: naive UTC; None when the report does not say
    :param str source: a key of ``sire.mpesa.receipt.evidence.source``
    :param str phone: E.164, or masked or hashed as it came
    :param str reference: what the payer typed
    :param str kind: prompt, paybill or till
    """

    number: str
    amount: float
    source: str
    kind: str
    paid_at: datetime | None = None
    phone: str = ""
    name: str = ""
    reference: str = ""
    body: str = ""
    event_id: int | None = None


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
        phone=parse_payer_phone(values.get("PhoneNumber")),
    )


def parse_c2b(data):
    """Read the body of a pay bill or till confirmation, or of its validation.

    :param data: the decoded JSON
    :return: the sighting and the shortcode that was paid
    :rtype: tuple[Sighting, str]
    :raise ValueError: when it is neither
    """
    number = parse_receipt(data.get("TransID")) if isinstance(data, dict) else None
    amount = parse_amount(data.get("TransAmount")) if number else None
    if not amount or not math.isfinite(amount) or amount <= 0:
        raise ValueError("This is not a pay bill confirmation.")
    names = (to_text(data.get(key), 60) for key in ("FirstName", "MiddleName", "LastName"))
    sighting = Sighting(
        number=number,
        amount=amount,
        source="c2b",
        kind="till" if "good" in to_text(data.get("TransactionType")).lower() else "paybill",
        paid_at=parse_time(data.get("TransTime")),
        phone=parse_payer_phone(data.get("MSISDN")),
        name=" ".join(filter(None, names)),
        reference=to_text(data.get("BillRefNumber"), 40),
    )
    return sighting, to_text(data.get("BusinessShortCode"), 20)


def parse_pull_row(row):
    """Read a payment of Safaricom's list of the last 48 hours.

    :param row: the decoded JSON
    :rtype: Sighting
    :raise ValueError: when it is none
    """
    number = parse_receipt(row.get("transactionId")) if isinstance(row, dict) else None
    amount = parse_amount(row.get("amount")) if number else None
    if not amount or not math.isfinite(amount) or amount <= 0:
        raise ValueError("This is not a payment of the list.")
    paid_at = eat_to_utc(datetime.fromisoformat(to_text(row.get("trxDate"))))  # without a zone it is East African
    return Sighting(
        number=number,
        amount=amount,
        source="pull",
        kind="till" if "good" in to_text(row.get("transactiontype")).lower() else "paybill",
        paid_at=paid_at,
        phone=parse_payer_phone(row.get("msisdn")),
        name=to_text(row.get("sender"), 100),
        reference=to_text(row.get("billreference"), 40),
        body=json.dumps(row, ensure_ascii=False)[:5000],
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


def parse_payer_phone(value):
    """:return: E.164 for a whole number, else what came (masked ``25470****149``, or a hash), "" for nothing
    :rtype: str
    """
    text = to_text(value, 100)
    return f"+{text}" if re.fullmatch(r"254[17]\d{8}", text) else text


def phones_fit(e164, seen):
    """Whether a payer's number, whole, masked or hashed, can be this one.

    :param str e164: a number that we know, such as ``+254712345678``
    :param str seen: what :func:`parse_payer_phone` reads
    :return: False when it is another one for sure; a hash says nothing
    """
    digits, seen = e164.lstrip("+"), seen.lstrip("+")
    if not re.fullmatch(r"[\d*•xX]{10,13}", seen):
        return True
    if re.fullmatch(r"\d+", seen):
        return digits == seen
    shown = re.fullmatch(r"(\d*)[*•xX]+(\d*)", seen)
    return not shown or (digits.startswith(shown[1]) and digits.endswith(shown[2]))


def fold_reference(text):
    """Reduce what a person typed to what matters: case, blanks and dashes do not, nor which of two lookalikes it is.

    :rtype: str
    """
    return re.sub(r"[^0-9A-Z]", "", (text or "").upper()).translate(str.maketrans(*LOOKALIKES))


def make_reference(number):
    """Make the account that is typed for an invoice: five characters and one that checks them.

    The alphabet has no two characters that look alike, and none that looks like one that it lacks. 29 of them are a
    prime number, so that the check finds each wrong character and each two that changed places. Numbers that follow
    each other give references that have nothing in common.

    :param int number: of the document, from 1
    :return: such as ``7CKM4Q``, another one for each number up to 20 million; one character longer above that
    :rtype: str
    """
    length = 5
    while number >= len(REFERENCE_ALPHABET) ** length:
        length += 1
    base = len(REFERENCE_ALPHABET)
    rest = number * REFERENCE_STRIDE % base**length
    digits = []
    for _position in range(length):
        rest, digit = divmod(rest, base)
        digits.insert(0, digit)
    return "".join(REFERENCE_ALPHABET[digit] for digit in [*digits, _get_check_digit(digits)])


def _get_check_digit(digits):
    weighted = sum((position + 2) * digit for position, digit in enumerate(reversed(digits)))
    return -weighted % len(REFERENCE_ALPHABET)


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
