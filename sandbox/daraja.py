"""Daraja's endpoints: OAuth, STK push, STK query. They follow the contract, not any client of it."""

import asyncio
import json
import uuid

from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import checks
from .behaviour import RESULTS
from .checks import ApiError

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Hangup(Response):
    """No answer at all: the connection is cut without a byte."""

    async def __call__(self, scope, receive, send):
        cut = scope.get("sandbox.hangup")
        if not cut:
            raise ConnectionAbortedError("The sandbox hangs up here.")
        cut()
        while (await receive())["type"] != "http.disconnect":
            pass


def error_response(request_id, error):
    """:return: the contract's error body"""
    body = {"requestId": request_id, "errorCode": error.code, "errorMessage": error.message}
    return JSONResponse(body, error.status)


def endpoint(name, path, method, work):
    """Wrap an endpoint with what all share: faults, error bodies, the list of calls.

    :param name: its name in the control API
    :param work: ``async (request, world) -> Response``, may raise ApiError
    """

    async def serve(request):
        world = request.app.state.world
        request_id = f"{uuid.uuid4().hex[:4]}-{uuid.uuid4().int % 10**8:08d}-1"
        fault = world.faults.take(name)
        call = {"endpoint": name, "at": world.now().isoformat(), "fault": fault and fault.kind, "error": None}
        world.calls.append(call)
        if fault and fault.kind == "lost_answer":
            response = await answer(request, world, request_id, call)
            if response.background:
                await response.background()
        elif fault and not fault.hangs:
            response = fault.response(request_id)
            call["status"] = response.status_code
            return response
        if fault:
            await hang(request, fault.pause)
            call["status"] = None
            return Hangup()
        return await answer(request, world, request_id, call)

    async def answer(request, world, request_id, call):
        try:
            if request.method != method:
                raise ApiError(405, "405.001", "Method Not Allowed")
            response = await work(request, world)
        except ApiError as error:
            call["error"] = error.code
            response = error_response(request_id, error)
        call["status"] = response.status_code
        return response

    return Route(path, serve, methods=METHODS)


async def hang(request, seconds):
    """Keep the caller waiting until the time is over or it gives up."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while loop.time() < until and not await request.is_disconnected():
        await asyncio.sleep(0.05)


async def read_json(request):
    """:raise ApiError: when the body is no JSON"""
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError):
        raise ApiError(400, "400.002.05", "Invalid Request Payload") from None


async def oauth(request, world):
    header, grant = request.headers.get("authorization", ""), request.query_params.get("grant_type")
    return JSONResponse(world.tokens.issue(header, grant, world.now()))


async def stk_push(request, world):
    """Accept a push; the prompt's own timers start when the answer is out."""
    now = world.now()
    world.tokens.check(request.headers.get("authorization", ""), now)
    merchant, values, forced = checks.push(await read_json(request), world.settings, now)
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
    now = world.now()
    world.tokens.check(request.headers.get("authorization", ""), now)
    merchant, checkout_id = checks.query(await read_json(request), world.settings, now)
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


async def unknown(request):
    """Any other address of the API."""
    return error_response(uuid.uuid4().hex[:12], ApiError(404, "404.001.01", "Resource not found"))


routes = [
    endpoint("oauth", "/oauth/v1/generate", "GET", oauth),
    endpoint("stkpush", "/mpesa/stkpush/v1/processrequest", "POST", stk_push),
    endpoint("query", "/mpesa/stkpushquery/v1/query", "POST", stk_query),
    Route("/oauth/{rest:path}", unknown, methods=METHODS),
    Route("/mpesa/{rest:path}", unknown, methods=METHODS),
]
