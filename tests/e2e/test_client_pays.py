"""The client pays by M-Pesa from the page, and the page says what happened."""

import re

import pytest
from playwright.sync_api import expect

from .support.api import make_quotation, phone_number
from .support.handset import RIGHT_PIN, WRONG_PIN
from .support.sandbox import international
from .support.waiting import eventually


def test_a_part_then_the_rest(approved, handset, api):
    page = approved()
    phone = phone_number()
    page.pay(phone, "30,000")
    page.expect_waiting()
    page.expect_text(f"{phone[:2]}•• ••• {phone[-3:]}")
    first = page.seconds_left()
    expect(page.page.locator("#waiting .seconds")).not_to_have_text(str(first))
    page.page.evaluate("window.notReloaded = true")
    person = handset(phone)
    person.expect_prompt("KSh 30,000")
    person.enter(RIGHT_PIN)
    page.expect_state("Partially paid")
    assert page.page.evaluate("window.notReloaded"), "the page was not reloaded"
    page.expect_text("KSh 51,200")
    (receipt,) = page.receipts
    assert re.fullmatch(r"[A-Z0-9]{10}", receipt)
    invoice = page.invoice
    page.pay(phone)  # all that is left is proposed
    person.expect_prompt("KSh 51,200")
    person.enter(RIGHT_PIN)
    page.expect_state("Paid")
    page.expect_text("Paid in full")
    (move,) = api("accountant").call(
        "account.move",
        "search_read",
        [["name", "=", invoice]],
        ["payment_state", "amount_residual", "sire_mpesa_receipts"],
    )
    assert (move["payment_state"], move["amount_residual"]) == ("paid", 0)
    assert receipt in move["sire_mpesa_receipts"]


NOTE_WAITS = """() => {
    window.waits = [];
    const later = window.setTimeout;
    window.setTimeout = (call, wait, ...rest) => { window.waits.push(wait); return later(call, wait, ...rest); };
}"""


def test_the_page_says_paid_within_three_seconds_of_the_callback(approved, sandbox, api):
    """Told from its waits and looks, for a busy machine's seconds are longer: two between looks, and the next one tells."""
    page = approved()
    looks = []
    page.page.on("request", lambda request: looks.append(request.url) if "/status" in request.url else None)
    page.page.evaluate(NOTE_WAITS)
    phone = phone_number()
    page.pay(phone, 1000)
    page.expect_waiting()
    invoice, accountant = page.invoice, api("accountant")
    prompt = sandbox.prompt(international(phone))
    sandbox.post(f"/control/prompts/{prompt['id']}/answer", result="success", wait=True)
    booked = [["name", "=", invoice], ["amount_residual", "=", 80200]]
    eventually(lambda: accountant.call("account.move", "search", booked), "the payment in the books")
    before = len(looks)
    page.expect_state("Partially paid")
    assert len(looks) - before <= 2  # one may have been on its way
    waits = page.page.evaluate("window.waits")
    assert 0 < max(waits) <= 2000, waits


@pytest.mark.parametrize("form", ["0{} {} {}", "+254 {} {} {}", "254{}{}{}"])
def test_a_number_in_any_usual_form(approved, sandbox, form):
    page = approved()
    number = phone_number()
    page.pay(form.format(number[1:4], number[4:7], number[7:]), 100)
    page.expect_waiting()
    assert sandbox.prompt(international(number))["amount"] == 100


def test_a_number_that_begins_with_01(approved, sandbox):
    page = approved()
    page.pay("0110 555 123", 100)
    page.expect_waiting()
    assert sandbox.prompt("254110555123")["amount"] == 100


def test_a_number_that_is_none_is_refused_in_words(approved):
    page = approved()
    for wrong in ("12345", "+1 212 555 0100", "020 000 0100"):
        page.pay(wrong, 100)
        page.expect_error("0712 345 678")
        page.expect_state("To be paid")


OUTCOMES = [
    ("cancelled", "cancel"),
    ("wrong_pin", "PIN"),
    ("no_money", "money"),
    ("unreachable", "phone"),
]


@pytest.mark.parametrize(("result", "words"), OUTCOMES)
def test_what_went_wrong_is_said_and_can_be_tried_again(approved, sandbox, result, words):
    page = approved()
    phone = phone_number()
    sandbox.next(international(phone), result)
    page.pay(phone, 500)
    page.expect_error("Not paid")
    expect(page.page.locator("#main [role=alert]").first).to_contain_text(re.compile(words, re.IGNORECASE))
    page.expect_state("To be paid")
    again = page.page.locator("form.pay button[type=submit]")
    expect(again).to_contain_text("again")
    if result == "cancelled":
        sandbox.next(international(phone), "success")
        page.pay(phone, 500)
        page.expect_state("Partially paid")


def test_a_person_cancels_and_types_a_wrong_pin_on_the_phone(approved, handset):
    page = approved()
    phone = phone_number()
    person = handset(phone)
    page.pay(phone, 700)
    person.expect_prompt("KSh 700")
    person.cancel()
    page.expect_error("Not paid")
    page.pay(phone, 700)
    person.expect_prompt("KSh 700")
    person.enter(WRONG_PIN)
    page.expect_error("PIN")
    page.expect_state("To be paid")


def test_more_than_what_is_left_is_refused_on_the_page(approved, sandbox):
    page = approved()
    page.pay(phone_number(), "81,201")
    page.expect_error("Only KSh 81,200 is")
    for wrong, words in (("0", "KSh 1"), ("much", "for example 1500"), ("10.50", "whole")):
        page.pay(phone_number(), wrong)
        page.expect_error(words)
    page.expect_state("To be paid")


def test_no_second_prompt_while_one_is_open(approved, sandbox, client):
    page = approved()
    other = client(page.link).open()
    phone = phone_number()
    page.pay(phone, 400)
    page.expect_waiting()
    other.pay(phone, 400)  # a second tab that does not know yet
    other.expect_waiting()
    prompts = sandbox.get("/control/prompts", phone=international(phone)).json()
    assert len(prompts) == 1


def test_pay_from_the_link_takes_two_taps(approved, sandbox, client, ledger):
    page = approved()
    phone = phone_number()
    sandbox.next(international(phone), "success")
    again = client(page.link).open()
    again.pay(phone)
    again.expect_state("Paid")
    ledger.note("pay an invoice from its link", again.count, 2, "taps", again.seconds)


def test_in_swahili(api, sandbox, client):
    job = make_quotation(api("manager"), sandbox)
    page = client(job.link).open()
    page.tap(page.page.get_by_role("link", name="Kiswahili"))
    expect(page.page.locator("html")).to_have_attribute("lang", "sw")
    approve = page.page.locator("form[action$='/approve'] button[type=submit]")
    expect(approve).not_to_have_text("Approve")
    page.page.locator("#name").fill("Wanjiku Mwangi")
    approve.tap()
    expect(page.page.locator("[data-invoice]")).to_be_visible()
    expect(page.page.locator("html")).to_have_attribute("lang", "sw")
    text = page.main.inner_text()
    for english in ("Pay by M-Pesa", "M-Pesa phone number", "To be paid", "Amount in shillings"):
        assert english not in text


def test_everything_without_javascript(api, sandbox, client, handset):
    job = make_quotation(api("manager"), sandbox)
    page = client(job.link, javascript=False).open()
    page.approve("Wanjiku Mwangi")
    page.expect_state("To be paid")
    phone = phone_number()
    page.pay(phone, 2000)
    page.expect_state("Payment on its way")
    person = handset(phone)
    person.expect_prompt("KSh 2,000")
    person.enter(RIGHT_PIN)
    page.expect_state("Partially paid")  # the page asks again by itself every few seconds
    assert len(page.receipts) == 1


def test_the_page_fits_a_phone(approved, sandbox, client, api):
    """No sideways scrolling at 390 pixels, and nothing to tap that is smaller than a thumb."""
    job = make_quotation(api("manager"), sandbox)
    for page in (client(job.link).open(), approved()):
        wide = page.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390
        small = page.page.evaluate(
            """() => [...document.querySelectorAll('button, input:not([type=hidden]), a.button, summary')]
                .filter(node => node.offsetParent && node.getBoundingClientRect().height < 44)
                .map(node => node.outerHTML.slice(0, 120))"""
        )
        assert not small
