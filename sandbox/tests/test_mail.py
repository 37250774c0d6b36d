"""The SMTP server and what it shows."""

import smtplib
from email.message import EmailMessage

import pytest

LINK = "http://127.0.0.1:8069/c/AB12-CD34-EF56?a=1&b=2"
PIXEL = bytes.fromhex("89504e470d0a1a0a")


def quotation():
    message = EmailMessage()
    message["From"] = '"SIRE TECH Ltd" <billing@siretech.example>'
    message["To"] = "Wanjikũ <wanjiku@acacia.example>"
    message["Subject"] = "Quotation S00042 · KSh 98,600"
    message["Date"] = "Sat, 21 Nov 2026 02:00:00 +0000"
    message.set_content(f"Habari, read it at {LINK}.")
    html = LINK.replace("&", "&amp;")
    message.add_alternative(
        f'<html><head><title>x</title></head><body><a class="b" href="{html}">Read</a><img src="cid:logo@x">'
        '<a>none</a><script>parent.location="/"</script></body></html>',
        subtype="html",
    )
    message.get_payload()[1].add_related(PIXEL, "image", "png", cid="<logo@x>", filename="logo.png")
    message.add_attachment(b"%PDF-1.7 one", maintype="application", subtype="pdf", filename='Quote "S00042".pdf')
    return message


def send(daraja, message, **envelope):
    with smtplib.SMTP("127.0.0.1", daraja.control("GET", "/health")["smtp_port"]) as smtp:
        smtp.send_message(message, **envelope)


def test_message_and_its_parts(daraja):
    send(daraja, quotation())
    (message,) = daraja.control("GET", "/control/messages")
    assert message["from"] == "SIRE TECH Ltd <billing@siretech.example>"
    assert message["to"] == ["wanjiku@acacia.example"]
    assert message["subject"] == "Quotation S00042 · KSh 98,600"
    assert message["date"] == "2026-11-21T02:00:00+00:00"
    assert LINK in message["text"]
    assert "<script>" in message["html"]
    assert message["links"] == [LINK]
    assert [(a["name"], a["type"]) for a in message["attachments"]] == [
        ("logo.png", "image/png"),
        ('Quote "S00042".pdf', "application/pdf"),
    ]
    assert message["attachments"][1]["size"] == len(b"%PDF-1.7 one")


def test_attachment_is_downloaded(daraja):
    send(daraja, quotation())
    response = daraja.http.get("/control/messages/1/attachments/1")
    assert response.content == b"%PDF-1.7 one"
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"] == "attachment; filename=\"Quote 'S00042'.pdf\""
    assert daraja.http.get("/control/messages/1/attachments/2").status_code == 404


def test_links_of_a_text_only_message(daraja):
    message = EmailMessage()
    message["Subject"] = "Text"
    message.set_content(f"See {LINK}. And {LINK}!")
    send(daraja, message, from_addr="a@b.example", to_addrs=["c@d.example", "e@f.example"])
    (found,) = daraja.control("GET", "/control/messages?to=E@F")
    assert found["links"] == [LINK]
    assert found["from"] == "a@b.example"
    assert found["to"] == ["c@d.example", "e@f.example"]


def test_newest_first_searched_and_deleted(daraja):
    for name in ("one", "two"):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "a@b.example", f"{name}@d.example", name
        message.set_content(name)
        send(daraja, message)
    assert [m["subject"] for m in daraja.control("GET", "/control/messages")] == ["two", "one"]
    assert [m["subject"] for m in daraja.control("GET", "/control/messages?to=one@d.example")] == ["one"]
    daraja.control("DELETE", "/control/messages")
    assert daraja.control("GET", "/control/messages") == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no headers at all",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\nbroken",
        b"From: <a@\r\nContent-Type: text/plain\r\n\r\nx",
        b"Date: never\r\nSubject: =?utf-8?b?broken\r\n\r\nx",
    ],
)
def test_broken_mail_is_kept(daraja, raw):
    with smtplib.SMTP("127.0.0.1", daraja.control("GET", "/health")["smtp_port"]) as smtp:
        smtp.sendmail("a@b.example", ["c@d.example"], raw)
    (message,) = daraja.control("GET", "/control/messages")
    assert message["to"] == ["c@d.example"]
    assert daraja.http.get(f"/inbox/{message['id']}").status_code == 200


def test_pages_of_the_inbox(daraja):
    assert "No message yet" in daraja.http.get("/inbox").text
    send(daraja, quotation())
    assert "Quotation S00042" in daraja.http.get("/inbox?to=acacia").text
    assert "No message to" in daraja.http.get("/inbox?to=nobody").text
    page = daraja.http.get("/inbox/1").text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "/inbox/1/attachments/1" in page
    assert daraja.http.post("/inbox/clear").status_code == 303
    assert daraja.control("GET", "/control/messages") == []


def test_html_part_is_caged(daraja):
    send(daraja, quotation())
    response = daraja.http.get("/inbox/1/html")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "sandbox allow-popups" in policy and "allow-scripts" not in policy
    assert '<head><base target="_blank">' in response.text
    assert 'src="/inbox/1/attachments/0?show=1"' in response.text
    shown = daraja.http.get("/inbox/1/attachments/0?show=1")
    assert shown.content == PIXEL and "content-disposition" not in shown.headers


def test_html_attachment_is_never_shown_in_place(daraja):
    message = quotation()
    message.add_attachment("<script>1</script>", subtype="html", filename="evil.html")
    send(daraja, message)
    response = daraja.http.get("/inbox/1/attachments/2?show=1")
    assert response.headers["content-disposition"].startswith("attachment")


def test_list_is_renewed_when_a_message_comes(daraja):
    before = daraja.http.get("/inbox/list").headers["x-version"]
    assert daraja.http.get("/inbox/list").headers["x-version"] == before
    send(daraja, quotation())
    assert daraja.http.get("/inbox/list").headers["x-version"] != before
