"""The sandbox's phone: a person who gets a PIN prompt."""

from playwright.sync_api import expect

from .sandbox import international

RIGHT_PIN, WRONG_PIN = "1234", "9999"


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
