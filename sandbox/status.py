"""Transaction status: what became of a receipt, or of a conversation."""

from . import checks
from .clock import stamp
from .commands import Command, Failed, identifier, route


def check(body, _settings):
    """:return: the receipt or the conversation that is asked for; one of them must be there"""
    identifier(body, "IdentifierType", "4")
    receipt, conversation = body.get("TransactionID"), body.get("OriginalConversationID")
    if not receipt and not conversation:
        raise checks.invalid("TransactionID")
    for name, value in (("TransactionID", receipt), ("OriginalConversationID", conversation)):
        if value is not None and not isinstance(value, str):
            raise checks.invalid(name)
    return {"receipt": receipt, "conversation": conversation}


def execute(world, job, _now):
    """:raise Failed: R000002 when this organisation has no such transaction"""
    shortcode, values = job.merchant.shortcode, job.values
    found = (
        world.ledger.find(shortcode, values["receipt"])
        if values["receipt"]
        else world.ledger.conversation(shortcode, values["conversation"])
    )
    if not found:
        raise Failed("R000002")
    organisation, customer = f"{job.merchant.party_b} - {job.merchant.name}", f"{found.phone} - {found.person}"
    debit, credit = (customer, organisation) if found.amount > 0 else (organisation, customer)
    return [
        ("ReceiptNo", found.receipt),
        ("TransactionStatus", "Completed"),
        ("Amount", abs(found.amount)),
        ("FinalisedTime", int(stamp(found.at))),
        ("InitiatedTime", int(stamp(found.initiated))),
        ("DebitPartyName", debit),
        ("CreditPartyName", credit),
        ("ReasonType", found.reason),
        ("TransactionReason", ""),
        ("DebitAccountType", "MMF Account For Customer" if found.amount > 0 else "Utility Account"),
        ("DebitPartyCharges", ""),
        ("OriginatorConversationID", found.conversation[0] if found.conversation else ""),
        ("ConversationID", found.conversation[1] if len(found.conversation) > 1 else ""),
    ]


command = Command(
    "status", "/mpesa/transactionstatus/v1/query", ("TransactionStatusQuery",), "PartyA", check=check, execute=execute
)
routes = [route(command)]
