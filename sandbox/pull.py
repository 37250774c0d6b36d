"""Pull transactions: what came in over the last 48 hours."""

from datetime import UTC, datetime, timedelta

from starlette.responses import JSONResponse

from . import checks
from .c2b import merchant_of
from .clock import EAT
from .gateway import authorised, endpoint, request_number
from .ledger import IN

REACH = timedelta(hours=48)


def moment(body, field):
    """:return: ``YYYY-MM-DD HH:MM:SS`` of East Africa Time as an aware datetime"""
    try:
        return datetime.strptime(checks.text(body, field), "%Y-%m-%d %H:%M:%S").replace(tzinfo=EAT)
    except ValueError:
        raise checks.invalid(field) from None


def written(at, form):
    """:return: trxDate, ISO 8601"""
    if form == "utc":
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return at.astimezone(EAT).replace(tzinfo=EAT if form == "offset" else None).isoformat(timespec="seconds")


async def register(request, world):
    """Register a shortcode; a second time says 1001 and changes nothing."""
    body, _now = await authorised(request, world)
    merchant = merchant_of(world.settings, body)
    if body.get("RequestType") != "Pull":
        raise checks.invalid("RequestType")
    checks.digits(body, "NominatedNumber", checks.PHONE.pattern)
    checks.callback_url(body, world.settings.http_hosts)
    known = merchant.shortcode in world.pulls
    world.pulls.add(merchant.shortcode)
    return JSONResponse(
        {
            "ResponseRefID": request_number(world.book.random),
            "ResponseStatus": "1001" if known else "1000",
            "ShortCode": str(body["ShortCode"]),
            "ResponseDescription": "ShortCode already Registered" if known else "ShortCode Registered Successfully",
        }
    )


async def query(request, world):
    """List customers' payments; what lies further back than 48 hours is left out."""
    body, now = await authorised(request, world)
    merchant = merchant_of(world.settings, body)
    start, end = moment(body, "StartDate"), moment(body, "EndDate")
    skip = int(checks.digits(body, "OffSetValue", r"\d{1,6}"))
    if end < start:
        raise checks.invalid("EndDate")
    if merchant.shortcode not in world.pulls:
        raise checks.invalid("ShortCode")
    start = max(start, now - REACH)
    movements = [
        movement
        for movement, _balance in world.ledger.lines(merchant.shortcode)
        if movement.kind in IN and start <= movement.at.replace(microsecond=0) <= end
    ][skip : skip + world.options.pull_page]
    answer = {
        "ResponseRefID": request_number(world.book.random),
        "ResponseCode": "1000" if movements else "1001",
        "ResponseMessage": "Success" if movements else "No transactions found",
        "Response": [[row(world, merchant, movement) for movement in movements]] if movements else [],
    }
    return JSONResponse(answer)


def row(world, merchant, movement):
    """:return: one payment"""
    return {
        "transactionId": movement.receipt,
        "trxDate": written(movement.at, world.options.pull_dates),
        "msisdn": int(movement.phone),
        "sender": str(movement.person),
        "transactiontype": "c2b-buy-goods-debit" if movement.till else "c2b-pay-bill-debit",
        "billreference": movement.reference,
        "amount": f"{movement.amount:.2f}",
        "organizationname": merchant.name,
    }


routes = [
    endpoint("pull_register", "/pulltransactions/v1/register", "POST", register),
    endpoint("pull", "/pulltransactions/v1/query", "POST", query),
]
