"""The control API for money outside of prompts: customers' payments, confirmations, results, the books, the switches."""

from dataclasses import asdict
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from . import customer, people
from .control import body_of, control, world_of
from .ledger import Movement, NotEnough
from .phones import canonical
from .sends import Sending


def merchant_of(world, data):
    """:return: the merchant named by ``shortcode``: pay bill, store or till number; the pay bill when it is left out"""
    number = str(data.get("shortcode") or world.settings.shortcode)
    found = world.settings.merchants.get(number) or world.settings.payee(number)
    if not found:
        raise ValueError(f"There is no shortcode {number}.")
    return found


def whole(data, name):
    """:return: a whole number, which may be below 0"""
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} must be a whole number of shillings.")
    return value


def part(data, name):
    """:return: an object within the body, empty without one"""
    value = data.get(name) or {}
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be an object.")
    return value


def moment(data):
    """:return: the aware datetime of ``at``, None without one"""
    if data.get("at") is None:
        return None
    try:
        found = datetime.fromisoformat(str(data["at"]))
    except ValueError:
        found = None
    if not found or found.tzinfo is None:
        raise ValueError("at must be a time with its offset, as 2026-11-20T23:15:00+03:00.")
    return found


async def pay(request):
    """A customer's payment as if typed on the phone with the right PIN."""
    world, data = world_of(request), await body_of(request)
    if not data.get("phone"):
        raise ValueError("phone is missing.")
    phone, amount, at = canonical(data["phone"]), whole(data, "amount"), moment(data)
    kind, number = data.get("kind"), str(data.get("shortcode") or world.settings.shortcode)
    if kind not in (None, "paybill", "till"):
        raise ValueError("kind must be paybill or till.")
    if kind is None:
        kind = merchant_of(world, data).kind
    reference = str(data.get("reference", ""))
    if kind == "paybill" and not 1 <= len(reference.strip()) <= 20:
        raise ValueError("reference must have 1 to 20 characters: the phone asks for it.")
    names = people.person(data.get("names"), phone)
    how = Sending.from_json({"of": "confirmation"} | part(data, "confirmation")) if "confirmation" in data else None
    answer = {"receipt": None, "refused": None, "code": None, "validation": None, "confirmation": None}
    try:
        movement, answer["validation"] = await customer.pay(
            world, phone, kind, number, amount, reference.strip(), names=names, at=at
        )
    except customer.Refused as refusal:
        asked = [r for r in world.sends.records if r["of"] == "validation"] if refusal.code else []
        return answer | {"refused": refusal.sentence, "code": refusal.code, "validation": asked[-1] if asked else None}
    answer["receipt"] = movement.receipt
    task = world.spawn(customer.confirm(world, movement, how))
    if data.get("wait", True):
        records = await task
        answer["confirmation"] = records[0] if records else None
    return answer


async def confirm(request):
    """Send a confirmation again, with ``changes`` in it, or any ``body`` at all; waits, returns the record."""
    world, data = world_of(request), await body_of(request)
    movement = world.ledger.receipts.get(str(data.get("receipt", "")))
    if data.get("receipt") and not movement:
        raise HTTPException(404, "No such receipt.")
    if not movement and "body" not in data:
        raise ValueError("Give the receipt of a payment, or a body.")
    shortcode = movement.shortcode if movement else merchant_of(world, data).shortcode
    registered = world.registrations.get(shortcode)
    url = data.get("url") or (registered and registered.confirmation)
    if not url:
        raise ValueError(f"No ConfirmationURL is registered for {shortcode}.")
    body = data["body"] if "body" in data else customer.notification(world, movement) | part(data, "changes")
    about = {"receipt": movement.receipt if movement else None, "shortcode": shortcode}
    return await world.sends.post("confirmation", str(url), body, **about)


async def urls(request):
    return {shortcode: asdict(found) for shortcode, found in world_of(request).registrations.items()}


async def clear_urls(request):
    """What the owner does in the organisation portal before other addresses can be registered in production."""
    world, wanted = world_of(request), request.query_params.get("shortcode")
    for shortcode in [wanted] if wanted else list(world.registrations):
        world.registrations.pop(shortcode, None)


async def ledger(request):
    """The books of all shortcodes, or of one, in the order of booking."""
    world, wanted = world_of(request), request.query_params.get("shortcode")
    books = {}
    for shortcode, merchant in world.settings.merchants.items():
        if wanted in (None, shortcode, merchant.party_b):
            rows = [movement.to_json() for movement in world.ledger.movements[shortcode]]
            books[shortcode] = {"balance": world.ledger.balances[shortcode], "movements": rows}
    return JSONResponse(books)


async def bank(request):
    """Money from the organisation's bank (above 0), or to it (below)."""
    world, data = world_of(request), await body_of(request)
    merchant, amount = merchant_of(world, data), whole(data, "amount")
    now = moment(data) or world.now()
    note = "Organization Settlement to Bank" if amount < 0 else "Funds received from Bank"
    receipt = world.book.new_receipt(now)
    try:
        world.ledger.book(
            Movement(receipt, merchant.shortcode, merchant.kind == "till", "bank", amount, now, now, note=note)
        )
    except NotEnough:
        raise ValueError("There is not so much on the organisation's account.") from None
    return {"receipt": receipt, "balance": world.ledger.balances[merchant.shortcode]}


async def sends(request):
    """What was posted besides the callbacks of prompts, oldest first."""
    wanted = request.query_params
    found = [
        record
        for record in world_of(request).sends.records
        if all(str(record.get(name)) == value for name, value in wanted.items())
    ]
    return JSONResponse(found)


async def send_next(request):
    data = await body_of(request)
    how = Sending.from_json(data)
    world_of(request).sends.queued[data["of"]].append(how)


async def send_default(request):
    data = await body_of(request)
    world_of(request).sends.defaults[data.get("of")] = Sending.from_json(data)


async def release(request):
    """Send what ``reordered`` holds back."""
    world = world_of(request)
    for kind in list(world.sends.held):
        await world.sends.release(kind)


async def options(request):
    return world_of(request).options.to_json()


async def set_options(request):
    world, data = world_of(request), await body_of(request)
    world.options = world.options.changed(data, world.settings.merchants)
    return world.options.to_json()


routes = [
    control("/control/c2b", "POST", pay),
    control("/control/c2b/confirm", "POST", confirm),
    control("/control/c2b/urls", "GET", urls),
    control("/control/c2b/urls", "DELETE", clear_urls),
    control("/control/ledger", "GET", ledger),
    control("/control/ledger", "POST", bank),
    control("/control/sends", "GET", sends),
    control("/control/sends/next", "POST", send_next),
    control("/control/sends/default", "POST", send_default),
    control("/control/sends/release", "POST", release),
    control("/control/options", "GET", options),
    control("/control/options", "POST", set_options),
]
