"""Field checks of the STK endpoints, as the contract words them. Pure: a body goes in, values or an ApiError come out."""

import base64
import ipaddress
import re
from datetime import datetime
from urllib.parse import urlsplit

from .clock import EAT

PHONE = re.compile(r"254[17]\d{8}")
FORBIDDEN = ("mpesa", "m-pesa", "safaricom", "exe", "exec", "cmd", "sql", "query")
TRANSACTION_TYPES = ("CustomerPayBillOnline", "CustomerBuyGoodsOnline")


class ApiError(Exception):
    """An answer that is not a success.

    :param status: HTTP status
    :param code: Daraja's errorCode
    :param message: its errorMessage
    """

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def invalid(field):
    """:return: the error for one bad field"""
    return ApiError(400, "400.002.02", f"Bad Request - Invalid {field}")


def text(body, field, longest=None):
    """:return: a field that must be a text of 1 to ``longest`` characters"""
    value = body.get(field)
    if not isinstance(value, str) or not value.strip() or (longest and len(value) > longest):
        raise invalid(field)
    return value


def digits(body, field, pattern=r"\d{5,7}"):
    """:return: a field of digits as a text; a JSON number is welcome too"""
    value = body.get(field)
    if isinstance(value, bool) or not isinstance(value, int | str) or not re.fullmatch(pattern, str(value), re.ASCII):
        raise invalid(field)
    return str(value)


def whole_amount(body, maximum):
    """:return: Amount as a whole number of shillings, 1 to ``maximum``"""
    value = body.get("Amount")
    if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value, re.ASCII):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= maximum:
        raise invalid("Amount")
    return value


def callback_url(body, http_hosts=(), field="CallBackURL"):
    """:return: an address of ours: absolute, https (http to loopback and the hosts named), no forbidden word anywhere"""
    value = text(body, field)
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise invalid(field) from None
    if not host or re.search(r"\s", value) or any(word in value.lower() for word in FORBIDDEN):
        raise invalid(field)
    if parts.scheme != "https" and not (parts.scheme == "http" and (is_loopback(host) or host in http_hosts)):
        raise invalid(field)
    return value


def is_loopback(host):
    """:return: True for localhost and the loopback addresses"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def merchant(body, settings, now):
    """Check shortcode, password and timestamp, the part that push and query share.

    :param now: aware datetime
    :return: the Merchant
    """
    shortcode = digits(body, "BusinessShortCode")
    timestamp = digits(body, "Timestamp", r"\d{14}")
    password = text(body, "Password")
    try:
        moment = datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=EAT)
    except ValueError:
        raise invalid("Timestamp") from None
    if abs((now - moment).total_seconds()) > settings.timestamp_tolerance:
        raise invalid("Timestamp")
    found = settings.merchants.get(shortcode)
    if not found:
        raise ApiError(500, "500.001.1001", "Merchant does not exist")
    if password != base64.b64encode(f"{shortcode}{found.passkey}{timestamp}".encode()).decode():
        raise ApiError(500, "500.001.1001", "Wrong credentials")
    return found


def push(body, settings, now):
    """Check an STK push.

    :return: (Merchant, values for PromptBook.open, result code that the network will force or None)
    """
    kind = body.get("TransactionType")
    if kind not in TRANSACTION_TYPES:
        raise invalid("TransactionType")
    party_b = digits(body, "PartyB")
    phone = digits(body, "PhoneNumber", PHONE.pattern)
    if digits(body, "PartyA", PHONE.pattern) != phone:
        raise invalid("PartyA")
    values = {
        "phone": phone,
        "amount": whole_amount(body, settings.maximum_amount),
        "reference": text(body, "AccountReference", 12),
        "description": text(body, "TransactionDesc", 13),
        "callback_url": callback_url(body, settings.http_hosts),
    }
    found = merchant(body, settings, now)
    # Well-formed but not allowed: the push is accepted and the network refuses it afterwards.
    forced = None
    if kind != found.transaction_type:
        forced = "2028"
    elif party_b != found.party_b:
        forced = "SFC_IC0003"
    return found, values, forced


def query(body, settings, now):
    """Check an STK query.

    :return: (Merchant, CheckoutRequestID)
    """
    return merchant(body, settings, now), text(body, "CheckoutRequestID")
