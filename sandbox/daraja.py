"""Daraja's first endpoints: OAuth, STK push, STK query. They follow the contract, not any client of it."""

from starlette.background import BackgroundTask
from starlette.responses import JSONResponse

from . import checks
from .behaviour import RESULTS
from .checks import ApiError
from .gateway import authorised, endpoint


async def oauth(request, world):
    header, grant = request.headers.get("authorization", ""), request.query_params.get("grant_type")
    return JSONResponse(world.tokens.issue(header, grant, world.now()))


async def stk_push(request, world):
    """Accept a push; the prompt's own timers start when the answer is out."""
    body, now = await authorised(request, world)
    merchant, values, forced = checks.push(body, world.settings, now)
    phone, amount = values.pop("phone"), values.pop("amount")
    if world.book.open_for(phone):
        text = "Unable to lock subscriber, a transaction is already in process for the current subscriber"
        raise ApiError(500, "500.001.1001", text)
    prompt = world.book.open(merchant, phone, amount, now, forced=forced, **values)
    await world.before_answer(prompt)
    body = {
        "MerchantRequestID": prompt.merchant_id,
        "CheckoutRequestID": prompt.checkout_id,
        "ResponseCode": "0",
        "ResponseDescription": "Success. Request accepted for processing",
        "CustomerMessage": "Success. Request accepted for processing",
    }
    return JSONResponse(body, background=BackgroundTask(world.after_answer, prompt))


async def stk_query(request, world):
    """Tell the result of a push; neither amount nor receipt, as the contract says."""
    body, now = await authorised(request, world)
    merchant, checkout_id = checks.query(body, world.settings, now)
    prompt = world.book.prompts.get(checkout_id)
    if not prompt or prompt.shortcode != merchant.shortcode:
        raise checks.invalid("CheckoutRequestID")
    prompt.queries += 1
    code, description = prompt.code, RESULTS.get(prompt.code)
    if prompt.state == "open":
        if prompt.behaviour.pending == "error":
            raise ApiError(500, "500.001.1001", "The transaction is being processed")
        code, description = "4999", "The transaction is still under processing"
    return JSONResponse(
        {
            "ResponseCode": "0",
            "ResponseDescription": "The service request has been accepted successfully",
            "MerchantRequestID": prompt.merchant_id,
            "CheckoutRequestID": prompt.checkout_id,
            "ResultCode": code,
            "ResultDesc": description,
        }
    )


routes = [
    endpoint("oauth", "/oauth/v1/generate", "GET", oauth),
    endpoint("stkpush", "/mpesa/stkpush/v1/processrequest", "POST", stk_push),
    endpoint("query", "/mpesa/stkpushquery/v1/query", "POST", stk_query),
]
