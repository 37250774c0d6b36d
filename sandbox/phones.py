"""Kenyan numbers as people type them, for the pages and the control API (Daraja itself takes one form only)."""

import re

from .checks import PHONE


def canonical(raw):
    """:return: ``2547XXXXXXXX`` or ``2541XXXXXXXX``

    :raise ValueError: with a sentence
    """
    digits = re.sub(r"[\s().+-]", "", str(raw))
    if re.fullmatch(r"0[17]\d{8}", digits, re.ASCII):
        digits = "254" + digits[1:]
    elif re.fullmatch(r"[17]\d{8}", digits, re.ASCII):
        digits = "254" + digits
    if not re.fullmatch(PHONE, digits) or not digits.isascii():
        raise ValueError(f"'{raw}' is no Kenyan mobile number. Write it as 0712 345 678.")
    return digits


def pretty(phone):
    """:return: ``0712 345 678``"""
    return f"0{phone[3:6]} {phone[6:9]} {phone[9:]}"
