"""The gateway in front of every Daraja endpoint: faults, tokens, error bodies, the list of calls."""

import asyncio
import json
import uuid

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

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


async def authorised(request, world):
    """What every endpoint but OAuth begins with: a living token, then a JSON object.

    :raise ApiError: without either
    :return: (body, aware datetime of now)
    """
    now = world.now()
    world.tokens.check(request.headers.get("authorization", ""), now)
    body = await read_json(request)
    if not isinstance(body, dict):
        raise ApiError(400, "400.002.05", "Invalid Request Payload")
    return body, now


def request_number(random):
    """:return: an id as the gateway gives them, ``7619-37765134-1``"""
    return f"{random.randrange(1000, 99999)}-{random.randrange(10_000_000, 99_999_999)}-1"


async def unknown(request):
    """Any other address of the API."""
    return error_response(uuid.uuid4().hex[:12], ApiError(404, "404.001.01", "Resource not found"))


unknown_routes = [
    Route("/oauth/{rest:path}", unknown, methods=METHODS),
    Route("/mpesa/{rest:path}", unknown, methods=METHODS),
    Route("/pulltransactions/{rest:path}", unknown, methods=METHODS),
]
