"""What the gateway in front of Daraja does on a bad day: chosen by tests, used up one call at a time."""

from collections import defaultdict, deque
from dataclasses import dataclass

from starlette.responses import HTMLResponse, JSONResponse

ENDPOINTS = (
    "oauth",
    "stkpush",
    "query",
    "c2b_register",
    "c2b_simulate",
    "status",
    "reversal",
    "balance",
    "b2c",
    "pull_register",
    "pull",
    "qr",
)
KINDS = ("html", "500", "timeout", "spike", "spike_error", "lost_answer", "busy", "quota")
PAGE = "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>The service is not available</h1></body></html>"


@dataclass(frozen=True)
class Fault:
    """One fault.

    :param status: HTTP status, None for the usual one of its kind
    :param seconds: how long ``timeout`` hangs, and how long ``lost_answer`` waits before the line goes dead
    """

    kind: str
    status: int | None = None
    seconds: float | None = None

    @property
    def hangs(self):
        return self.kind in ("timeout", "lost_answer")

    @property
    def pause(self):
        """:return: seconds before the connection is cut"""
        if self.seconds is not None:
            return self.seconds
        return 120 if self.kind == "timeout" else 0

    def response(self, request_id):
        """:return: the answer of a fault that answers"""

        def error(status, code, message):
            body = {"requestId": request_id, "errorCode": code, "errorMessage": message}
            return JSONResponse(body, self.status or status)

        if self.kind == "html":
            return HTMLResponse(PAGE, self.status or 503)
        if self.kind == "spike":
            detail = {"errorcode": "policies.ratelimit.SpikeArrestViolation"}
            text = (
                "Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=5, periodInMicroseconds=1000000}"
            )
            return JSONResponse({"fault": {"faultstring": text, "detail": detail}}, self.status or 429)
        if self.kind == "spike_error":
            return error(500, "500.003.02", "Error Occurred: Spike Arrest Violation")
        if self.kind == "busy":
            return error(500, "500.003.02", "System is busy. Please try again in few minutes.")
        if self.kind == "quota":
            return error(500, "500.003.03", "Error Occurred: Quota Violation")
        return error(500, "500.003.1001", "Internal Server Error")


class Faults:
    """Faults waiting for calls, by endpoint."""

    def __init__(self):
        self.waiting = defaultdict(deque)

    def add(self, data):
        """:raise ValueError: with a sentence"""
        endpoint, kind = data.get("endpoint"), str(data.get("kind"))
        times, status, seconds = data.get("times", 1), data.get("status"), data.get("seconds")
        if endpoint not in ENDPOINTS:
            raise ValueError(f"endpoint must be one of {', '.join(ENDPOINTS)}.")
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}.")
        if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= 1000:
            raise ValueError("times must be a whole number from 1 to 1000.")
        if status is not None and (not isinstance(status, int) or not 200 <= status <= 599):
            raise ValueError("status must be an HTTP status from 200 to 599.")
        if seconds is not None and (not isinstance(seconds, int | float) or not 0 <= seconds <= 600):
            raise ValueError("seconds must be a number from 0 to 600.")
        self.waiting[endpoint].extend([Fault(kind, status, seconds)] * times)

    def take(self, endpoint):
        """:return: the fault for this call, or None"""
        return self.waiting[endpoint].popleft() if self.waiting[endpoint] else None

    def to_json(self):
        return {endpoint: [fault.kind for fault in queue] for endpoint, queue in self.waiting.items() if queue}
