"""Text that is stored or shown to staff. Pure functions."""

import re

# "password=x", "passkey: x", "'Password': 12", "(mpesa_passkey)=(x)", "Bearer x", "Invalid Access Token - x"
_SECRET = re.compile(
    r"(?i)((?:bearer|basic)\s+"
    r"|(?:passw(?:or)?d|passkey|secret|token|key|credential)s?[\"')\]]*\s*(?:[:=]|=>|\s-\s)\s*[\"'(\[]*)[^\s\"'&,;)\]]+"
)
_LONG_RUN = re.compile(r"[A-Za-z0-9+/_\-=]{33,}")
# as random texts look: 20 characters and more, with small letters, capitals and digits mixed
_RANDOM_RUN = re.compile(r"(?<![\w+/=-])(?!ws_CO_)(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Z])(?=[\w+/=-]*[a-z])[\w+/=-]{20,}")
_NUMBER = re.compile(r"(?<![\w*•])\+?\d{6,}(\d{3})(?![\w*•])")  # phone numbers, cards, accounts


def storable(text):
    """Drop what PostgreSQL cannot store in a text: NUL characters and lone surrogates.

    :param str text: anything that came from outside
    :rtype: str
    """
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def hide_secrets(text):
    """Cover what looks like a credential, and all but the last three digits of long numbers.

    :param str text: from outside, or of an exception
    :rtype: str
    """
    text = _SECRET.sub(r"\1•••", storable(text))
    text = _LONG_RUN.sub("•••", text)
    text = _RANDOM_RUN.sub("•••", text)
    return _NUMBER.sub(r"•••\1", text)


def safe_error(error, limit=500):
    """Put an exception in words for staff, without anything that looks like a credential or a phone number.

    :param error: an exception, or a sentence
    :param int limit: characters kept
    :rtype: str
    """
    text = str(error).strip() or type(error).__name__
    text = hide_secrets(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
