"""Kenyan phone numbers: stored as E.164, shown as people write them. Pure functions.

The sentences of the errors are translated when they are turned into text: ``str(error)`` where ``self.env`` is.
"""

import re
import unicodedata

import phonenumbers

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__, default_lang="en_US")
COUNTRY_CODE = "254"
_MOBILE = re.compile(r"[71]\d{8}")
_DECORATION = re.compile(r"[\s().\-/\u2010-\u2015\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]+")
_HIDDEN = "\u2022"


def parse_kenyan_phone(raw):
    """Read a Kenyan number in any usual written form.

    Numbers that start with 7 or 1 are taken as mobile without asking the number plan: the regulator opens new
    ranges before the libraries know them. Any other number has to be one that the number plan has.

    :param str raw: such as ``0712 345 678``, ``0110-123456``, ``712345678``, ``+254 (0) 712 345678``, ``254712345678``
    :return: E.164, such as ``+254712345678``
    :rtype: str
    :raise ValueError: with a sentence for the person who typed it
    """
    text = unicodedata.normalize("NFKC", raw) if isinstance(raw, str) else ""
    digits = _DECORATION.sub("", text)
    if not digits:
        raise ValueError(_lt("Type a phone number, such as 0712 345 678."))
    international = digits.startswith("+")
    digits = digits.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(_lt("“%s” is not a phone number: use digits, such as 0712 345 678.", _shorten(text)))
    if not international and digits.startswith("00"):
        # 00 and 000 both stand for the plus sign, depending on the phone
        international, digits = True, digits.lstrip("0")
    if digits.startswith(COUNTRY_CODE) and (international or len(digits) >= 12):
        national = digits[len(COUNTRY_CODE) :].removeprefix("0")
    elif international:
        raise ValueError(_lt("“%s” is not a Kenyan number: it has to start with 07, 01 or +254.", _shorten(text)))
    else:
        national = digits.removeprefix("0")
    if not _is_national(national):
        raise ValueError(_lt("“%s” is not a Kenyan phone number: write it like 0712 345 678.", _shorten(text)))
    return f"+{COUNTRY_CODE}{national}"


def is_mobile(e164):
    """Tell a mobile number, which can have M-Pesa, from a landline.

    :param str e164: such as ``+254712345678``
    :rtype: bool
    """
    return bool(e164) and bool(re.fullmatch(rf"\+{COUNTRY_CODE}{_MOBILE.pattern}", e164))


def format_kenyan_phone(e164):
    """Write a stored number as people in Kenya do; a foreign one as ``+44 20 7946 0958``.

    :param str e164: such as ``+254712345678``
    :return: such as ``0712 345 678``; the text itself when it is not E.164
    :rtype: str
    """
    if is_mobile(e164):
        national = "0" + e164[-9:]
        return f"{national[:4]} {national[4:7]} {national[7:]}"
    try:
        number = phonenumbers.parse(e164 or "")
    except phonenumbers.NumberParseException:
        return e164 or ""
    kenyan = str(number.country_code) == COUNTRY_CODE
    style = phonenumbers.PhoneNumberFormat.NATIONAL if kenyan else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def mask_phone(e164):
    """Show enough of a number for its owner to know it, and not enough for anyone else to call it.

    :param str e164: such as ``+254712345678``
    :return: such as ``07•• ••• 678``
    :rtype: str
    """
    shown = format_kenyan_phone(e164)
    if is_mobile(e164):
        return f"{shown[:2]}{_HIDDEN * 2} {_HIDDEN * 3} {shown[-3:]}"
    hide = max(len(shown) - 3, 0)
    return re.sub(r"\w", _HIDDEN, shown[:hide]) + shown[hide:]


def _is_national(national):
    """:param str national: digits behind +254"""
    if _MOBILE.fullmatch(national):
        return True
    if not re.fullmatch(r"\d{7,9}", national) or national[0] in "71":
        return False
    number = phonenumbers.PhoneNumber(country_code=int(COUNTRY_CODE), national_number=int(national))
    return phonenumbers.is_valid_number(number) and not national.startswith("0")


def _shorten(text):
    text = text.strip()
    return text if len(text) <= 25 else text[:24] + "…"
