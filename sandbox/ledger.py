"""The organisation's books: every shilling that came or went, by shortcode. Pure, no clock and no network of its own."""

from collections import defaultdict
from dataclasses import asdict, dataclass

from .clock import EAT
from .people import Person, masked

IN = ("stk", "c2b")


class NotEnough(Exception):
    """The organisation's balance is too low."""


@dataclass
class Movement:
    """One booked movement of money.

    :param kind: ``stk``, ``c2b``, ``reversal``, ``b2c`` or ``bank``
    :param amount: whole shillings, above 0 when the organisation got them
    :param at: when it was completed, aware
    :param reference: the account number that the payer typed, empty for a till
    :param linked: receipt of the movement that a reversal gives back
    :param conversation: ids under which a command asked for it
    :param given_back: shillings of it that were reversed since
    """

    receipt: str
    shortcode: str
    till: bool
    kind: str
    amount: int
    at: object
    initiated: object
    phone: str = ""
    person: Person = Person()
    reference: str = ""
    linked: str = ""
    conversation: tuple = ()
    third_party: str = ""
    given_back: int = 0
    note: str = ""

    @property
    def reason(self):
        """:return: the organisation portal's Reason Type"""
        if self.kind in IN:
            online = " Online" if self.kind == "stk" else ""
            return f"Customer Merchant Payment{online}" if self.till else f"Pay Bill{online}"
        if self.kind == "reversal":
            return "Merchant Payment Reversal" if self.till else "Pay Bill Reversal"
        return "Business Payment to Customer via API" if self.kind == "b2c" else self.note

    @property
    def payer(self):
        """:return: ``25471****678 - JANE WANJIKU KAMAU``, empty for the bank"""
        return f"{masked(self.phone)} - {self.person}".rstrip(" -") if self.phone else ""

    @property
    def details(self):
        """:return: what the organisation portal writes into Details"""
        if self.kind in IN:
            what = "Merchant Payment" if self.till else "Pay Bill"
            account = f" Acc. {self.reference}" if not self.till else ""
            return f"{what}{' Online' if self.kind == 'stk' else ''} from {self.payer}{account}"
        if self.kind == "reversal":
            return f"Reversal of {self.linked} to {self.payer}"
        return f"Business Payment to {self.payer}" if self.kind == "b2c" else self.note

    def to_json(self):
        """:return: the movement as the control API shows it"""
        data = asdict(self) | {"at": self.at.isoformat(), "initiated": self.initiated.isoformat()}
        return data | {"reason": self.reason, "payer": self.payer}


class Ledger:
    """All movements, and what they add up to."""

    def __init__(self):
        self.movements = defaultdict(list)
        self.balances = defaultdict(int)
        self.receipts = {}

    def book(self, movement):
        """Write a movement down.

        :raise NotEnough: when it takes more than there is
        """
        if self.balances[movement.shortcode] + movement.amount < 0:
            raise NotEnough
        self.balances[movement.shortcode] += movement.amount
        self.movements[movement.shortcode].append(movement)
        self.receipts[movement.receipt] = movement
        if movement.kind == "reversal":
            self.receipts[movement.linked].given_back -= movement.amount
        return movement

    def find(self, shortcode, receipt):
        """:return: a movement of this shortcode, or None"""
        found = self.receipts.get(receipt)
        return found if found and found.shortcode == shortcode else None

    def conversation(self, shortcode, identifier):
        """:return: the movement that a command or a push with this id made, or None"""
        return next((m for m in self.movements[shortcode] if identifier in m.conversation), None)

    def lines(self, shortcode):
        """:return: [(movement, balance after it)], in the order of their times"""
        balance, found = 0, []
        for movement in sorted(self.movements[shortcode], key=lambda one: one.at):
            balance += movement.amount
            found.append((movement, balance))
        return found

    def spent(self, phone, now):
        """:return: what this phone paid on the day of ``now`` in Nairobi, to all organisations"""
        day = now.astimezone(EAT).date()
        return sum(
            movement.amount
            for movements in self.movements.values()
            for movement in movements
            if movement.kind in IN and movement.phone == phone and movement.at.astimezone(EAT).date() == day
        )
