"""The one door to Safaricom's Daraja: the only place that talks to the network.

It knows HTTP and Daraja's error bodies, and nothing of the database. What matters about every call is whether it is
*known* what happened: a push whose answer is lost may ring on the phone all the same.
"""

import logging
import time
from dataclasses import dataclass

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from ..utils import StkResult, is_code, to_text
from .daraja_reply import Reply, TokenError, find_why_no_token

_logger = logging.getLogger(__name__)

OAUTH_PATH = "/oauth/v1/generate"
PUSH_PATH = "/mpesa/stkpush/v1/processrequest"
QUERY_PATH = "/mpesa/stkpushquery/v1/query"
PULL_REGISTER_PATH = "/pulltransactions/v1/register"
PULL_QUERY_PATH = "/pulltransactions/v1/query"
REGISTER_PATH = "/mpesa/c2b/v2/registerurl"
COMMAND_PATHS = {
    "status": "/mpesa/transactionstatus/v1/query",
    "reversal": "/mpesa/reversal/v1/request",
    "balance": "/mpesa/accountbalance/v1/query",
}
PUSH_TIMEOUT = 25  # seconds to connect, and between two bytes of the answer
QUERY_TIMEOUT = 10
PENDING_CODES = {"4999", "500.001.1001"}


@dataclass(frozen=True)
class PushAnswer:
    """What became of a push.

    :param str outcome: ``accepted`` (a prompt is on its way, nothing is paid), ``refused`` (for sure not sent) or
        ``unknown`` (it may ring: wait, and never send it again)
    :param str code: why it was refused, a key of ``const.RESULTS``
    """

    outcome: str
    code: str = ""
    detail: str = ""
    merchant_request_id: str = ""
    checkout_request_id: str = ""


@dataclass(frozen=True)
class CommandAnswer:
    """What became of a command. Its result comes later, to an address of ours.

    :param str outcome: ``accepted``, ``refused`` (for sure not taken) or ``unknown`` (it may be done: never sent again)
    :param str code: why it was refused, a key of ``const.COMMAND_FAULTS`` or empty
    """

    outcome: str
    code: str = ""
    detail: str = ""
    originator_conversation_id: str = ""
    conversation_id: str = ""


class DarajaClient:
    """One merchant's access to Daraja.

    :param str base_url: Safaricom's production or sandbox address, or a sandbox of our own
    :param get_token: ``callable(dead)`` → access token; ``dead`` is a token that Daraja refused, or None
    """

    def __init__(self, base_url, get_token):
        self._base_url = base_url.rstrip("/")
        self._get_token = get_token

    def get_token(self):
        """:return: an access token
        :raise TokenError: when there is none
        """
        return self._get_token(None)

    def with_token(self):
        """:return: the same access, its token fetched already: for many requests at once
        :rtype: DarajaClient
        :raise TokenError:
        """
        token = self._get_token(None)
        return DarajaClient(self._base_url, lambda dead: self._get_token(dead) if dead else token)

    def push(self, payload):
        """Ask for a prompt on the payer's phone.

        :rtype: PushAnswer
        """
        try:
            reply = self._call(PUSH_PATH, payload, PUSH_TIMEOUT)
        except TokenError as error:
            return PushAnswer("refused", "setup" if error.is_setup else "unreachable", str(error))
        return classify_push(reply)

    def query(self, payload):
        """Ask how a prompt ended.

        :return: ``(outcome, StkResult | None)``, outcome is ``paid``, ``failed``, ``pending`` or ``unknown``
        :rtype: tuple[str, StkResult | None]
        """
        try:
            reply = self._call(QUERY_PATH, payload, QUERY_TIMEOUT)
        except TokenError:
            return "unknown", None
        return classify_query(reply)

    def command(self, kind, payload):
        """Ask for something that is done later.

        :param str kind: status, reversal or balance
        :rtype: CommandAnswer
        """
        try:
            reply = self._call(COMMAND_PATHS[kind], payload, PUSH_TIMEOUT)
        except TokenError as error:
            return CommandAnswer("refused", "unreachable", str(error))
        return classify_command(reply)

    def ask(self, path, payload):
        """Send any other request. Whoever calls says what the answer means.

        :rtype: Reply
        """
        try:
            return self._call(path, payload, QUERY_TIMEOUT)
        except TokenError as error:
            return Reply(never_left=True, detail=str(error))

    def _call(self, path, payload, timeout):
        """Send a request; when the token turns out dead, which means that nothing was done, once more with a new one."""
        token = self._get_token(None)
        reply = self._post(path, payload, token, timeout)
        if reply.has_dead_token:
            token = self._get_token(token)
            reply = self._post(path, payload, token, timeout)
        return reply

    def _post(self, path, payload, token, timeout):
        headers = {"Authorization": f"Bearer {token}"}
        return _send("POST", self._base_url + path, timeout, json=payload, headers=headers)


def fetch_token(base_url, consumer_key, consumer_secret):
    """Get a new access token. Every new one kills the one before it: see `sire.mpesa.token`.

    :return: the token and its lifetime in seconds
    :rtype: tuple[str, int]
    :raise TokenError:
    """
    reply = _send(
        "GET",
        base_url.rstrip("/") + OAUTH_PATH,
        QUERY_TIMEOUT,
        params={"grant_type": "client_credentials"},
        auth=(consumer_key, consumer_secret),
    )
    token = reply.data.get("access_token")
    if reply.status == 200 and isinstance(token, str) and token:
        try:
            lifetime = int(float(reply.data.get("expires_in")))
        except (TypeError, ValueError, OverflowError):
            lifetime = 600
        return token, lifetime
    is_setup = reply.error_code.startswith("400.008") or reply.status in (400, 401, 403)
    why = find_why_no_token(reply, is_setup)
    raise TokenError(reply.error_message or reply.detail or f"HTTP {reply.status}", is_setup, why)


def classify_push(reply):
    """:rtype: PushAnswer"""
    checkout_id = to_text(reply.data.get("CheckoutRequestID"))
    response_code = to_text(reply.data.get("ResponseCode"))
    if reply.never_left:
        return PushAnswer("refused", "unreachable", reply.detail)
    if reply.status == 200 and response_code == "0" and checkout_id:
        merchant_id = to_text(reply.data.get("MerchantRequestID"))
        return PushAnswer("accepted", merchant_request_id=merchant_id, checkout_request_id=checkout_id)
    detail = f"{reply.error_code} {reply.error_message}".strip()
    if reply.has_dead_token:
        return PushAnswer("refused", "setup", detail)
    if reply.error_code == "500.001.1001":
        message = reply.error_message.lower()
        if "lock subscriber" in message:
            return PushAnswer("refused", "1001", detail)
        if "merchant does not exist" in message or "wrong credentials" in message:
            return PushAnswer("refused", "setup", detail)
    # A 4xx with Daraja's own error body comes from its checks, before anything is sent. 429 is the gateway's.
    if reply.error_code and reply.status and 400 <= reply.status < 500 and reply.status != 429:
        is_setup = reply.error_code.startswith(("404.", "405.", "401.")) or "shortcode" in reply.error_message.lower()
        return PushAnswer("refused", "setup" if is_setup else "rejected", detail)
    if reply.status == 200 and response_code not in ("", "0"):
        return PushAnswer("refused", "rejected", f"{response_code} {to_text(reply.data.get('ResponseDescription'))}")
    return PushAnswer("unknown", detail=detail or reply.detail or f"HTTP {reply.status}")


def classify_query(reply):
    """:rtype: tuple[str, StkResult | None]"""
    code = reply.data.get("ResultCode")
    if reply.error_code in PENDING_CODES and "process" in reply.error_message.lower():
        return "pending", None
    if reply.status != 200 or to_text(reply.data.get("ResponseCode")) != "0" or not is_code(code):
        return "unknown", None
    if to_text(code) in PENDING_CODES:
        return "pending", None
    result = StkResult(
        merchant_request_id=to_text(reply.data.get("MerchantRequestID")),
        checkout_request_id=to_text(reply.data.get("CheckoutRequestID")),
        code=to_text(code),
        description=to_text(reply.data.get("ResultDesc")),
    )
    return ("paid" if result.is_paid else "failed"), result


def classify_command(reply):
    """:rtype: CommandAnswer"""
    code = to_text(reply.data.get("ResponseCode"))
    originator = to_text(reply.data.get("OriginatorConversationID"))
    conversation = to_text(reply.data.get("ConversationID"))
    if reply.never_left:
        return CommandAnswer("refused", "unreachable", reply.detail)
    if reply.status == 200 and code == "0" and originator and conversation:
        return CommandAnswer("accepted", "", reply.get_words(), originator, conversation)
    detail = f"{reply.error_code} {reply.error_message}".strip()
    # As with a push: Daraja's own checks come before anything is done, and 429 is the gateway's.
    if reply.has_dead_token or (reply.error_code and 400 <= (reply.status or 0) < 500 and reply.status != 429):
        return CommandAnswer("refused", "", detail)
    if reply.status == 200 and code not in ("", "0"):
        return CommandAnswer("refused", "", f"{code} {reply.get_words()}")
    return CommandAnswer("unknown", "", detail or reply.detail or f"HTTP {reply.status}")


def _send(method, url, timeout, **kwargs):
    """Send one request and never raise. Logged are address, status and duration: no header and no body."""
    started = time.monotonic()
    reply = _request(method, url, timeout, **kwargs)
    seconds = time.monotonic() - started
    _logger.info(
        "Daraja %s %s: HTTP %s %s in %.2f s", method, url, reply.status, reply.error_code or reply.detail, seconds
    )
    return reply


def _request(method, url, timeout, **kwargs):
    try:
        response = requests.request(method, url, timeout=timeout, allow_redirects=False, **kwargs)
    except requests.exceptions.ConnectionError as error:  # Before and after the request left: only the first is sure.
        reason = error.args and getattr(error.args[0], "reason", error.args[0])
        never_left = isinstance(reason, (NewConnectionError, NameResolutionError, ConnectTimeoutError))
        unresolved = isinstance(reason, NameResolutionError)
        return Reply(never_left=never_left, detail=type(reason or error).__name__, is_unresolved=unresolved)
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema):
        return Reply(never_left=True, detail="The address of Daraja is wrong.", is_unresolved=True)
    except requests.exceptions.RequestException as error:
        return Reply(detail=type(error).__name__)
    try:
        data = response.json()
    except ValueError:
        data = None
    return Reply(
        status=response.status_code,
        data=data if isinstance(data, dict) else {},
        detail="" if isinstance(data, dict) else "The answer is no JSON object.",
    )
