"""The SMS service that Odoo uses when no other is set up: texts are shown in the inbox, and sent to nobody."""

import json
from datetime import UTC, datetime

from starlette.responses import JSONResponse
from starlette.routing import Route

from .mail import Message

SUBJECT = 70  # characters of the text that the list shows


async def send(request):
    """Odoo's JSON-RPC ``/api/sms/3/send``: messages of a content and numbers; each number gets an answer of its own."""
    try:
        call = json.loads(await request.body())
        texts = [(number["number"], number["uuid"], message["content"])
                 for message in call["params"]["messages"] for number in message["numbers"]]  # fmt: skip
    except (ValueError, TypeError, KeyError):
        return JSONResponse({"error": "Not a call of /api/sms/3/send."}, 400)
    mailbox = request.app.state.world.mailbox
    for number, _uuid, content in texts:
        mailbox.messages.append(
            Message(
                next(mailbox.ids), "SMS", [number], f"SMS: {content[:SUBJECT]}", datetime.now(UTC), content, "", {}, b""
            )
        )
    result = [{"uuid": uuid, "state": "success", "credit": 1} for _number, uuid, _content in texts]
    return JSONResponse({"jsonrpc": "2.0", "id": call.get("id"), "result": result})


routes = [Route("/api/sms/3/send", send, methods=["POST"])]
