"""The phone does not ring: the client types the pay bill, or paid already and names the code."""

import re

from playwright.sync_api import expect

from .support.api import phone_number
from .support.waiting import eventually


def test_by_pay_bill_from_the_page(approved, handset, api):
    page = approved()
    number, account, amount = page.unfold_pay_bill()
    assert (number, amount) == ("174379", "81200")
    assert re.fullmatch(r"[0-9A-Y]{6}", account)
    qr = page.page.locator(".qr img")
    qr.scroll_into_view_if_needed()
    expect(qr).to_have_js_property("naturalWidth", 300)
    page.page.evaluate("window.notReloaded = true")
    invoice, person = page.invoice, handset(phone_number())
    person.lipa(number, account.lower(), 30000)  # as people type it
    receipt = person.receipt()
    page.expect_state("Partially paid")
    page.expect_text("KSh 30,000 received. Thank you!")
    assert page.page.evaluate("window.notReloaded"), "the page was not reloaded"
    assert page.receipts == [receipt]
    number, account, amount = page.unfold_pay_bill()
    assert amount == "51200"
    person.lipa(number, account, amount)
    page.expect_state("Paid")
    page.expect_text("Paid in full")
    (move,) = api("accountant").call(
        "account.move", "search_read", [["name", "=", invoice]], ["amount_residual", "sire_mpesa_receipts"]
    )
    assert move["amount_residual"] == 0 and receipt in move["sire_mpesa_receipts"]


def test_one_tap_copies(approved):
    page = approved()
    number, account, amount = page.unfold_pay_bill()
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for index, value in enumerate((number, account, amount)):
        button = page.page.locator(".copies button").nth(index)
        button.tap()
        expect(button).to_have_text("Copied")
        assert page.page.evaluate("navigator.clipboard.readText()") == value
        expect(button).to_have_text("Copy")


def test_paid_from_another_phone_with_a_wrong_account(approved, handset, api):
    """Nobody can place it until the client names the code. Another client's page does not say that it exists."""
    page, other = approved(), approved()
    person = handset(phone_number())
    person.lipa("174379", "HOTEL WIFI", 1200)
    receipt = person.receipt()
    page.claim("QQQ7XQ2M4P")
    page.expect_error("We do not find QQQ7XQ2M4P")
    page.expect_state("To be paid")
    seen = [["name", "=", receipt], ["state", "=", "suspense"]]
    eventually(lambda: api("accountant").call("sire.mpesa.receipt", "search_count", seen), "Safaricom's confirmation")
    page.claim(receipt)
    page.expect_state("Partially paid")
    page.expect_text("KSh 1,200 received")
    other.claim(receipt)
    other.expect_error(f"We do not find {receipt}")
    other.expect_state("To be paid")


def test_without_javascript(approved, handset):
    page = approved(javascript=False)
    number, account, _amount = page.unfold_pay_bill()
    handset(phone_number()).lipa(number, account, 81200)
    with page.page.expect_navigation():
        page.tap(page.page.get_by_role("link", name="I have paid: look again"))

    def look():
        page.page.reload()
        return page.page.locator(".pill").inner_text() == "Paid"

    eventually(look, "the payment on the page")
    page.expect_text("Paid in full")


def test_the_unfolded_page_fits_a_phone(approved):
    page = approved()
    page.unfold_pay_bill()
    page.page.get_by_text("Paid from another phone?").tap()
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.page.evaluate(
        """() => [...document.querySelectorAll('button, input:not([type=hidden]), a.button, summary')]
            .filter(node => node.offsetParent && node.getBoundingClientRect().height < 48)
            .map(node => node.outerHTML.slice(0, 120))"""
    )
    assert not small
