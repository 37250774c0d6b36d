"""How the client page travels: languages, typed amounts, headers, compression."""

import base64
import functools
import gzip
import hashlib
import json
import re

from markupsafe import Markup
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from odoo.http import request
from odoo.tools import file_open

LANGUAGES = {"en": "English", "sw": "Kiswahili"}
# A previewer that fetches the address in a message is not a client who opens it.
_ROBOT = re.compile(
    r"(?i)bot\b|bot/|crawl|spider|preview|facebookexternalhit|whatsapp|telegram|skype|slack|google-|headless|curl|wget|python"
)
_AMOUNT = re.compile(r"(?i)(?:ksh|kes|sh)?\.?(\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d{1,2}))?(?:/[-=])?")


def read_amount(text):
    """Read an amount as people in Kenya type it: ``98600``, ``98,600``, ``KSh 98,600.50``, ``500/=``.

    :return: shillings (or units of the invoice's currency); None when it is not an amount, so NaN, infinity, signs and
        exponents never become numbers
    :rtype: float | None
    """
    match = _AMOUNT.fullmatch(re.sub(r"\s+", "", text))
    return float(f"{match[1].replace(',', '')}.{match[2] or 0}") if match and match[0].isascii() else None


def get_languages(env):
    """Return the languages that the page can be read in, such as ``{"en": "en_US", "sw": "sw"}``."""
    installed = {}
    for code, _name in env["res.lang"].get_installed():
        installed.setdefault(code[:2], code)
    return {short: installed[short] for short in LANGUAGES if short in installed}


def choose_language(env, requested, client_language):
    """Choose among the installed ones: what was asked for, the client's own, the browser's, English.

    :param str requested: ``en``, ``sw``, or anything else that came in the address
    :param str client_language: language of the client's record, such as ``sw`` or ``en_US``
    :return: code of an installed language
    :rtype: str
    """
    offered = get_languages(env)
    browser = (tag[:2].lower() for tag, _quality in request.httprequest.accept_languages)
    wishes = [requested, (client_language or "")[:2], *browser, *offered]
    return next((offered[wish] for wish in wishes if wish in offered), "en_US")


def is_opened_by_person():
    """Tell whether this request is a person who opens the page: not a prefetch, a previewer or our own staff."""
    headers = request.httprequest.headers
    return (
        request.httprequest.method == "GET"
        and not any("prefetch" in headers.get(name, "") for name in ("Purpose", "Sec-Purpose", "X-Moz"))
        and not _ROBOT.search(headers.get("User-Agent", ""))
        and not (request.session.uid and request.env.user._is_internal())
    )


@functools.cache
def get_assets():
    """Return the style sheet, which travels inside the page, its policy hash, and the address of the script."""
    with file_open("sire_billing/static/src/client_page/client_page.css") as file:
        style = re.sub(r"\s*([{};:,>])\s+", r"\1", re.sub(r"/\*.*?\*/|\n", "", file.read(), flags=re.DOTALL)).strip()
    with file_open("sire_billing/static/src/client_page/client_page.js", "rb") as file:
        version = hashlib.sha256(file.read()).hexdigest()[:12]
    return {
        "style": Markup(style),  # Our own file, and its hash is in the policy.
        "style_hash": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        "script": f"/sire_billing/static/src/client_page/client_page.js?v={version}",
    }


# A link is a secret: it is in no cache, in no index and in no other site's log.
PRIVATE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def respond(body, status=200, mimetype="text/html"):
    """Answer with the headers that every answer behind a link has.

    Compressed here when the phone accepts it: not every installation has a proxy that does it, and the page is made
    for slow networks. Nothing secret is reflected beside text of a third party, so compression gives nothing away.

    :param body: text, or the values of a JSON object
    :rtype: odoo.http.Response
    """
    content = (json.dumps(body, separators=(",", ":")) if isinstance(body, dict) else body).encode()
    headers = {
        **PRIVATE_HEADERS,
        "Content-Type": f"{mimetype}; charset=utf-8",
        "X-Frame-Options": "DENY",
        "Vary": "Accept-Encoding",
        "Content-Security-Policy": (
            "default-src 'none'; img-src 'self' data:; script-src 'self'; connect-src 'self'; form-action 'self'; "
            f"style-src 'sha256-{get_assets()['style_hash']}'; base-uri 'none'; frame-ancestors 'none'"
        ),
    }
    accepted = parse_accept_header(request.httprequest.headers.get("Accept-Encoding", ""), Accept)
    if len(content) > 1024 and accepted.quality("gzip") > 0:
        content = gzip.compress(content, compresslevel=6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return request.make_response(content, headers=list(headers.items()), status=status)
