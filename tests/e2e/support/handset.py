"""The sandbox's phone: a person who gets a PIN prompt."""

import re

from playwright.sync_api import expect

from .sandbox import international

RIGHT_PIN, WRONG_PIN = "1234", "9999"
CONFIRMED = re.compile(r"\b([A-Z0-9]{10}) Confirmed\.")


class Handset:
    """:param page: a Playwright page; :param str phone: number in any form"""

    def __init__(self, page, sandbox_url, phone):
        self.page = page
        self.address = f"{sandbox_url}/phone/{international(phone)}"

    def open(self):
        self.page.goto(self.address)
        return self

    def expect_prompt(self, *texts):
        """Wait for the prompt, which comes by itself."""
        for text in texts:
            expect(self.page.locator(".prompt")).to_contain_text(text)

    def enter(self, pin):
        self.page.locator("#pin").fill(pin)
        self.page.get_by_role("button", name="Send", exact=True).click()

    def cancel(self):
        self.page.get_by_role("button", name="Cancel", exact=True).click()

    def lipa(self, number, account, amount, pin=RIGHT_PIN):
        """Pay to a pay bill from the phone's own menu, without any prompt."""
        self.page.goto(f"{self.address}/lipa")
        for label, value in (
            ("Business number", number),
            ("Account number", account),
            ("Amount in shillings", amount),
            ("M-Pesa PIN", pin),
        ):
            self.page.get_by_label(label).fill(str(value))
        self.page.get_by_label("M-Pesa PIN").press("Enter")

    def receipt(self):
        """Wait for the message that money was sent, and return its code."""
        message = self.page.get_by_text(CONFIRMED).first
        expect(message).to_be_visible()
        return CONFIRMED.search(message.inner_text())[1]
