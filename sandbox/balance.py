"""Account balance: what the organisation has at M-Pesa."""

from .clock import stamp
from .commands import Command, identifier, route


def check(body, _settings):
    identifier(body, "IdentifierType", "4")
    return {}


def account(name, amount):
    """:return: one account as the service writes it: name, currency, current, available, reserved, uncleared"""
    return f"{name}|KES|{amount:.2f}|{amount:.2f}|0.00|0.00"


def main_account(merchant):
    """:return: the account into which customers' payments go"""
    return "Merchant Account" if merchant.kind == "till" else "Utility Account"


def execute(world, job, now):
    amount = world.ledger.balances[job.merchant.shortcode]
    others = ("Charges Paid Account", "Organization Settlement Account")
    accounts = [account("Working Account", 0), account(main_account(job.merchant), amount)]
    value = "&".join(accounts + [account(name, 0) for name in others])
    return [("AccountBalance", value), ("BOCompletedTime", int(stamp(now)))]


command = Command(
    "balance",
    "/mpesa/accountbalance/v1/query",
    ("AccountBalance",),
    "PartyA",
    check=check,
    execute=execute,
    occasion=None,
)
routes = [route(command)]
