"""Who is behind a phone, and how much of that an organisation is shown. Pure."""

import hashlib
from dataclasses import dataclass

FIRST = ("JANE", "PETER", "MARY", "JOHN", "GRACE", "BRIAN", "FAITH", "KEVIN", "LUCY", "SAMUEL")
MIDDLE = ("WANJIKU", "OTIENO", "ACHIENG", "KIPRONO", "NJERI", "MUTUA", "", "CHEBET", "HASSAN", "")
LAST = ("KAMAU", "OCHIENG", "WAMBUI", "MWANGI", "KOECH", "NDUNGU", "ODHIAMBO")


@dataclass(frozen=True)
class Person:
    """A customer's three names; each can be empty."""

    first: str = ""
    middle: str = ""
    last: str = ""

    def __str__(self):
        return " ".join(name for name in (self.first, self.middle, self.last) if name)


def person_of(phone):
    """:return: the owner of a phone, always the same one"""
    number = int(phone)
    return Person(FIRST[number % 10], MIDDLE[number // 10 % 10], LAST[number % 7])


def person(value, phone):
    """Read the names that a test gives.

    :param value: None (the phone's usual owner), a text (``"Jane Wanjiku Doe"``, ``""`` for nobody) or an object
        with ``first``, ``middle``, ``last``
    :raise ValueError: with a sentence
    """
    if value is None:
        return person_of(phone)
    if isinstance(value, str):
        words = value.split()
        middle = " ".join(words[1:-1])
        return Person(words[0] if words else "", middle, words[-1] if len(words) > 1 else "")
    if isinstance(value, dict) and set(value) <= {"first", "middle", "last"}:
        if all(isinstance(name, str) for name in value.values()):
            return Person(**value)
    raise ValueError("names must be a text, or an object with the texts first, middle and last.")


def masked(phone):
    """:return: ``25470****149``"""
    return f"{phone[:5]}****{phone[-3:]}"


def shown(phone, form):
    """:param form: ``masked``, ``hashed`` (SHA-256) or ``plain``"""
    if form == "hashed":
        return hashlib.sha256(phone.encode()).hexdigest()
    return phone if form == "plain" else masked(phone)
