"""Lipa na M-Pesa on the phone: the customer types pay bill or till, account, amount and PIN."""

import re

from starlette.responses import RedirectResponse
from starlette.routing import Route

from . import customer, texts
from .handset import number_of
from .pages import page, world_of

EMPTY = {"number": "", "account": "", "amount": "", "kind": "paybill"}


def typed(form):
    """:return: the form's fields as texts"""
    values = {name: str(form.get(name, "")).strip() for name in ("number", "account", "amount", "pin")}
    return values | {"kind": "till" if form.get("kind") == "till" else "paybill"}


def complaint(values):
    """:return: what a phone would not even send, in a sentence, or None"""
    till = values["kind"] == "till"
    if not re.fullmatch(r"[0-9]{5,7}", values["number"]):
        return f"A {'till' if till else 'business'} number has 5 to 7 digits."
    if not till and not 1 <= len(values["account"]) <= 20:
        return "An account number has 1 to 20 characters."
    if not re.fullmatch(r"[0-9]{1,7}", values["amount"].replace(",", "")) or int(values["amount"].replace(",", "")) < 1:
        return "The amount is a whole number of shillings, 1 or more."
    if not re.fullmatch(r"[0-9]{4}", values["pin"]):
        return "The PIN has four digits."
    return None


async def form(request, values=None, message=None):
    """The menu; ``?kind=till`` is its second half. Number, account and amount can stand in the address, as in a QR code."""
    phone = number_of(request)
    if request.path_params["number"] != phone:
        return RedirectResponse(f"/phone/{phone}/lipa", 303)
    values = values or EMPTY | {name: request.query_params[name] for name in EMPTY if name in request.query_params}
    merchants = world_of(request).settings.merchants.values()
    return page(
        request,
        "lipa.html",
        400 if message else 200,
        phone=phone,
        values=values,
        till=values["kind"] == "till",
        message=message,
        merchants=[merchant for merchant in merchants if merchant.kind == values["kind"]],
        balance=world_of(request).book.balance(phone),
    )


async def send(request):
    """Pay; what came of it is a text message on the phone, as in life."""
    world, phone, values = world_of(request), number_of(request), typed(await request.form())
    message = complaint(values)
    if message:
        return await form(request, values, message)
    amount = int(values["amount"].replace(",", ""))
    if values["pin"] != world.settings.pin:
        world.book.tell(phone, texts.wrong_pin(amount, values["number"]), world.now())
    else:
        world.paying[phone] += 1
        world.spawn(pay(world, world.paying, phone, values, amount))
    return RedirectResponse(f"/phone/{phone}", 303)


async def pay(world, paying, phone, values, amount):
    """The payment beside the page: validation may take seconds.

    :param paying: the count that the phone shows; a reset may have put another one into the world meanwhile
    """
    try:
        movement, _asked = await customer.pay(world, phone, values["kind"], values["number"], amount, values["account"])
    except customer.Refused:
        return
    finally:
        paying[phone] -= 1
    await customer.confirm(world, movement)


routes = [
    Route("/phone/{number}/lipa", form, methods=["GET"]),
    Route("/phone/{number}/lipa", send, methods=["POST"]),
]
