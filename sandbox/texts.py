"""The text messages that a phone gets from M-PESA. Pure."""

from .behaviour import OK
from .clock import spoken


def money(amount):
    return f"Ksh{amount:,.2f}"


def paid(receipt, amount, business, account, at, balance):
    """:param account: the account number of a pay bill, None for a till"""
    target = f" for account {account}" if account is not None else ""
    return (
        f"{receipt} Confirmed. {money(amount)} paid to {business}{target} on {spoken(at)}. "
        f"New M-PESA balance is {money(balance)}."
    )


def no_money(amount, business, balance):
    return (
        f"Failed. You do not have enough money in your M-PESA account to pay {money(amount)} to "
        f"{business}. Your M-PESA balance is {money(balance)}."
    )


def wrong_pin(amount, business):
    return f"You have entered the wrong PIN. {money(amount)} was not paid to {business}."


def received(receipt, amount, business, at, balance):
    return (
        f"{receipt} Confirmed. You have received {money(amount)} from {business} on {spoken(at)}. "
        f"New M-PESA balance is {money(balance)}."
    )


def given_back(receipt, original, amount, business, at, balance):
    return (
        f"{receipt} Confirmed. Transaction {original} has been reversed on {spoken(at)} and {money(amount)} from "
        f"{business} is credited to your M-PESA account. New M-PESA balance is {money(balance)}."
    )


def of_prompt(prompt, balance):
    """:return: what the payer reads about the result of a prompt, or None when the network sends nothing"""
    if prompt.code == OK:
        account = prompt.reference if prompt.kind == "paybill" else None
        return paid(prompt.receipt, prompt.amount, prompt.business, account, prompt.answered, balance)
    if prompt.code == "1":
        return no_money(prompt.amount, prompt.business, balance)
    if prompt.code == "2001":
        return wrong_pin(prompt.amount, prompt.business)
    return None
