"""Reversal: give a customer's payment back, all of it or a part."""

from . import checks, texts
from .balance import account, main_account
from .clock import stamp
from .commands import Command, Failed, identifier, route
from .ledger import IN, Movement, NotEnough


def check(body, settings):
    """:return: receipt and amount; the field is spelt RecieverIdentifierType"""
    identifier(body, "RecieverIdentifierType", "11")
    return {
        "receipt": checks.text(body, "TransactionID"),
        "amount": checks.whole_amount(body, settings.maximum_amount),
    }


def execute(world, job, now):
    """Move the money back.

    :raise Failed: R000002 no such payment, R000001 nothing left to give back, 2028 more than is left, 1 balance too
        low, 8 the customer's wallet would be too full
    """
    ledger, book, merchant, amount = world.ledger, world.book, job.merchant, job.values["amount"]
    original = ledger.find(merchant.shortcode, job.values["receipt"])
    if not original or original.kind not in IN:
        raise Failed("R000002")
    left = original.amount - original.given_back
    if left <= 0:
        raise Failed("R000001")
    if amount > left:
        raise Failed("2028")
    phone = original.phone
    if book.balance(phone) + amount > world.settings.maximum_wallet:
        raise Failed("8")
    receipt = book.new_receipt(now)
    till = original.till
    movement = Movement(receipt, merchant.shortcode, till, "reversal", -amount, now, now, phone, original.person)
    movement.linked, movement.reference, movement.conversation = original.receipt, original.reference, job.ids
    try:
        ledger.book(movement)
    except NotEnough:
        raise Failed("1") from None
    job.receipt = receipt
    book.wallets[phone] = book.balance(phone) + amount
    text = texts.given_back(receipt, original.receipt, amount, merchant.name, now, book.balance(phone))
    book.tell(phone, text, now)
    return [
        ("OriginalTransactionID", original.receipt),
        ("Amount", str(amount)),
        ("TransCompletedTime", stamp(now)),
        ("Charge", "0"),
        ("CreditPartyPublicName", f"{phone} - {original.person}"),
        ("DebitPartyPublicName", f"{merchant.party_b} - {merchant.name}"),
        ("DebitAccountBalance", account(main_account(merchant), ledger.balances[merchant.shortcode])),
    ]


command = Command(
    "reversal",
    "/mpesa/reversal/v1/request",
    ("TransactionReversal",),
    "ReceiverParty",
    check=check,
    execute=execute,
    moves=True,
    text_code=True,
)
routes = [route(command)]
