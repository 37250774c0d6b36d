"""Style sheets as wkhtmltopdf reads them."""

import re

_MEDIA = re.compile(r"@media\s*([^{;]+)\{")
_LEAST = re.compile(r"\(\s*min-(?:device-)?width\s*:\s*(?!0(?:px|em|rem)?\s*\))[^)]*\)|\(\s*width\s*>=?[^)]*\)")
_MOST = re.compile(r"\(\s*max-(?:device-)?width\s*:[^)]*\)")


def narrow(text):
    """The host's reports were made for a window of no width: what asks for a least width never applies, what asks for a
    most width always does. Chromium would ask how wide the paper is, and lay reports out in another way.

    :param str text: a style sheet
    :return: it with its questions about width answered
    """
    return _MEDIA.sub(lambda match: f"@media {_answered(match[1])}{{", text)


def _answered(condition):
    parts = []
    for part in condition.split(","):
        parts.append("not all" if _LEAST.search(part) else _MOST.sub("(min-width: 0)", part.strip()))
    return ", ".join(parts)
