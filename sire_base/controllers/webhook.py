"""The one door in: what every public webhook route does before it knows what it was told. Not a route itself."""

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from odoo.http import request

MAX_BODY = 64 * 1024  # bytes; set the same as ``max_content_length`` of the route
KEPT_HEADERS = ("Content-Type", "User-Agent", "X-Request-Id")


def read_webhook_body(max_bytes=MAX_BODY):
    """:param int max_bytes: the largest body that is taken
    :return: the body of the present request, byte by byte (empty for a form: the host has read it already)
    :rtype: bytes
    :raise RequestEntityTooLarge: HTTP 413
    :raise BadRequest: HTTP 400, when there is no body
    """
    httprequest = request.httprequest
    if (httprequest.content_length or 0) > max_bytes:
        raise RequestEntityTooLarge
    httprequest.max_content_length = max_bytes  # a body without a length is cut off while it is read
    raw_body = httprequest.get_data()
    if len(raw_body) > max_bytes:
        raise RequestEntityTooLarge
    if not raw_body:
        raise BadRequest
    return raw_body


def receive_webhook(provider, event_key, raw_body, *, company=None, headers=KEPT_HEADERS):
    """Put the present request in the inbox. The host commits it before the answer goes out.

    :param str provider: the kind of event, a key of ``sire.webhook.event._get_handlers``
    :param str event_key: the sender's name for the event; the digest of the body when empty
    :param bytes raw_body: what :func:`read_webhook_body` returned
    :param company: the ``res.company`` that it is for, if known
    :param headers: names of the headers to keep
    :return: the event (superuser)
    """
    httprequest = request.httprequest
    kept = {name: httprequest.headers[name] for name in headers if name in httprequest.headers}
    inbox_sudo = request.env["sire.webhook.event"].sudo()  # a public route; nobody may write to the inbox directly
    return inbox_sudo._receive(
        provider, event_key, raw_body, kept, remote_addr=httprequest.remote_addr, company=company
    )
