"""A real sandbox on free ports and a real receiver of callbacks, both for one test at a time."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import uvicorn

from sandbox.__main__ import listen
from sandbox.app import create_app
from sandbox.settings import Settings

from .client import PATIENCE, Daraja
from .shop import shop  # noqa: F401 (a fixture)


@contextmanager
def running(settings):
    """Start a sandbox in a thread of this process; it stops with the block."""
    sock = listen("127.0.0.1", 0)
    app = create_app(settings)
    config = uvicorn.Config(app, http="h11", ws="none", log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE
    while not server.started:
        assert time.monotonic() < until and thread.is_alive(), "the sandbox did not start"
        time.sleep(0.01)
    try:
        yield Daraja(f"http://127.0.0.1:{sock.getsockname()[1]}", app.state.world)
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@pytest.fixture(scope="session")
def _shared():
    with running(Settings(smtp_port=0)) as daraja:
        yield daraja


@pytest.fixture
def daraja(_shared):
    """A client of a sandbox that has just been reset."""
    _shared.control("POST", "/control/reset")
    _shared.token = None
    return _shared


@pytest.fixture
def make_daraja():
    """A factory of sandboxes with other settings."""
    stack = []

    def make(**values):
        manager = running(Settings(**{"smtp_port": 0} | values))
        stack.append(manager)
        return manager.__enter__()

    yield make
    for manager in stack:
        manager.__exit__(None, None, None)


class Receiver:
    """What a shop's callback address sees."""

    def __init__(self):
        self.bodies, self.status, self.pause = [], 200, 0
        self.arrived = threading.Condition()
        self.over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.arrived:
                    outer.bodies.append(
                        {
                            "path": self.path,
                            "at": time.monotonic(),
                            "from": self.client_address,
                            "json": json.loads(raw),
                        }
                    )
                    outer.arrived.notify_all()
                if outer.pause and outer.over.wait(outer.pause):
                    return
                self.send_response(outer.status)
                answer = b'{"ResultCode": 0}'
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args):
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/pay/stk/abc"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def wait(self, count=1):
        """:return: the bodies' stkCallback parts, once ``count`` are here"""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.bodies) >= count, PATIENCE), (
                f"{len(self.bodies)} of {count} callbacks came"
            )
        return [item["json"]["Body"]["stkCallback"] for item in self.bodies]


@pytest.fixture
def receiver():
    found = Receiver()
    yield found
    found.over.set()
    found.server.shutdown()
    found.server.server_close()
