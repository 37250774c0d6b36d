"""The day's limit holds for prompts too, and money is neither made nor lost, whatever happens."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import customer, payout, reversal
from sandbox.commands import Job, execute
from sandbox.ledger import IN
from sandbox.sends import Sending
from sandbox.settings import Settings
from sandbox.world import World

from .client import PHONE
from .shop import books, pay
from .test_handset import tap

PHONES = ("254712345678", "254110000001")


def test_prompt_above_the_limit_of_the_day(daraja, receiver):
    for amount in (250_000, 249_600):
        daraja.control("POST", "/control/wallet", phone=PHONE, balance=500_000)
        assert pay(daraja, amount=amount)["receipt"]
    tap(daraja, daraja.push_ok(receiver.url, Amount=401), "send", pin="1234")
    assert receiver.wait()[0]["ResultCode"] == 4
    tap(daraja, daraja.push_ok(receiver.url, Amount=400), "send", pin="1234")
    assert receiver.wait(2)[1]["ResultCode"] == 0
    assert books(daraja)["balance"] == 500_000


def prompt(world, phone, amount):
    merchant, now = world.settings.merchants["174379"], world.now()
    found = world.book.open(merchant, phone, amount, now, reference="A", description="A", callback_url="x")
    world.book.answer_pin(found, "1234", now)


def command(world, part, number, **values):
    merchant = world.settings.merchants["174379"]
    execute(world, Job(part.command, merchant, values, Sending(), None, "x", "x", (f"own-{number}", f"AG-{number}")))


def step(world, number, action, phone, amount):
    if action == "c2b":
        try:
            asyncio.run(customer.pay(world, phone, "paybill", "174379", amount, "A"))
        except customer.Refused:
            pass
    elif action == "stk":
        prompt(world, phone, amount)
    elif action == "b2c":
        command(world, payout, number, amount=amount, phone=phone)
    else:
        paid = [movement.receipt for movement in world.ledger.receipts.values()]
        command(world, reversal, number, amount=amount, receipt=paid[amount % len(paid)] if paid else "X")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(("c2b", "stk", "b2c", "reversal")), st.sampled_from(PHONES), st.integers(1, 260_000)),
        max_size=25,
    )
)
def test_money_is_neither_made_nor_lost(steps):
    world = World(Settings())
    for number, (action, phone, amount) in enumerate(steps):
        step(world, number, action, phone, amount)
        wallets = sum(world.book.balance(one) for one in PHONES)
        assert wallets + world.ledger.balances["174379"] == 2 * world.settings.balance
        movements = world.ledger.movements["174379"]
        assert world.ledger.balances["174379"] == sum(movement.amount for movement in movements) >= 0
        assert all(0 <= world.book.balance(one) <= world.settings.maximum_wallet for one in PHONES)
        for paid in (movement for movement in movements if movement.kind in IN):
            back = -sum(m.amount for m in movements if m.linked == paid.receipt)
            assert paid.given_back == back <= paid.amount
        assert len({movement.receipt for movement in movements}) == len(movements)
