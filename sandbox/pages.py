"""What the pages share: templates, their filters, the security headers, the error page and the index."""

import hashlib
from pathlib import Path

from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from .behaviour import RESULTS
from .clock import EAT
from .phones import pretty

HERE = Path(__file__).parent
CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
# What a result means, for people; the words of the contract stay in the callback.
OUTCOMES = {
    "0": "Paid",
    "1": "Not enough money",
    "1019": "Expired",
    "1032": "Cancelled on the phone",
    "1037": "No answer from the phone",
    "1001": "Another prompt was open",
    "2001": "Wrong PIN",
    "2028": "Refused: this shortcode may not do this",
    "SFC_IC0003": "Refused: PartyB is not this shortcode's",
}


def money(amount):
    """:return: ``KSh 98,600``"""
    return f"KSh {amount:,.0f}"


def eat(moment, form="%d/%m/%Y %H:%M"):
    """:return: a moment as people in Nairobi read it"""
    return moment.astimezone(EAT).strftime(form)


def outcome(prompt):
    """:return: how a prompt ended, in words"""
    return OUTCOMES.get(prompt.code) or RESULTS.get(prompt.code, "Waiting")


def size(count):
    """:return: a number of bytes as ``84 kB``"""
    return f"{count} B" if count < 1000 else f"{count / 1000:.0f} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"


templates = Jinja2Templates(directory=HERE / "templates")
templates.env.filters |= {"money": money, "eat": eat, "pretty": pretty, "outcome": outcome, "size": size}


def world_of(request):
    return request.app.state.world


def page(request, name, status=200, **values):
    """:return: a rendered page that loads nothing from elsewhere"""
    headers = {"Content-Security-Policy": CSP, "Referrer-Policy": "same-origin", "Cache-Control": "no-store"}
    values |= {"settings": world_of(request).settings, "smtp_port": world_of(request).smtp_port}
    return templates.TemplateResponse(request, name, values, status, headers)


def live(request, name, **values):
    """Render the part of a page that renews itself.

    The version changes with the content, so that the script replaces it (and a half-typed PIN) only when it must.
    """
    response = page(request, name, **values)
    response.headers["X-Version"] = version(response.body)
    return response


def version(content):
    """:return: a short digest of a part of a page"""
    return hashlib.sha256(content).hexdigest()[:16]


def part(name, **values):
    """:return: (html, version) of a live part, to be put into its page"""
    html = templates.get_template(name).render(**values)
    return html, version(html.encode())


async def error(request, exception):
    """An error of the pages or the control API, as its reader wants it."""
    detail = exception.detail
    if request.url.path.startswith("/control"):
        return JSONResponse({"error": detail}, exception.status_code)
    return page(request, "error.html", exception.status_code, message=detail)


async def index(request):
    """What runs here and what to type where."""
    world = world_of(request)
    recent = list(reversed(world.book.prompts.values()))[:8]
    mails = world.mailbox.find()[:5]
    return page(request, "index.html", prompts=recent, mails=mails, phones=world.book.phones())


routes = [Route("/", index)]
