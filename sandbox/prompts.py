"""STK prompts from the push to the result: a pure state machine, no clock, no network of its own.

A prompt is *open* until it gets exactly one result code; after that nothing changes it any more.
"""

import itertools
import random
import string
from collections import defaultdict, deque
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from . import texts
from .behaviour import NAMES, OK, RESULTS, Behaviour, wire_code
from .clock import EAT, stamp
from .ledger import Ledger, Movement
from .people import person_of


class AlreadyAnswered(Exception):
    """The prompt has its result; results are final."""


@dataclass
class Prompt:
    """One accepted push. Times are aware datetimes, the amount is in whole shillings."""

    checkout_id: str
    merchant_id: str
    shortcode: str
    party_b: str
    kind: str
    business: str
    phone: str
    amount: int
    reference: str
    description: str
    callback_url: str
    created: datetime
    expires: datetime
    behaviour: Behaviour
    code: str | None = None
    answered: datetime | None = None
    receipt: str | None = None
    ignored: bool = False
    queries: int = 0
    deliveries: list = field(default_factory=list)

    @property
    def state(self):
        return "open" if self.code is None else "answered"

    def answer(self, code, now, receipt=None):
        """Give the prompt its one result.

        :raise AlreadyAnswered: when it has one
        """
        if self.code is not None:
            raise AlreadyAnswered(self.checkout_id)
        self.code, self.answered = code, now
        self.receipt = receipt if code == OK else None

    def callback(self):
        """:return: the body that is posted to the callback address (metadata on success only)"""
        body = {
            "MerchantRequestID": self.merchant_id,
            "CheckoutRequestID": self.checkout_id,
            "ResultCode": wire_code(self.code),
            "ResultDesc": RESULTS[self.code],
        }
        if self.code == OK:
            amount = self.amount if self.behaviour.amount is None else self.behaviour.amount
            phone = f"{self.phone[:4]}****{self.phone[-4:]}" if self.behaviour.masked else int(self.phone)
            body["CallbackMetadata"] = {
                "Item": [
                    {"Name": "Amount", "Value": float(amount)},
                    {"Name": "MpesaReceiptNumber", "Value": self.receipt},
                    {"Name": "Balance"},
                    {"Name": "TransactionDate", "Value": int(stamp(self.answered))},
                    {"Name": "PhoneNumber", "Value": phone},
                ]
            }
        return {"Body": {"stkCallback": body}}

    def movement(self):
        """:return: what a paid prompt writes into the organisation's books; the true amount, whatever is reported"""
        till = self.kind == "till"
        return Movement(
            receipt=self.receipt,
            shortcode=self.shortcode,
            till=till,
            kind="stk",
            amount=self.amount,
            at=self.answered,
            initiated=self.created,
            phone=self.phone,
            person=person_of(self.phone),
            reference="" if till else self.reference,
            conversation=(self.merchant_id,),
        )

    def to_json(self):
        """:return: the prompt as the control API shows it"""
        data = asdict(self)
        for name in ("created", "expires", "answered"):
            data[name] = data[name].isoformat() if data[name] else None
        return data | {
            "id": self.checkout_id,
            "state": self.state,
            "result_code": self.code,
            "result_desc": RESULTS.get(self.code),
            "tries": len(self.deliveries),
        }


class PromptBook:
    """All prompts, what the next ones will do, and the wallets behind the phones."""

    def __init__(self, settings, rng=None, ledger=None):
        self.settings = settings
        self.ledger = ledger or Ledger()
        self.random = rng or random.SystemRandom()
        self.prompts = {}
        self.queued = defaultdict(deque)
        self.defaults = {None: Behaviour()}
        self.wallets = {}
        self.texts = defaultdict(list)
        self.receipts = set()
        self.serial = itertools.count(self.random.randrange(10_000_000, 90_000_000))

    def take_behaviour(self, phone):
        """:return: what the next push to this phone does; queued ones are used up, the phone's own come first"""
        for key in (phone, None):
            if self.queued[key]:
                return self.queued[key].popleft()
        return self.defaults.get(phone) or self.defaults[None]

    def open_for(self, phone):
        """:return: the prompt that is open on this phone, or None"""
        return next((p for p in self.of(phone) if p.state == "open"), None)

    def of(self, phone):
        """:return: prompts of a phone, newest first"""
        return [p for p in reversed(self.prompts.values()) if p.phone == phone]

    def phones(self):
        """:return: phones that had a prompt, the latest first"""
        return list(dict.fromkeys(p.phone for p in reversed(self.prompts.values())))

    def open(self, merchant, phone, amount, now, *, reference, description, callback_url, forced=None):
        """Put a prompt on a phone.

        :param forced: result code that the network gives whatever the phone does (a wrong PartyB), or None
        """
        behaviour = self.take_behaviour(phone)
        if forced:
            behaviour = replace(behaviour, code=forced)
        number = next(self.serial)
        eat = now.astimezone(EAT)
        prompt = Prompt(
            checkout_id=f"ws_CO_{eat:%d%m%Y%H%M%S}{number % 1000:03d}{phone[3:]}",
            merchant_id=f"{self.random.randrange(1000, 99999)}-{number}-1",
            shortcode=merchant.shortcode,
            party_b=merchant.party_b,
            kind=merchant.kind,
            business=merchant.name,
            phone=phone,
            amount=amount,
            reference=reference,
            description=description,
            callback_url=callback_url,
            created=now,
            expires=now + timedelta(seconds=self.settings.expiry),
            behaviour=behaviour,
        )
        self.prompts[prompt.checkout_id] = prompt
        return prompt

    def balance(self, phone):
        """:return: whole shillings in the wallet"""
        return self.wallets.get(phone, self.settings.balance)

    def answer(self, prompt, code, now):
        """Give a prompt its result and let the wallet and the phone know.

        :raise AlreadyAnswered: when it has one
        """
        prompt.answer(code, now, self.new_receipt(now) if code == OK else None)
        if code == OK:
            self.wallets[prompt.phone] = max(self.balance(prompt.phone) - prompt.amount, 0)
            self.ledger.book(prompt.movement())
        self.tell(prompt.phone, texts.of_prompt(prompt, self.balance(prompt.phone)), now)

    def tell(self, phone, text, now):
        """Send a text message to a phone, when there is one to send."""
        if text:
            self.texts[phone].append({"at": now, "text": text})

    def answer_pin(self, prompt, pin, now):
        """What the network does with a PIN: wrong, not enough money, above the limit of a day, or paid.

        :raise AlreadyAnswered: when the prompt has its result
        """
        if pin != self.settings.pin:
            code = NAMES["wrong_pin"]
        elif self.balance(prompt.phone) < prompt.amount:
            code = NAMES["no_money"]
        elif self.ledger.spent(prompt.phone, now) + prompt.amount > self.settings.daily_amount:
            code = "4"
        else:
            code = OK
        self.answer(prompt, code, now)

    def new_receipt(self, now):
        """:return: ten characters like Safaricom's: year, month and day as letters or digits, then seven at random"""
        eat = now.astimezone(EAT)
        letters, both = string.ascii_uppercase, string.digits + string.ascii_uppercase
        head = letters[(eat.year - 2006) % 26] + letters[eat.month - 1] + both[eat.day]
        while True:
            receipt = head + "".join(self.random.choices(both, k=7))
            if receipt not in self.receipts:
                self.receipts.add(receipt)
                return receipt
