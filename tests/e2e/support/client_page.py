"""The client's page on a phone."""

import re

from playwright.sync_api import expect

from .counting import Counter


class ClientPage(Counter):
    """What a client sees and taps.

    :param page: a Playwright page of a phone
    :param str link: the address in the mail
    """

    def __init__(self, page, link):
        super().__init__()
        self.page = page
        self.link = link
        self.main = page.locator("#main")

    def open(self, language=None):
        answer = self.page.goto(f"{self.link}?lang={language}" if language else self.link)
        self.status = answer.status
        return self

    # What it says

    def expect_state(self, text):
        """Wait for the word beside the number: Waiting for your answer, Paid, Expired…"""
        expect(self.page.locator(".pill")).to_have_text(text)

    def expect_text(self, text, **options):
        expect(self.main).to_contain_text(text, **options)

    def expect_error(self, text):
        expect(self.page.locator("#main [role=alert]").first).to_contain_text(text)

    @property
    def invoice(self):
        """Number of the invoice on the page."""
        return self.page.locator("[data-invoice]").first.get_attribute("data-invoice")

    @property
    def receipts(self):
        """Receipt numbers on the page."""
        return self.page.locator("b.receipt").all_inner_texts()

    # What a client does

    def approve(self, name="Wanjiku Mwangi"):
        """Type a name and approve."""
        self.tap(self.page.locator("#name"))
        self.page.locator("#name").fill(name)
        self.tap(self.page.get_by_role("button", name="Approve", exact=True))

    def decline(self, reason, name=""):
        self.tap(self.page.get_by_text("Decline instead"))
        self.page.locator("#reason").fill(reason)
        self.page.locator("#decliner").fill(name)
        self.tap(self.page.get_by_role("button", name="Decline", exact=True))

    def pay(self, phone, amount=None):
        """Type a number, and an amount when it is not all that is left, and send."""
        if amount is not None:
            self.tap(self.page.locator("form.pay [name=amount]"))
            self.page.locator("form.pay [name=amount]").fill(str(amount))
        self.tap(self.page.locator("form.pay [name=phone]"))
        self.page.locator("form.pay [name=phone]").fill(phone)
        self.tap(self.page.locator("form.pay button[type=submit]"))

    def unfold_pay_bill(self):
        """Unfold how to pay without a prompt.

        :return: number, account and amount, as they are copied
        :rtype: list[str]
        """
        self.tap(self.page.get_by_text("Phone not ringing? Pay here"))
        values = self.page.locator(".copies dd:first-of-type")
        expect(values.first).to_be_visible()
        return [value.get_attribute("data-copy") or value.inner_text() for value in values.all()]

    def claim(self, code):
        """Name the code of a payment that was made from another phone."""
        field = self.page.locator("[name=receipt]")
        if not field.is_visible():
            self.tap(self.page.get_by_text("Paid from another phone?"))
        field.fill(code)
        self.tap(self.page.get_by_role("button", name="Find my payment"))

    def expect_waiting(self):
        expect(self.page.locator("#waiting")).to_be_visible()
        expect(self.page.locator("#waiting .seconds")).to_have_text(re.compile(r"^\d+$"))

    def seconds_left(self):
        return int(self.page.locator("#waiting .seconds").inner_text())
