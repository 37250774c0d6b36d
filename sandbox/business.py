"""What the organisation sees in its M-Pesa portal: balance, statement, registered addresses."""

from dataclasses import replace
from datetime import date

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from . import statement
from .pages import live, page, part, world_of

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def merchant_of(request):
    """:return: the merchant of ``?shortcode=``, the first one without it"""
    settings = world_of(request).settings
    wanted = request.query_params.get("shortcode", settings.shortcode)
    found = settings.merchants.get(wanted) or settings.payee(wanted)
    if not found:
        raise HTTPException(404, f"There is no shortcode {wanted}.")
    return found


def rows_of(world, merchant):
    """:return: the newest movements with the balance after each"""
    return {"lines": world.ledger.lines(merchant.shortcode)[::-1][:200], "balance": balance_of(world, merchant)}


def balance_of(world, merchant):
    return world.ledger.balances[merchant.shortcode]


async def business(request):
    """The statement of one shortcode, newest first."""
    world, merchant = world_of(request), merchant_of(request)
    rows, version = part("_statement.html", **rows_of(world, merchant))
    return page(
        request,
        "business.html",
        merchant=merchant,
        merchants=world.settings.merchants.values(),
        registered=world.registrations.get(merchant.shortcode),
        validation=merchant.shortcode in world.options.validation,
        rows=rows,
        rows_version=version,
    )


async def business_rows(request):
    """The part that polls."""
    return live(request, "_statement.html", **rows_of(world_of(request), merchant_of(request)))


async def change(request):
    """Delete the registered addresses, or ask Safaricom to switch validation on or off."""
    world, merchant, form = world_of(request), merchant_of(request), await request.form()
    others = [code for code in world.options.validation if code != merchant.shortcode]
    if form.get("action") == "delete":
        world.registrations.pop(merchant.shortcode, None)
    elif form.get("action") == "validate":
        world.options = replace(world.options, validation=(*others, merchant.shortcode))
    elif form.get("action") == "trust":
        world.options = replace(world.options, validation=tuple(others))
    return RedirectResponse(f"/business?shortcode={merchant.shortcode}", 303)


def day(request, name):
    """:return: a date of the address, None without one"""
    value = request.query_params.get(name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise HTTPException(400, f"'{value}' is no date: write it as 2026-11-20.") from None


async def download(request):
    """The statement as a file; ``?from=`` and ``?to=`` are days in Nairobi."""
    world, merchant = world_of(request), merchant_of(request)
    lines = world.ledger.lines(merchant.shortcode)
    sheet = statement.rows(merchant, lines, world.now(), day(request, "from"), day(request, "to"))
    ending = request.path_params["ending"]
    if ending not in ("csv", "xlsx"):
        raise HTTPException(404, "The statement is there as csv and as xlsx.")
    content = statement.as_csv(sheet) if ending == "csv" else statement.as_xlsx(sheet)
    name = f"ORG_{merchant.party_b}_Statement.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type="text/csv" if ending == "csv" else SHEET, headers=headers)


routes = [
    Route("/business", business, methods=["GET"]),
    Route("/business", change, methods=["POST"]),
    Route("/business/rows", business_rows),
    Route("/business/statement.{ending}", download),
]
