"""The control API's own manners."""

import httpx
import pytest

from .client import PHONE


def test_health(daraja):
    assert daraja.control("GET", "/health")["status"] == "ok"


def test_reset_forgets_everything(daraja, receiver):
    daraja.push_ok(receiver.url)
    daraja.control("POST", "/control/default", result="success")
    daraja.control("POST", "/control/faults", endpoint="oauth", kind="500")
    daraja.control("POST", "/control/wallet", phone=PHONE, balance=3)
    daraja.control("POST", "/control/reset")
    assert daraja.control("GET", "/control/prompts") == []
    assert daraja.control("GET", "/control/faults") == {}
    daraja.token = None
    prompt = daraja.prompt(daraja.push_ok(receiver.url))
    assert prompt["state"] == "open"
    assert daraja.world.book.balance(PHONE) == daraja.world.settings.balance


def test_reset_stops_timers(daraja, receiver):
    daraja.control("POST", "/control/next", result="success", delay=3600)
    daraja.push_ok(receiver.url)
    daraja.wait_for(lambda: len(daraja.world.tasks) == 2)  # the answer, and the expiry
    daraja.control("POST", "/control/reset")
    daraja.wait_for(lambda: not daraja.world.tasks)
    assert receiver.bodies == []


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("next", {"result": "maybe"}),
        ("next", {"result": 77}),
        ("next", {"callbacks": "thrice"}),
        ("next", {"delay": -1}),
        ("next", {"delay": "soon"}),
        ("next", {"amount": True}),
        ("next", {"pending": "5000"}),
        ("default", {"phone": "12"}),
        ("wallet", {"phone": PHONE, "balance": 1.5}),
        ("wallet", {"balance": 5}),
        ("token/expire", {"code": "1"}),
    ],
)
def test_wrong_input_is_refused_with_a_sentence(daraja, path, data):
    response = daraja.http.post(f"/control/{path}", json=data)
    assert response.status_code == 400
    assert response.json()["error"].endswith(".")


@pytest.mark.parametrize("content", [b"{", b"[]", b"1"])
def test_body_that_is_no_object(daraja, content):
    assert daraja.http.post("/control/next", content=content).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/control/prompts/ws_CO_0"),
        ("POST", "/control/prompts/ws_CO_0/answer"),
        ("GET", "/control/messages/9"),
        ("GET", "/control/messages/9/attachments/0"),
        ("GET", "/control/nothing"),
    ],
)
def test_unknown_things(daraja, method, path):
    response = daraja.http.request(method, path)
    assert response.status_code == 404
    assert response.json()["error"]


def test_wrong_answer_changes_nothing(daraja, receiver):
    checkout = daraja.push_ok(receiver.url)
    assert daraja.http.post(f"/control/prompts/{checkout}/answer", json={"result": "perhaps"}).status_code == 400
    assert daraja.http.post(f"/control/prompts/{checkout}/answer", json={}).status_code == 400
    assert daraja.prompt(checkout)["state"] == "open"


def test_prompts_of_one_phone(daraja, receiver):
    daraja.push_ok(receiver.url)
    other = daraja.push_ok(receiver.url, PartyA="254700000001", PhoneNumber="254700000001")
    (found,) = daraja.control("GET", "/control/prompts?phone=0700000001")
    assert found["id"] == other
    newest, *_others = daraja.control("GET", "/control/prompts")
    assert newest["id"] == other


def test_calls_are_counted(daraja, receiver):
    daraja.push_ok(receiver.url)
    daraja.push(receiver.url)
    calls = daraja.control("GET", "/control/calls?endpoint=stkpush")
    assert [(c["status"], c["error"]) for c in calls] == [(200, None), (500, "500.001.1001")]


def test_listens_on_loopback_only_by_default(daraja):
    with pytest.raises(httpx.ConnectError):
        httpx.get(daraja.url.replace("127.0.0.1", "127.0.0.2") + "/health", trust_env=False)
