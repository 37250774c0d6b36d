"""``python -m sandbox``: start the sandbox and say where it is."""

import logging
import socket
import sys

import uvicorn

from .app import create_app
from .settings import parse


def main(argv=None):
    """:return: exit status"""
    settings, verbose = parse(argv)
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(asctime)s %(message)s")
    try:
        sock = listen(settings.host, settings.port)
        listen(settings.host, settings.smtp_port).close()
    except OSError as error:
        print(f"The sandbox cannot listen: {error}. Choose other ports with --port and --smtp-port.", file=sys.stderr)
        return 1
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="on",
        log_level="info" if verbose else "warning",
        timeout_graceful_shutdown=1,
    )
    server = Server(config, f"http://{settings.host}:{sock.getsockname()[1]}")
    server.run(sockets=[sock])
    return 0 if server.started else 1


def listen(host, port):
    """:return: a bound socket"""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay off only where the protocol is named: without it every answer takes 40 ms.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


class Server(uvicorn.Server):
    """Says where it is, once it is there."""

    def __init__(self, config, url):
        super().__init__(config)
        self.url = url

    async def startup(self, sockets=None):
        await super().startup(sockets=sockets)
        world = self.config.app.state.world
        print(
            f"Sandbox on {self.url} (phone {self.url}/phone, inbox {self.url}/inbox), SMTP on port {world.smtp_port}",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
