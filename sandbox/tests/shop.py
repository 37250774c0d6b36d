"""A shop's server: takes whatever is posted to it, path by path, and answers as a test says."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .client import PATIENCE

ACCEPT = {"ResultCode": "0", "ResultDesc": "Accepted"}


class Shop:
    """What came in, in order; ``answers`` by path is a JSON body, bytes, or a number of seconds of silence."""

    def __init__(self):
        self.posts, self.answers = [], {}
        self.arrived, self.over = threading.Condition(), threading.Event()
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                with shop.arrived:
                    shop.posts.append((self.path, json.loads(raw), time.monotonic()))
                    shop.arrived.notify_all()
                answer = shop.answers.get(self.path, ACCEPT)
                if isinstance(answer, int | float):
                    shop.over.wait(answer)
                    answer = ACCEPT
                status = 500 if answer == b"broken" else 200
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def at(self, path):
        """:return: the bodies that came to a path so far"""
        return [body for where, body, _at in self.posts if where == path]

    def wait(self, path, count=1):
        """:return: the bodies that came to a path, once there are ``count``"""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.at(path)) >= count, PATIENCE), (
                f"{len(self.at(path))} of {count} came to {path}, all: {self.posts}"
            )
        return self.at(path)

    def close(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def shop():
    found = Shop()
    yield found
    found.close()


def post(daraja, path, body):
    """:return: the response of a Daraja endpoint"""
    return daraja.http.post(path, json=body, headers=daraja.headers())


def register(daraja, shop, version="v2", **changes):
    """Register a shop's addresses for the pay bill.

    :return: the response
    """
    body = {
        "ShortCode": "174379",
        "ResponseType": "Completed",
        "ConfirmationURL": f"{shop.url}/confirm",
        "ValidationURL": f"{shop.url}/validate",
    }
    return post(daraja, f"/mpesa/c2b/{version}/registerurl", body | changes)


def pay(daraja, **changes):
    """:return: what the control API says about a customer's payment"""
    data = {"phone": "0712345678", "amount": 500, "reference": "INV00012"} | changes
    return daraja.control("POST", "/control/c2b", **data)


def books(daraja, shortcode="174379"):
    return daraja.control("GET", f"/control/ledger?shortcode={shortcode}")[shortcode]
