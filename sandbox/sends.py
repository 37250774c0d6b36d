"""Posts to the organisation besides the callbacks of prompts: C2B confirmations and results of commands.

How the next one goes (late, twice, never, out of order …) is chosen by tests, kind by kind.
"""

import asyncio
import json
import logging
import time
from collections import defaultdict, deque
from dataclasses import dataclass

import httpx

log = logging.getLogger("sandbox")

COMMANDS = ("status", "reversal", "balance", "b2c")
KINDS = ("confirmation", *COMMANDS)
SENDS = ("once", "twice", "twice_at_once", "never", "reordered", "before_answer", "timeout")
RESULTS = {
    "0": "The service request is processed successfully.",
    "1": "The balance is insufficient for the transaction.",
    "8": "The transaction would exceed the maximum balance of the account.",
    "11": "The DebitParty is in an invalid state.",
    "21": "The initiator is not allowed to initiate this request.",
    "2001": "The initiator information is invalid.",
    "2006": "Declined due to account rule: The AccountStatus does not allow the current transaction.",
    "2028": "The request is not permitted according to product assignment.",
    "8006": "The security credential is locked.",
    "R000001": "The transaction has already been reversed.",
    "R000002": "The OriginalTransactionID is invalid.",
}


@dataclass(frozen=True)
class Sending:
    """How one confirmation or result goes out.

    :param sends: one of SENDS; ``timeout`` posts to QueueTimeOutURL in place of the result
    :param delay: seconds before it goes
    :param amount: another amount to report, None for the true one
    :param msisdn: how a confirmation shows the phone, None as the options say
    :param result: result code that a command gets whatever it asks, None for the true one
    :param executed: with ``timeout``: whether the command was done all the same
    """

    sends: str = "once"
    delay: float = 0
    amount: float | None = None
    msisdn: str | None = None
    result: str | None = None
    executed: bool = False

    @classmethod
    def from_json(cls, data):
        """:raise ValueError: with a sentence that names the wrong field"""
        kind, sends, msisdn = data.get("of"), data.get("sends", "once"), data.get("msisdn")
        result, executed = data.get("result"), data.get("executed", False)
        if kind not in KINDS:
            raise ValueError(f"of must be one of {', '.join(KINDS)}.")
        if sends not in SENDS or (sends == "timeout" and kind not in COMMANDS):
            raise ValueError(f"sends must be one of {', '.join(SENDS)}; a confirmation knows no timeout.")
        if msisdn not in (None, "masked", "hashed", "plain"):
            raise ValueError("msisdn must be masked, hashed or plain.")
        if result is not None and (str(result) not in RESULTS or kind not in COMMANDS):
            raise ValueError(f"result is for commands: one of {', '.join(RESULTS)}.")
        if not isinstance(executed, bool):
            raise ValueError("executed must be true or false.")
        for name in ("delay", "amount"):
            value = data.get(name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
                raise ValueError(f"{name} must be a number, 0 or more.")
        forced = None if result is None else str(result)
        return cls(sends, data.get("delay") or 0, data.get("amount"), msisdn, forced, executed)


class Sends:
    """What goes out, how, and what came of it."""

    def __init__(self, world):
        self.world = world
        self.queued = defaultdict(deque)
        self.defaults = {}
        self.held = defaultdict(list)
        self.records = deque(maxlen=5000)

    def take(self, kind):
        """:return: how the next one of this kind goes; a queued way is used up"""
        return self.queued[kind].popleft() if self.queued[kind] else self.defaults.get(kind, Sending())

    async def send(self, kind, url, payload, how, **about):
        """Send as ``how`` says; held-back ones of the same kind follow.

        :param about: what the record says besides (receipt, conversation)
        :return: the records of this call
        """
        if how.sends == "never":
            return []
        await asyncio.sleep(how.delay)
        if how.sends == "reordered":
            self.held[kind].append((url, payload, about))
            return []
        copies = 2 if how.sends.startswith("twice") else 1
        if how.sends == "twice_at_once":
            records = list(await asyncio.gather(*(self.post(kind, url, payload, **about) for _ in range(copies))))
        else:
            records = [await self.post(kind, url, payload, **about) for _ in range(copies)]
        await self.release(kind)
        return records

    async def release(self, kind):
        """Send what was held back."""
        held, self.held[kind] = self.held[kind], []
        for url, payload, about in held:
            await self.post(kind, url, payload, **about)

    async def post(self, kind, url, payload, timeout=None, **about):
        """Post once and write down what came back.

        :return: the record, as of the function below
        """
        record = {"of": kind, "url": url, **about}
        self.records.append(record)
        return await post(self.world, url, payload, record, timeout)


async def post(world, url, payload, record, timeout=None):
    """Post a JSON body once: no retry, no redirects.

    :param record: filled in place: at, payload, status (None without an answer), elapsed_ms, error, answer (first 500
        characters)
    :param timeout: seconds for all of it, None for the usual ones for each step
    :return: the record
    """
    record |= {"at": world.now().isoformat(), "payload": payload, "status": None, "elapsed_ms": None, "error": None}
    began = time.monotonic()
    call = world.client.post(url, content=json.dumps(payload), headers={"Content-Type": "application/json"})
    try:
        response = await asyncio.wait_for(call, timeout)
        record |= {"status": response.status_code, "answer": response.text[:500]}
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        record["error"] = f"{type(error).__name__}: {error}".strip(": ")
    record["elapsed_ms"] = round((time.monotonic() - began) * 1000, 1)
    log.info("post to %s: %s", url, record["status"] or record["error"])
    return record
