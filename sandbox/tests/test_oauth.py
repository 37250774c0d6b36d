"""Tokens: one alive a key pair."""

from datetime import timedelta

import pytest

from sandbox.settings import Settings


def error(response):
    body = response.json()
    assert set(body) == {"requestId", "errorCode", "errorMessage"}
    return response.status_code, body["errorCode"]


def test_token_and_its_life_as_text(daraja):
    response = daraja.oauth()
    assert response.status_code == 200
    assert response.json()["expires_in"] == "3599"
    assert len(response.json()["access_token"]) >= 20


def test_new_token_kills_the_old_one(daraja, receiver):
    daraja.token = old = daraja.oauth().json()["access_token"]
    new = daraja.oauth().json()["access_token"]
    assert error(daraja.push(receiver.url)) == (404, "404.001.03")
    assert old != new
    daraja.token = new
    assert daraja.push(receiver.url).status_code == 200


def test_another_pair_has_its_own_token(daraja, receiver):
    daraja.token = daraja.oauth().json()["access_token"]
    assert daraja.oauth("sandbox-key-2", "sandbox-secret-2").status_code == 200
    assert daraja.push(receiver.url).status_code == 200


@pytest.mark.parametrize(
    ("key", "secret", "grant", "code"),
    [
        ("sandbox-key", "wrong", "client_credentials", "400.008.01"),
        ("nobody", "sandbox-secret", "client_credentials", "400.008.01"),
        ("sandbox-key", "sandbox-secret", "password", "400.008.02"),
    ],
)
def test_refused(daraja, key, secret, grant, code):
    assert error(daraja.oauth(key, secret, grant)) == (400, code)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic %%%"}])
def test_wrong_auth_type(daraja, header):
    response = daraja.http.get("/oauth/v1/generate?grant_type=client_credentials", headers=header)
    assert error(response) == (400, "400.008.01")


def test_post_is_no_method_of_it(daraja):
    assert error(daraja.http.post("/oauth/v1/generate?grant_type=client_credentials")) == (405, "405.001")


def test_call_without_a_token(daraja):
    assert error(daraja.http.post("/mpesa/stkpush/v1/processrequest", json={})) == (401, "401.002.01")


@pytest.mark.parametrize(("code", "status"), [("404.001.03", 404), ("400.003.01", 401), ("401.002.01", 401)])
def test_expired_by_control_in_every_form(daraja, receiver, code, status):
    daraja.headers()
    daraja.control("POST", "/control/token/expire", code=code)
    assert error(daraja.push(receiver.url)) == (status, code)
    daraja.token = None
    assert daraja.push(receiver.url).status_code == 200


def test_token_grows_old(daraja, receiver, monkeypatch):
    daraja.headers()
    later = daraja.world.now() + timedelta(seconds=Settings().token_life + 1)
    monkeypatch.setattr(daraja.world, "now", lambda: later, raising=False)
    assert error(daraja.push(receiver.url)) == (404, "404.001.03")
