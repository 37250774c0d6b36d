"""The control API: what tests tell the outside world to do, and what they ask it afterwards."""

import json

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .behaviour import OK, Behaviour, result_code
from .phones import canonical
from .prompts import AlreadyAnswered


def world_of(request):
    return request.app.state.world


async def body_of(request):
    """:return: the JSON object of the request, empty without a body"""
    raw = await request.body()
    try:
        data = json.loads(raw) if raw else {}
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise ValueError("The body must be a JSON object.")
    return data


def control(path, method, work):
    """A route whose ValueErrors are answered as 400 with their sentence."""

    async def serve(request):
        try:
            answer = await work(request)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        except AlreadyAnswered:
            return JSONResponse({"error": "This prompt has its result already."}, 409)
        return answer if isinstance(answer, Response) else JSONResponse({"ok": True} if answer is None else answer)

    return Route(path, serve, methods=[method])


async def health(request):
    world = world_of(request)
    return {
        "status": "ok",
        "smtp_port": world.smtp_port,
        "shortcode": world.settings.shortcode,
        "prompts": len(world.book.prompts),
        "messages": len(world.mailbox.messages),
    }


async def reset(request):
    world_of(request).reset()


def target(data):
    """:return: the phone that a behaviour is for, None for every phone"""
    return canonical(data["phone"]) if data.get("phone") else None


async def set_next(request):
    data = await body_of(request)
    world_of(request).book.queued[target(data)].append(Behaviour.from_json(data))


async def set_default(request):
    data = await body_of(request)
    world_of(request).book.defaults[target(data)] = Behaviour.from_json(data)


async def set_wallet(request):
    data = await body_of(request)
    balance = data.get("balance")
    if isinstance(balance, bool) or not isinstance(balance, int) or balance < 0:
        raise ValueError("balance must be a whole number of shillings, 0 or more.")
    if not data.get("phone"):
        raise ValueError("phone is missing.")
    world_of(request).book.wallets[canonical(data["phone"])] = balance


async def prompts(request):
    book, phone = world_of(request).book, request.query_params.get("phone")
    found = book.of(canonical(phone)) if phone else list(reversed(book.prompts.values()))
    return JSONResponse([prompt.to_json() for prompt in found])


def prompt_of(request):
    prompt = world_of(request).book.prompts.get(request.path_params["id"])
    if not prompt:
        raise HTTPException(404, "No such prompt.")
    return prompt


async def prompt(request):
    return prompt_of(request).to_json()


async def answer(request):
    """Answer for the person; the callback goes out beside, ``wait`` waits for it.

    ``overturn`` takes a failure back first: the network can say failed, and the money moves all the same.
    """
    world, found, data = world_of(request), prompt_of(request), await body_of(request)
    code = result_code(data.get("result"))
    if data.get("overturn"):
        if code != OK or found.code in (None, OK):
            raise ValueError("Only a failure can be overturned, and only by success.")
        found.code = None
    world.book.answer(found, code, world.now())
    task = world.spawn(world.notify(found))
    if data.get("wait"):
        await task
    return found.to_json()


async def callback(request):
    """Send the callback (again), or any ``body`` in its place; waits and returns what came back."""
    world, found, data = world_of(request), prompt_of(request), await body_of(request)
    if found.state == "open" and "body" not in data:
        raise ValueError("This prompt has no result yet: answer it first.")
    return await world.deliver(found, data.get("body"))


async def faults(request):
    world_of(request).faults.add(await body_of(request))


async def list_faults(request):
    return JSONResponse(world_of(request).faults.to_json())


async def expire(request):
    world_of(request).tokens.expire((await body_of(request)).get("code"))


async def calls(request):
    wanted = request.query_params.get("endpoint")
    return JSONResponse([call for call in world_of(request).calls if wanted in (None, call["endpoint"])])


async def messages(request):
    found = world_of(request).mailbox.find(request.query_params.get("to", ""))
    return JSONResponse([message.to_json() for message in found])


def message_of(request):
    message = world_of(request).mailbox.get(request.path_params["id"])
    if not message:
        raise HTTPException(404, "No such message.")
    return message


async def message(request):
    return message_of(request).to_json()


async def message_attachment(request):
    """One attachment, counted from 0 as in the message's list."""
    files, number = message_of(request).attachments, request.path_params["n"]
    if number >= len(files):
        raise HTTPException(404, "No such attachment.")
    return file_response(files[number])


def file_response(item):
    """:return: a download that no browser runs"""
    name = item.name.encode("ascii", "replace").decode().replace('"', "'").replace("\r", " ").replace("\n", " ")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(item.content, media_type=item.type, headers=headers)


async def clear_messages(request):
    world_of(request).mailbox.messages.clear()


routes = [
    control("/health", "GET", health),
    control("/control/reset", "POST", reset),
    control("/control/next", "POST", set_next),
    control("/control/default", "POST", set_default),
    control("/control/wallet", "POST", set_wallet),
    control("/control/prompts", "GET", prompts),
    control("/control/prompts/{id}", "GET", prompt),
    control("/control/prompts/{id}/answer", "POST", answer),
    control("/control/prompts/{id}/callback", "POST", callback),
    control("/control/faults", "POST", faults),
    control("/control/faults", "GET", list_faults),
    control("/control/token/expire", "POST", expire),
    control("/control/calls", "GET", calls),
    control("/control/messages", "GET", messages),
    control("/control/messages", "DELETE", clear_messages),
    control("/control/messages/{id:int}", "GET", message),
    control("/control/messages/{id:int}/attachments/{n:int}", "GET", message_attachment),
]
