"""A customer types a pay bill or till number: validation, money, text message, confirmation."""

import json
from dataclasses import dataclass

from . import texts
from .clock import stamp
from .ledger import Movement
from .people import person, person_of, shown

VALIDATION = {
    "C2B00011": "The phone number is not accepted.",
    "C2B00012": "The account number is not accepted.",
    "C2B00013": "The amount is not accepted.",
    "C2B00014": "Your details are not accepted.",
    "C2B00015": "The business number is not accepted.",
    "C2B00016": "The payment is not accepted.",
}


@dataclass(frozen=True)
class Registration:
    """Addresses that an organisation registered; ``response_type`` decides when validation does not answer."""

    response_type: str
    confirmation: str
    validation: str


class Refused(Exception):
    """The payment was not made; the money is where it was.

    :param sentence: what the phone says
    :param code: validation code, None when M-Pesa itself refused
    """

    def __init__(self, sentence, code=None):
        super().__init__(sentence)
        self.sentence, self.code = sentence, code


def payee(settings, number, kind):
    """Find who is paid.

    :param number: what the customer typed (the store number of a till is known here too)
    :param kind: ``paybill`` or ``till``
    :raise Refused: nobody has this number
    """
    found = settings.payee(number) or settings.merchants.get(number)
    if not found or found.kind != kind:
        what = "business number" if kind == "paybill" else "till number"
        raise Refused(f"Failed. The {what} {number} does not exist.")
    return found


def check_money(world, merchant, phone, amount, at):
    """:raise Refused: limits or the wallet do not allow it"""
    settings, balance = world.settings, world.book.balance(phone)
    if not 1 <= amount <= settings.maximum_amount:
        raise Refused(f"Failed. A payment is Ksh1 to Ksh{settings.maximum_amount:,}.")
    if world.ledger.spent(phone, at) + amount > settings.daily_amount:
        raise Refused(f"Failed. You would exceed the daily limit of Ksh{settings.daily_amount:,}.")
    if balance < amount:
        raise Refused(texts.no_money(amount, merchant.name, balance))


def notification(world, movement, how=None):
    """Build the body of a confirmation.

    :param how: the Sending that may report another amount or show the phone otherwise
    """
    options, merchant = world.options, world.settings.merchants[movement.shortcode]
    amount = movement.amount if how is None or how.amount is None else how.amount
    owner = movement.person if options.names == "given" else person("", movement.phone)
    return {
        "TransactionType": "Buy Goods" if movement.till else "Pay Bill",
        "TransID": movement.receipt,
        "TransTime": stamp(movement.at),
        "TransAmount": f"{amount:.2f}" if options.amounts == "10.00" else f"{amount:g}",
        "BusinessShortCode": merchant.party_b if options.till == "till" else merchant.shortcode,
        "BillRefNumber": movement.reference,
        "InvoiceNumber": "",
        "OrgAccountBalance": f"{world.ledger.balances[movement.shortcode]:.2f}",
        "ThirdPartyTransID": movement.third_party,
        "MSISDN": shown(movement.phone, how.msisdn if how and how.msisdn else options.msisdn),
        "FirstName": owner.first,
        "MiddleName": owner.middle,
        "LastName": owner.last,
    }


async def validate(world, movement):
    """Ask the organisation, when validation is switched on and an address is registered.

    :raise Refused: it says no, or it says nothing and registered "Cancelled"
    :return: the record of the question, None when nothing was asked; the movement gets its ThirdPartyTransID
    """
    registered = world.registrations.get(movement.shortcode)
    if not registered or movement.shortcode not in world.options.validation:
        return None
    body = notification(world, movement) | {"OrgAccountBalance": ""}
    limit = world.settings.validation_timeout
    record = await world.sends.post(
        "validation", registered.validation, body, timeout=limit, receipt=movement.receipt, shortcode=movement.shortcode
    )
    code, third_party = verdict(record)
    if code == "0":
        movement.third_party = third_party
    elif code is None and registered.response_type == "Cancelled":
        raise Refused("Failed. The business could not be asked. Try again later.")
    elif code is not None:
        raise Refused(f"Failed. {VALIDATION.get(code, VALIDATION['C2B00016'])}", code)
    return record


def verdict(record):
    """:return: (ResultCode as a text, None when that was no answer; ThirdPartyTransID)"""
    try:
        answer = json.loads(record.get("answer") or "")
        code, third_party = answer["ResultCode"], answer.get("ThirdPartyTransID") or ""
    except (ValueError, TypeError, KeyError):
        return None, ""
    if record["status"] != 200 or not isinstance(code, int | str) or isinstance(code, bool):
        return None, ""
    return ("0" if str(code).strip("0") == "" else str(code)), str(third_party)


async def pay(world, phone, kind, number, amount, reference="", *, names=None, at=None):
    """Do what M-Pesa does after the right PIN.

    :param amount: whole shillings
    :param names: the payer's Person, None for the phone's usual owner
    :param at: when, None for now
    :raise Refused: with what the phone says; it got that as a text message too
    :return: (movement, record of the validation or None)
    """
    now = at or world.now()
    try:
        merchant = payee(world.settings, number, kind)
        check_money(world, merchant, phone, amount, now)
        movement = Movement(
            receipt=world.book.new_receipt(now),
            shortcode=merchant.shortcode,
            till=kind == "till",
            kind="c2b",
            amount=amount,
            at=now,
            initiated=now,
            phone=phone,
            person=names or person_of(phone),
            reference="" if kind == "till" else reference,
        )
        validation = await validate(world, movement)
        check_money(
            world, merchant, phone, amount, now
        )  # something else may have been paid while the business was asked
    except Refused as refusal:
        world.book.tell(phone, refusal.sentence, world.now())
        raise
    world.book.wallets[phone] = world.book.balance(phone) - amount
    world.ledger.book(movement)
    account = movement.reference if kind == "paybill" else None
    balance = world.book.balance(phone)
    world.book.tell(phone, texts.paid(movement.receipt, amount, merchant.name, account, now, balance), world.now())
    return movement, validation


async def confirm(world, movement, how=None):
    """Post the confirmation, when an address is registered.

    :return: the records, empty when nothing was sent
    """
    registered = world.registrations.get(movement.shortcode)
    if not registered:
        return []
    how = how or world.sends.take("confirmation")
    body = notification(world, movement, how)
    about = {"receipt": movement.receipt, "shortcode": movement.shortcode}
    return await world.sends.send("confirmation", registered.confirmation, body, how, **about)
