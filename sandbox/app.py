"""The ASGI application: Daraja at the root, pages, control API; SMTP beside it in the same event loop."""

from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from . import (
    balance,
    business,
    c2b,
    control,
    control_money,
    credential,
    daraja,
    gateway,
    handset,
    inbox,
    lipa,
    mail,
    pages,
    payout,
    pull,
    qr,
    reversal,
    sms,
    status,
)
from .settings import Settings
from .world import World

HERE = Path(__file__).parent


class Wire:
    """Outermost layer: gives endpoints a way to cut the connection without an answer."""

    def __init__(self, app):
        self.app = app
        self.state = app.state

    async def __call__(self, scope, receive, send):
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if scope["type"] == "http" and transport is not None:
            scope["sandbox.hangup"] = transport.abort
        await self.app(scope, receive, send)


def create_app(settings=None):
    """:return: the application; it starts and stops its SMTP server with itself"""
    world = World(settings or Settings())

    @asynccontextmanager
    async def lifespan(_app):
        await world.start()
        server = await mail.serve(world)
        try:
            yield
        finally:
            server.close()
            await world.stop()

    api = (daraja, c2b, status, reversal, balance, payout, pull, qr, sms)
    tests = (control, control_money)
    people = (pages, lipa, handset, business, inbox, credential)
    routes = [route for part in (*api, *tests, *people) for route in part.routes]
    routes += [*gateway.unknown_routes, Mount("/static", StaticFiles(directory=HERE / "static"))]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: pages.error})
    app.state.world = world
    return Wire(app)
