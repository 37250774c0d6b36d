"""B2C: the organisation pays a customer."""

from . import checks, texts
from .clock import EAT
from .commands import Command, Failed, route
from .ledger import Movement, NotEnough
from .people import person_of


def check(body, settings):
    """:return: amount and the phone that gets it"""
    return {
        "amount": checks.whole_amount(body, settings.maximum_amount),
        "phone": checks.digits(body, "PartyB", checks.PHONE.pattern),
    }


def execute(world, job, now):
    """Move the money.

    :raise Failed: 8 the customer's wallet would be too full, 1 balance too low
    """
    book, merchant, amount, phone = world.book, job.merchant, job.values["amount"], job.values["phone"]
    if book.balance(phone) + amount > world.settings.maximum_wallet:
        raise Failed("8")
    receipt, till = book.new_receipt(now), merchant.kind == "till"
    movement = Movement(receipt, merchant.shortcode, till, "b2c", -amount, now, now, phone, person_of(phone))
    movement.conversation = job.ids
    try:
        world.ledger.book(movement)
    except NotEnough:
        raise Failed("1") from None
    job.receipt = receipt
    book.wallets[phone] = book.balance(phone) + amount
    book.tell(phone, texts.received(receipt, amount, merchant.name, now, book.balance(phone)), now)
    return [
        ("TransactionReceipt", receipt),
        ("TransactionAmount", amount),
        ("ReceiverPartyPublicName", f"{phone} - {movement.person}"),
        ("TransactionCompletedDateTime", now.astimezone(EAT).strftime("%d.%m.%Y %H:%M:%S")),
        ("B2CUtilityAccountAvailableFunds", float(world.ledger.balances[merchant.shortcode])),
        ("B2CWorkingAccountAvailableFunds", 0.0),
        ("B2CChargesPaidAccountAvailableFunds", 0.0),
        ("B2CRecipientIsRegisteredCustomer", "Y"),
    ]


command = Command(
    "b2c",
    "/mpesa/b2c/v3/paymentrequest",
    ("BusinessPayment", "SalaryPayment", "PromotionPayment"),
    "PartyA",
    check=check,
    execute=execute,
    moves=True,
    initiator="InitiatorName",
    occasion="Occassion",
    own_id=True,
)
routes = [route(command)]
