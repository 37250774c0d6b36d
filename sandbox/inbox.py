"""The inbox: every message that was sent to the sandbox, shown without trusting a byte of it."""

import re
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from .control import file_response, message_of
from .pages import live, page, part, world_of

# The message runs no script and loads pictures of this machine only; its links open in a tab of their own.
MESSAGE_CSP = (
    "default-src 'none'; img-src 'self' data: http://localhost:* http://127.0.0.1:*; style-src 'unsafe-inline'; "
    "font-src data:; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
SHOWN = ("application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain")


def list_values(request):
    to = request.query_params.get("to", "")
    return {"mails": world_of(request).mailbox.find(to)[:200], "to": to}


async def inbox(request):
    """All messages, newest first, or those of one recipient."""
    values = list_values(request)
    html, version = part("_mails.html", **values)
    return page(request, "inbox.html", list=html, list_version=version, query=quote(values["to"]), **values)


async def inbox_list(request):
    """The part that polls."""
    return live(request, "_mails.html", **list_values(request))


async def clear(request):
    world_of(request).mailbox.messages.clear()
    return RedirectResponse("/inbox", 303)


async def message(request):
    """One message: who, what, files, then its text."""
    found = message_of(request)
    inline = {n for n, item in enumerate(found.attachments) if item.type in SHOWN}
    return page(request, "message.html", mail=found, inline=inline)


async def message_html(request):
    """The HTML part alone, for the sandboxed frame."""
    found = message_of(request)
    html = found.html
    for number, item in enumerate(found.attachments):
        if item.cid:
            html = html.replace(f"cid:{item.cid}", f"/inbox/{found.id}/attachments/{number}?show=1")
    base = '<base target="_blank">'
    html, count = re.subn(r"<head\b[^>]*>", lambda match: match[0] + base, html, count=1, flags=re.IGNORECASE)
    headers = {"Content-Security-Policy": MESSAGE_CSP, "Referrer-Policy": "no-referrer"}
    return HTMLResponse(html if count else base + html, headers=headers)


async def attachment(request):
    """A file: downloaded, or shown when ``?show=1`` and its type is one that cannot do harm."""
    files, number = message_of(request).attachments, request.path_params["n"]
    if number >= len(files):
        raise HTTPException(404, "This message has no such attachment.")
    item = files[number]
    if "show" in request.query_params and item.type in SHOWN:
        return Response(item.content, media_type=item.type, headers={"X-Content-Type-Options": "nosniff"})
    return file_response(item)


routes = [
    Route("/inbox", inbox),
    Route("/inbox/list", inbox_list),
    Route("/inbox/clear", clear, methods=["POST"]),
    Route("/inbox/{id:int}", message),
    Route("/inbox/{id:int}/html", message_html),
    Route("/inbox/{id:int}/attachments/{n:int}", attachment),
]
