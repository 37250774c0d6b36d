"""Personal identification numbers of the Kenya Revenue Authority. Pure functions."""

import re

_PIN = re.compile(r"[A-Z][0-9]{9}[A-Z]")


def clean_pin(raw):
    """:param str raw: such as ``p 051-234567 x``
    :return: such as ``P051234567X``; what was typed when it is no PIN
    :rtype: str
    """
    pin = re.sub(r"[\s.\-/]", "", raw).upper()
    return pin if is_pin(pin) else raw.strip()


def is_pin(pin):
    """Tell whether a text has a PIN's form: a letter (A a person, P an organisation), nine digits, a letter.

    The last letter is a check letter whose rule the authority does not publish.

    :rtype: bool
    """
    return bool(_PIN.fullmatch(pin or ""))
