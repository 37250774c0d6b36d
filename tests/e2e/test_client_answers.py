"""The client approves or declines on a phone of 390 pixels, without an account."""

from datetime import date, timedelta

import pytest

from .support.api import Refused, make_quotation


def test_approve_with_a_name_gives_one_invoice_at_once(api, sandbox, client):
    manager = api("manager")
    job = make_quotation(manager, sandbox)
    page = client(job.link).open()
    page.expect_state("Waiting for your answer")
    for text in (job.order, "Design", "Build", "KSh 70,000", "KSh 11,200", "KSh 81,200"):
        page.expect_text(text)
    page.approve("Wanjiku Mwangi")
    page.expect_state("To be paid")
    page.expect_text("KSh 81,200")
    assert page.invoice.startswith("INV/")
    page.open()  # an old tab, the same link a second time: the same invoice
    page.expect_state("To be paid")
    order = manager.read("sale.order", job.order_id, "sire_state", "signed_by", "invoice_ids", "sire_opened_at")
    assert order["sire_state"] == "approved"
    assert order["signed_by"] == "Wanjiku Mwangi"
    assert order["sire_opened_at"]
    assert len(order["invoice_ids"]) == 1


def test_two_open_tabs_approve_once(api, sandbox, client):
    manager = api("manager")
    job = make_quotation(manager, sandbox)
    first, second = client(job.link).open(), client(job.link).open()
    first.approve("Wanjiku Mwangi")
    first.expect_state("To be paid")
    second.approve("Somebody Else")
    second.expect_state("To be paid")
    assert second.invoice == first.invoice
    order = manager.read("sale.order", job.order_id, "signed_by", "invoice_ids")
    assert (order["signed_by"], len(order["invoice_ids"])) == ("Wanjiku Mwangi", 1)


def test_a_name_is_needed(api, sandbox, client):
    job = make_quotation(api("manager"), sandbox)
    page = client(job.link, javascript=False).open()
    page.approve("-.")
    page.expect_error("type your name")
    page.expect_state("Waiting for your answer")


def test_decline_with_a_reason(api, sandbox, client):
    manager = api("manager")
    job = make_quotation(manager, sandbox)
    page = client(job.link).open()
    page.decline("Too expensive for this year", "Wanjiku Mwangi")
    page.expect_state("Declined")
    order = manager.read("sale.order", job.order_id, "sire_state", "sire_decline_reason", "sire_declined_by")
    assert order["sire_state"] == "declined"
    assert (order["sire_decline_reason"], order["sire_declined_by"]) == (
        "Too expensive for this year",
        "Wanjiku Mwangi",
    )


@pytest.mark.parametrize(
    ("what", "state", "words", "way"),
    [
        ("expired", "Expired", "expired", "before"),
        ("cancelled", "Cancelled", "cancelled", "before"),
        ("cancelled", "Cancelled", "cancelled", "while the page is open"),
        ("changed", "Changed", "changed", "before"),
        ("changed", "Changed", "changed", "while the page is open"),
    ],
)
def test_what_cannot_be_approved_says_why(api, sandbox, client, what, state, words, way):
    """Once when the client comes too late, once when it happens between reading and tapping."""
    manager = api("manager")
    job = make_quotation(manager, sandbox)
    page = client(job.link)
    if way != "before":
        page.open()
        page.expect_state("Waiting for your answer")
    if what == "expired":
        manager.call("sale.order", "write", [job.order_id], {"validity_date": str(date.today() - timedelta(days=2))})
    elif what == "cancelled":
        manager.call("sale.order", "action_cancel", [job.order_id])
    else:
        line = manager.read("sale.order", job.order_id, "order_line")["order_line"][0]
        manager.call("sale.order.line", "write", [line], {"price_unit": 1})
    if way == "before":
        page.open()
    else:
        page.approve()
        page.expect_error(words)
    page.expect_state(state)
    page.expect_text(words)
    assert page.page.get_by_role("button", name="Approve", exact=True).count() == 0
    assert not manager.read("sale.order", job.order_id, "invoice_ids")["invoice_ids"]


def test_sent_again_after_a_change_it_can_be_approved(api, sandbox, client):
    manager = api("manager")
    job = make_quotation(manager, sandbox)
    line = manager.read("sale.order", job.order_id, "order_line")["order_line"][0]
    manager.call("sale.order.line", "write", [line], {"price_unit": 1500})
    manager.call("sale.order", "action_sire_send", [job.order_id])
    assert sandbox.link_to(job.email, more_than=1) == job.link, "the link stays the same"
    page = client(job.link).open()
    page.expect_state("Waiting for your answer")
    page.expect_text("KSh 75,400")
    page.approve()
    page.expect_state("To be paid")


def test_a_wrong_link_says_what_to_do(client, sire_server):
    page = client(f"{sire_server.url}/c/0000-0000-0000").open()
    assert page.status == 404
    assert "newest message" in page.page.locator("main").inner_text()


def test_the_quotation_as_pdf(api, sandbox, client):
    job = make_quotation(api("manager"), sandbox)
    answer = client(job.link).page.request.get(f"{job.link}/pdf")
    assert answer.ok
    assert answer.body().startswith(b"%PDF")
    mail = sandbox.messages(job.email)[0]
    assert [item["type"] for item in mail["attachments"]] == ["application/pdf"]


def test_an_approved_quotation_stays_as_approved(api, sandbox, client):
    manager = api("manager")
    job = make_quotation(manager, sandbox)
    page = client(job.link).open()
    page.approve()
    page.expect_state("To be paid")
    line = manager.read("sale.order", job.order_id, "order_line")["order_line"][0]
    with pytest.raises(Refused, match="approved by Wanjiku Mwangi"):
        manager.call("sale.order.line", "write", [line], {"price_unit": 1})
