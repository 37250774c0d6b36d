"""An SMTP server that keeps every message and delivers none."""

import asyncio
import email
import email.policy
import itertools
import logging
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape

from aiosmtpd.smtp import SMTP

log = logging.getLogger("sandbox")
LIMIT = 35 * 1024 * 1024
HREF = re.compile(r"""<a\b[^>]*?\bhref\s*=\s*("([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
BARE = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass
class Attachment:
    """A file of a message; inline pictures are among them."""

    name: str
    type: str
    content: bytes
    cid: str | None = None


@dataclass
class Message:
    """One e-mail as it was received. ``to`` are the envelope's recipients: who really gets it."""

    id: int
    sender: str
    to: list
    subject: str
    date: datetime
    text: str
    html: str
    headers: dict
    raw: bytes
    attachments: list = field(default_factory=list)

    @property
    def links(self):
        """:return: the addresses that a reader could follow, each once, in their order"""
        found = [
            unescape(next(part for part in match[1:] if part)) for match in HREF.findall(self.html) if any(match[1:])
        ]
        if not found:
            found = [link.rstrip(".,;:!?") for link in BARE.findall(self.text)]
        return list(dict.fromkeys(found))

    def to_json(self):
        """:return: the message as the control API shows it"""
        return {
            "id": self.id,
            "from": self.sender,
            "to": self.to,
            "subject": self.subject,
            "date": self.date.isoformat(),
            "text": self.text,
            "html": self.html,
            "links": self.links,
            "headers": self.headers,
            "attachments": [
                {"name": item.name, "size": len(item.content), "type": item.type} for item in self.attachments
            ],
        }


class Mailbox:
    """The newest thousand messages."""

    def __init__(self):
        self.messages = deque(maxlen=1000)
        self.ids = itertools.count(1)

    def add(self, raw, recipients, sender):
        """Read a message and keep it.

        :param raw: the bytes as received
        :param recipients: envelope recipients
        :param sender: envelope sender, used when the message has no From
        """
        number = next(self.ids)
        try:
            message = read(raw, number, recipients, sender)
        except Exception:  # noqa: BLE001 Python's parser raises nearly anything on broken mail, and no mail may get lost
            log.warning("Message %s is broken: it is shown as it came", number)
            text = raw.decode("utf-8", "replace")
            subject = "(a message that cannot be read)"
            message = Message(number, sender or "", list(recipients), subject, datetime.now(UTC), text, "", {}, raw)
        self.messages.append(message)
        return message

    def find(self, to=""):
        """:return: messages to an address (a part of it is enough), newest first"""
        wanted = to.strip().lower()
        return [m for m in reversed(self.messages) if any(wanted in address.lower() for address in m.to)]

    def get(self, number):
        return next((m for m in self.messages if m.id == number), None)


def read(raw, number, recipients, sender):
    """:return: the Message of a well-formed mail"""
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    message = Message(
        id=number,
        sender=str(parsed["From"] or sender or ""),
        to=list(recipients),
        subject=str(parsed["Subject"] or ""),
        date=sent_at(parsed),
        text=body(parsed, "plain"),
        html=body(parsed, "html"),
        headers={name: str(value) for name, value in parsed.items()},
        raw=raw,
    )
    texts = {id(part) for part in (parsed.get_body(("plain",)), parsed.get_body(("html",))) if part}
    for part in parsed.walk():
        if not part.is_multipart() and id(part) not in texts:
            message.attachments.append(attachment(part, len(message.attachments) + 1))
    return message


def sent_at(parsed):
    """:return: the Date header as aware UTC, or now when it is missing or nonsense"""
    try:
        moment = parsedate_to_datetime(parsed["Date"])
    except (TypeError, ValueError):
        return datetime.now(UTC)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def body(parsed, kind):
    """:return: the text of the message's plain or html part, empty without one"""
    part = parsed.get_body((kind,))
    if part is None or part.get_content_maintype() != "text":
        return ""
    try:
        return part.get_content()
    except (LookupError, UnicodeError):
        return (part.get_payload(decode=True) or b"").decode("utf-8", "replace")


def attachment(part, number):
    """:return: the Attachment of a leaf part"""
    content = part.get_payload(decode=True) or b""
    name = part.get_filename() or f"part-{number}"
    cid = (part["Content-ID"] or "").strip().strip("<>") or None
    return Attachment(str(name), part.get_content_type(), content, cid)


class Handler:
    """aiosmtpd's hooks."""

    def __init__(self, world):
        self.world = world

    async def handle_DATA(self, _server, _session, envelope):
        self.world.mailbox.add(envelope.original_content or envelope.content, envelope.rcpt_tos, envelope.mail_from)
        return "250 2.0.0 Kept by the sandbox, delivered to nobody"


async def serve(world):
    """Start listening.

    :return: the asyncio server; its port is in ``world.smtp_port``
    """
    loop = asyncio.get_running_loop()

    def protocol():
        return SMTP(Handler(world), data_size_limit=LIMIT, enable_SMTPUTF8=True, ident="SIRE sandbox", loop=loop)

    server = await loop.create_server(protocol, world.settings.host, world.settings.smtp_port)
    world.smtp_port = server.sockets[0].getsockname()[1]
    return server
