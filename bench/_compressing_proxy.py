"""What stands before Odoo in production and not on a bench: a proxy that compresses text, for both pages alike."""

import contextlib
import gzip
import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "server", "date"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream = ""

    def _pass_on(self):
        length = int(self.headers.get("Content-Length") or 0)
        upstream = http.client.HTTPConnection(self.upstream, timeout=120)
        upstream.request(self.command, self.path, self.rfile.read(length) or None, dict(self.headers))
        answer = upstream.getresponse()
        body = answer.read()
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
        is_text = (answer.getheader("Content-Type") or "").startswith(COMPRESSED)
        accepted = "gzip" in self.headers.get("Accept-Encoding", "")
        if is_text and accepted and len(body) > 256 and not answer.getheader("Content-Encoding"):
            body = gzip.compress(body, compresslevel=6)
            headers.append(("Content-Encoding", "gzip"))
        upstream.close()
        self.send_response(answer.status, answer.reason)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    do_GET = do_POST = do_HEAD = _pass_on

    def log_message(self, *args):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A window that was closed in the middle of an answer is no error."""


@contextlib.contextmanager
def serve(url):
    """Answers on a free port of the loopback for a server.

    :param str url: of the server, such as ``http://127.0.0.1:8069``
    :return: its own address
    """
    handler = type("Handler", (_Handler,), {"upstream": urlsplit(url).netloc})
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
