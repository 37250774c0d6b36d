"""Odoo's SMS service, as its module sms calls it."""


def call(daraja, params):
    return daraja.http.post("/api/sms/3/send", json={"jsonrpc": "2.0", "method": "call", "id": "7", "params": params})


def test_a_text_is_in_the_inbox(daraja):
    numbers = [{"number": "+254712345678", "uuid": "a"}, {"number": "+254733000444", "uuid": "b"}]
    answer = call(daraja, {"account_token": "x", "messages": [{"content": "123456 is your code.", "numbers": numbers}]})
    assert answer.json()["id"] == "7"
    assert [(each["uuid"], each["state"]) for each in answer.json()["result"]] == [("a", "success"), ("b", "success")]
    (message,) = daraja.control("GET", "/control/messages?to=%2B254712345678")
    assert (message["from"], message["text"]) == ("SMS", "123456 is your code.")
    assert "123456 is your code." in daraja.http.get("/inbox").text
    assert "123456 is your code." in daraja.http.get(f"/inbox/{message['id']}").text


def test_nonsense_is_refused(daraja):
    for params in (None, {}, {"messages": [{"content": "x"}]}, {"messages": "x"}):
        assert call(daraja, params).status_code == 400
    assert daraja.http.post("/api/sms/3/send", content=b"{").status_code == 400
    assert daraja.control("GET", "/control/messages") == []
