"""Text that is stored or shown to staff. Pure functions."""

import re

_SECRET = re.compile(
    r"(?i)((?:bearer|basic)\s+|(?:passw(?:or)?d|passkey|secret|token|key|credential)s?[\"']?\s*[:=]\s*[\"']?)[^\s\"'&,;]+"
)
_LONG_RUN = re.compile(r"[A-Za-z0-9+/_\-=]{33,}")


def storable(text):
    """Drop what PostgreSQL cannot store in a text: NUL characters and lone surrogates.

    :param str text: anything that came from outside
    :rtype: str
    """
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def safe_error(error, limit=500):
    """Put an exception in words for staff, without anything that looks like a credential.

    :param error: an exception, or a sentence
    :param int limit: characters kept
    :rtype: str
    """
    text = str(error).strip() or type(error).__name__
    text = _SECRET.sub(r"\1•••", storable(text))
    text = _LONG_RUN.sub("•••", text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
