"""A small client of the contract, written from the contract and not from the server."""

import base64
import time
from datetime import UTC, datetime, timedelta

import httpx

PHONE = "254712345678"
PATIENCE = 60  # seconds, which only pass when something is broken


def eat_stamp(minutes=0):
    """:return: now in East Africa Time (UTC+3), moved by some minutes"""
    return (datetime.now(UTC) + timedelta(hours=3, minutes=minutes)).strftime("%Y%m%d%H%M%S")


class Daraja:
    """Talks to one sandbox.

    :param world: its state, for the few tests that look inside
    """

    def __init__(self, url, world):
        self.url, self.world, self.token = url, world, None
        self.http = httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False)

    def control(self, method, path, **data):
        response = self.http.request(method, path, json=data or None)
        assert response.status_code == 200, response.text
        return response.json()

    def oauth(self, key="sandbox-key", secret="sandbox-secret", grant="client_credentials"):
        return self.http.get("/oauth/v1/generate", params={"grant_type": grant}, auth=(key, secret))

    def headers(self):
        if not self.token:
            self.token = self.oauth().json()["access_token"]
        return {"Authorization": f"Bearer {self.token}"}

    def credentials(self, shortcode="174379", passkey="sandbox-passkey", timestamp=None):
        timestamp = timestamp or eat_stamp()
        password = base64.b64encode(f"{shortcode}{passkey}{timestamp}".encode()).decode()
        return {"BusinessShortCode": shortcode, "Password": password, "Timestamp": timestamp}

    def push_body(self, callback, **changes):
        body = self.credentials() | {
            "TransactionType": "CustomerPayBillOnline",
            "Amount": 500,
            "PartyA": PHONE,
            "PartyB": "174379",
            "PhoneNumber": PHONE,
            "CallBackURL": callback,
            "AccountReference": "INV00012",
            "TransactionDesc": "Invoice",
        }
        return {name: value for name, value in (body | changes).items() if value is not None}

    def push(self, callback, **changes):
        body = self.push_body(callback, **changes)
        return self.http.post("/mpesa/stkpush/v1/processrequest", json=body, headers=self.headers())

    def push_ok(self, callback, **changes):
        response = self.push(callback, **changes)
        assert response.status_code == 200, response.text
        return response.json()["CheckoutRequestID"]

    def query(self, checkout_id, **changes):
        body = self.credentials() | {"CheckoutRequestID": checkout_id} | changes
        return self.http.post("/mpesa/stkpushquery/v1/query", json=body, headers=self.headers())

    def prompt(self, checkout_id):
        return self.control("GET", f"/control/prompts/{checkout_id}")

    def answer(self, checkout_id, result, **data):
        return self.control("POST", f"/control/prompts/{checkout_id}/answer", result=result, **data)

    def delivered(self, checkout_id, count=1):
        """:return: the callbacks of a prompt, once ``count`` were sent and answered, or given up"""

        def look():
            tries = self.prompt(checkout_id)["deliveries"]
            return len(tries) >= count and all(one["elapsed_ms"] is not None for one in tries) and tries

        return self.wait_for(look)

    def settle(self):
        """Wait until nothing is under way any more, but for the expiry of prompts: what has not come will not come."""
        self.wait_for(lambda: all(task.get_coro().__name__ == "_expire" for task in list(self.world.tasks)))

    def wait_for(self, check):
        """:return: the first true value of ``check()``"""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = check()
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError("waited in vain")
