"""Bad days of the gateway."""

import time

import httpx
import pytest

from .client import PATIENCE


def add(daraja, **fault):
    daraja.control("POST", "/control/faults", **fault)


def call(daraja, endpoint, url):
    if endpoint == "oauth":
        return daraja.oauth()
    return daraja.push(url) if endpoint == "stkpush" else daraja.query("ws_CO_0")


@pytest.mark.parametrize("endpoint", ["oauth", "stkpush", "query"])
@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("500", 500, "500.003.1001"),
        ("busy", 500, "500.003.02"),
        ("quota", 500, "500.003.03"),
        ("spike_error", 500, "500.003.02"),
    ],
)
def test_error_bodies(daraja, receiver, endpoint, kind, status, code):
    daraja.headers()
    add(daraja, endpoint=endpoint, kind=kind)
    response = call(daraja, endpoint, receiver.url)
    assert response.status_code == status
    assert response.json()["errorCode"] == code
    assert call(daraja, endpoint, receiver.url).json().get("errorCode") != code
    assert daraja.control("GET", f"/control/calls?endpoint={endpoint}")[-2]["fault"] == kind


def test_spike_arrest_of_the_gateway(daraja, receiver):
    add(daraja, endpoint="stkpush", kind="spike")
    response = daraja.push(receiver.url)
    assert response.status_code == 429
    assert response.json()["fault"]["detail"]["errorcode"] == "policies.ratelimit.SpikeArrestViolation"
    assert daraja.control("GET", "/control/prompts") == []


@pytest.mark.parametrize("status", [200, 503])
def test_html(daraja, receiver, status):
    add(daraja, endpoint="stkpush", kind="html", status=status, times=2)
    for _ in range(2):
        response = daraja.push(receiver.url)
        assert response.status_code == status
        assert response.headers["content-type"].startswith("text/html")
    assert daraja.push(receiver.url).status_code == 200


def test_timeout_does_not_push(daraja, receiver):
    add(daraja, endpoint="stkpush", kind="timeout")
    body, headers = daraja.push_body(receiver.url), daraja.headers()
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            daraja.url + "/mpesa/stkpush/v1/processrequest",
            json=body,
            headers=headers,
            timeout=httpx.Timeout(PATIENCE, read=0.3),
        )
    assert daraja.control("GET", "/control/prompts") == []


def test_timeout_ends_with_a_cut_line(daraja):
    add(daraja, endpoint="oauth", kind="timeout", seconds=0.2)
    began = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        daraja.oauth()
    assert time.monotonic() - began >= 0.2  # and long before the 120 s of other timeouts, for which nobody here waits


def test_lost_answer_pushes_and_calls_back(daraja, receiver):
    add(daraja, endpoint="stkpush", kind="lost_answer")
    daraja.control("POST", "/control/next", result="success")
    body, headers = daraja.push_body(receiver.url), daraja.headers()
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        httpx.post(daraja.url + "/mpesa/stkpush/v1/processrequest", json=body, headers=headers, timeout=PATIENCE)
    (callback,) = receiver.wait()
    (prompt,) = daraja.control("GET", "/control/prompts")
    assert callback["CheckoutRequestID"] == prompt["id"]
    assert callback["ResultCode"] == 0


def test_lost_answer_keeps_the_prompt_on_the_phone(daraja, receiver):
    add(daraja, endpoint="stkpush", kind="lost_answer", seconds=0.1)
    with pytest.raises(httpx.RemoteProtocolError):
        daraja.push(receiver.url)
    (prompt,) = daraja.control("GET", "/control/prompts")
    assert prompt["state"] == "open"
    assert daraja.push(receiver.url).json()["errorCode"] == "500.001.1001"


def test_lost_token_answer_still_kills_the_old_token(daraja, receiver):
    daraja.headers()
    add(daraja, endpoint="oauth", kind="lost_answer")
    with pytest.raises(httpx.RemoteProtocolError):
        daraja.oauth()
    assert daraja.push(receiver.url).json()["errorCode"] == "404.001.03"


@pytest.mark.parametrize(
    "fault",
    [
        {"endpoint": "c2b", "kind": "html"},
        {"endpoint": "oauth", "kind": "flood"},
        {"endpoint": "oauth", "kind": "html", "times": 0},
        {"endpoint": "oauth", "kind": "html", "status": 999},
        {"endpoint": "oauth", "kind": "timeout", "seconds": -1},
        {},
    ],
)
def test_wrong_fault_is_refused_with_a_sentence(daraja, fault):
    response = daraja.http.post("/control/faults", json=fault)
    assert response.status_code == 400
    assert response.json()["error"].endswith(".")
    assert daraja.control("GET", "/control/faults") == {}
