"""The phone: a page on which a person sees the prompt and types a PIN, cancels or ignores it."""

import re

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from .behaviour import NAMES, Behaviour
from .pages import live, page, part, world_of
from .phones import canonical
from .prompts import AlreadyAnswered

OFF = Behaviour(code=NAMES["unreachable"], delay=3)


async def phones(request):
    """Choose a phone: those that had prompts, or any number."""
    world = world_of(request)
    number = request.query_params.get("number", "")
    message = None
    if number:
        try:
            return RedirectResponse(f"/phone/{canonical(number)}", 303)
        except ValueError as wrong:
            message = str(wrong)
    rows, rows_version = part("_phones.html", rows=rows_of(world))
    return page(
        request,
        "phones.html",
        400 if message else 200,
        rows=rows,
        rows_version=rows_version,
        number=number,
        message=message,
    )


def rows_of(world):
    """:return: each phone with its prompts, the latest first"""
    return [{"phone": phone, "prompts": world.book.of(phone)} for phone in world.book.phones()]


async def phones_list(request):
    """The part of the list that polls."""
    return live(request, "_phones.html", rows=rows_of(world_of(request)))


def number_of(request):
    try:
        return canonical(request.path_params["number"])
    except ValueError as wrong:
        raise HTTPException(404, str(wrong)) from None


def own_payments(world, phone):
    """:return: [(movement, records of its confirmations)], what was paid from the phone's own menu, the latest first"""
    found = [m for m in world.ledger.receipts.values() if m.phone == phone and m.kind == "c2b"][-20:]
    sent = [r for r in world.sends.records if r["of"] == "confirmation"] if found else []
    return [(movement, [r for r in sent if r.get("receipt") == movement.receipt]) for movement in reversed(found)]


def screen_values(world, phone):
    """:return: what the phone shows now"""
    book = world.book
    prompt = book.open_for(phone)
    left = max(round((prompt.expires - world.now()).total_seconds()), 0) if prompt else 0
    return {
        "phone": phone,
        "prompt": prompt,
        "left": left,
        "own": own_payments(world, phone),
        "paying": world.paying[phone],
        "off": book.defaults.get(phone) == OFF,
        "texts": book.texts[phone][::-1][:20],
        "history": book.of(phone)[:20],
        "balance": book.balance(phone),
        "pin": world.settings.pin,
    }


async def handset(request, message=None):
    """One phone."""
    phone = number_of(request)
    if request.path_params["number"] != phone:
        return RedirectResponse(f"/phone/{phone}", 303)
    values = screen_values(world_of(request), phone) | {"message": message}
    screen, _ = part("_screen.html", **values)
    # The version leaves the complaint out, so that polling does not wipe it (and a half-typed PIN) away.
    _, screen_version = part("_screen.html", **values | {"message": None})
    log, log_version = part("_history.html", **values)
    return page(
        request,
        "phone.html",
        400 if message else 200,
        screen=screen,
        screen_version=screen_version,
        log=log,
        log_version=log_version,
        **values,
    )


async def screen(request):
    """The part of the page that polls."""
    return live(request, "_screen.html", **screen_values(world_of(request), number_of(request)), message=None)


async def history(request):
    """What happened, for the panel beside the phone; it polls too."""
    return live(request, "_history.html", **screen_values(world_of(request), number_of(request)))


async def act(request):
    """A tap on the prompt. A prompt that ended meanwhile changes nothing: the page shows what became of it."""
    world, phone, form = world_of(request), number_of(request), await request.form()
    prompt = world.book.prompts.get(str(form.get("prompt", "")))
    action, pin = form.get("action"), str(form.get("pin", "")).strip()
    if not prompt or prompt.phone != phone or prompt.state != "open":
        return RedirectResponse(f"/phone/{phone}", 303)
    if action == "send" and not re.fullmatch(r"[0-9]{4}", pin):
        return await handset(request, "The PIN has four digits.")
    try:
        if action == "send":
            world.book.answer_pin(prompt, pin, world.now())
        elif action == "cancel":
            world.book.answer(prompt, NAMES["cancelled"], world.now())
        else:
            prompt.ignored = action == "ignore"
    except AlreadyAnswered:
        pass
    if prompt.state == "answered":
        world.spawn(world.notify(prompt))
    return RedirectResponse(f"/phone/{phone}", 303)


async def power(request):
    """Switch the phone off (pushes end with 1037) or on again."""
    book, phone, form = world_of(request).book, number_of(request), await request.form()
    if form.get("power") == "off":
        book.defaults[phone] = OFF
    elif book.defaults.get(phone) == OFF:
        del book.defaults[phone]
    return RedirectResponse(f"/phone/{phone}", 303)


async def wallet(request):
    """Set how much money the phone has."""
    book, phone, form = world_of(request).book, number_of(request), await request.form()
    typed = str(form.get("balance", "")).replace(",", "").strip()
    if not re.fullmatch(r"[0-9]{1,6}", typed) or int(typed) > 500_000:
        return await handset(request, "A wallet holds 0 to 500,000 shillings, whole numbers only.")
    book.wallets[phone] = int(typed)
    return RedirectResponse(f"/phone/{phone}", 303)


routes = [
    Route("/phone", phones),
    Route("/phone/list", phones_list),
    Route("/phone/{number}", handset, methods=["GET"]),
    Route("/phone/{number}", act, methods=["POST"]),
    Route("/phone/{number}/screen", screen),
    Route("/phone/{number}/history", history),
    Route("/phone/{number}/power", power, methods=["POST"]),
    Route("/phone/{number}/wallet", wallet, methods=["POST"]),
]
