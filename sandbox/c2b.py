"""C2B endpoints: registering addresses, and the simulation that Safaricom's own sandbox has."""

from starlette.background import BackgroundTask
from starlette.responses import JSONResponse

from . import checks, customer
from .checks import ApiError
from .gateway import authorised, endpoint, request_number

RESPONSE_TYPES = ("Completed", "Cancelled")
COMMANDS = {"CustomerPayBillOnline": "paybill", "CustomerBuyGoodsOnline": "till"}


def merchant_of(settings, body, field="ShortCode"):
    """:return: the merchant of a shortcode; a till is known by its own number too"""
    number = checks.digits(body, field)
    found = settings.merchants.get(number) or settings.payee(number)
    if not found:
        raise checks.invalid(field)
    return found


def answer(world, code, description):
    """:return: the body of an accepted call; its id is spelt as the service spells it, and rightly"""
    number = request_number(world.book.random)
    return {
        "OriginatorCoversationID": number,
        "OriginatorConversationID": number,
        "ResponseCode": code,
        "ResponseDescription": description,
    }


async def register(request, world):
    """Register the addresses of a shortcode: again and again here, once only in production."""
    body, _now = await authorised(request, world)
    merchant = merchant_of(world.settings, body)
    if body.get("ResponseType") not in RESPONSE_TYPES:
        raise checks.invalid("ResponseType")
    urls = [
        checks.callback_url(body, world.settings.http_hosts, field) for field in ("ConfirmationURL", "ValidationURL")
    ]
    if world.options.production and merchant.shortcode in world.registrations:
        raise ApiError(500, "500.003.1001", "Urls are already registered")
    world.registrations[merchant.shortcode] = customer.Registration(body["ResponseType"], *urls)
    return JSONResponse(answer(world, world.options.register_code, "Success"))


async def simulate(request, world):
    """A payment as if a customer had typed it; there is no such thing in production."""
    body, _now = await authorised(request, world)
    if world.options.production:
        raise ApiError(404, "404.001.01", "Resource not found")
    merchant = merchant_of(world.settings, body)
    kind = COMMANDS.get(body.get("CommandID"))
    if not kind:
        raise checks.invalid("CommandID")
    if kind != merchant.kind:
        raise checks.invalid("ShortCode")
    amount = checks.whole_amount(body, world.settings.maximum_amount)
    phone = checks.digits(body, "Msisdn", checks.PHONE.pattern)
    reference = "" if kind == "till" else checks.text(body, "BillRefNumber", 20)

    async def run():
        try:
            movement, _validation = await customer.pay(world, phone, kind, merchant.party_b, amount, reference)
        except customer.Refused:
            return
        await customer.confirm(world, movement, how)

    how = world.sends.take("confirmation")
    accepted = answer(world, "0", "Accept the service request successfully.")
    if how.sends == "before_answer":
        await run()
        return JSONResponse(accepted)

    async def later():
        world.spawn(run())

    return JSONResponse(accepted, background=BackgroundTask(later))


routes = [
    *(endpoint("c2b_register", f"/mpesa/c2b/{v}/registerurl", "POST", register) for v in ("v1", "v2")),
    *(endpoint("c2b_simulate", f"/mpesa/c2b/{v}/simulate", "POST", simulate) for v in ("v1", "v2")),
]
