"""Take the pictures of the README and the guides from a running demo.

    ./sire run --fresh --detach
    .sire/venv/dev-*/bin/python docs/img/make.py      (the Python that ./sire test sets up)

It plays the main job once on the demo company: quotation for "Wi-Fi for the new lodge", approval, M-Pesa, cash.
"""

import argparse
import io
import json
import re
import sys
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from host.testing import CHROMIUM_ARGS, chromium_path  # noqa: E402  the repository is found first

PROJECT, CLIENT = "Wi-Fi for the new lodge", "accounts@msitulodges.example"
PHONE = "0700 000 204"
LARGEST = 100_000  # bytes of a picture
LOADED = "[...document.images].every(one => one.complete || one.loading == 'lazy') && document.fonts.status == 'loaded'"


class Studio:
    """A browser, and pictures that stay small.

    :param browser: Playwright's
    :param str url: where SIRE is
    :param str sandbox: where the client's phone and inbox are
    """

    def __init__(self, browser, url, sandbox):
        self.browser, self.url, self.sandbox = browser, url, sandbox

    def staff(self, login):
        """Sign in and open the place where this role's day starts."""
        page = self.browser.new_page(viewport={"width": 1400, "height": 860}, timezone_id="Africa/Nairobi")
        page.goto(f"{self.url}/web/login")
        page.locator("input[name=login]").fill(login)
        page.locator("input[name=password]").fill(login)
        page.get_by_role("button", name="Log in").click()
        expect(page.locator(".o_action_manager .o_view_controller")).to_be_visible(timeout=60_000)
        return page

    def phone(self, url):
        """Open an address on a phone of 390 pixels."""
        page = self.browser.new_page(
            viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, device_scale_factor=1.5
        )
        page.goto(url)
        return page

    def take(self, page, name):
        """Save what the window shows."""
        page.wait_for_function(LOADED)
        picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
        for colours in (128, 64, 32):
            file = HERE / f"{name}.png"
            picture.quantize(colours, method=Image.Quantize.MEDIANCUT).save(file, optimize=True)
            if file.stat().st_size < LARGEST:
                break
        print(f"{file.name}: {file.stat().st_size // 1000} kB")

    def link(self):
        """Wait for the mail with the quotation; return the link in it."""
        for _second in range(60):
            with urllib.request.urlopen(f"{self.sandbox}/control/messages?to={CLIENT}") as answer:
                mails = sorted(json.load(answer), key=lambda mail: -mail["id"])
            if mails:
                return next(link for link in mails[0]["links"] if "/c/" in link)
            time.sleep(1)
        raise SystemExit("The quotation's e-mail did not arrive in the sandbox.")


def play(studio):
    """The main job, a picture at each place worth one."""
    manager = studio.staff("manager")
    studio.take(manager, "projects")
    manager.locator(".o_kanban_record").filter(has_text=PROJECT).first.click()
    expect(manager.get_by_role("button", name="New Quotation")).to_be_visible()
    studio.take(manager, "project")
    manager.get_by_role("button", name="New Quotation").click()
    manager.get_by_role("button", name="Send", exact=True).click()
    expect(manager.locator(".o_statusbar_status .o_arrow_button_current").first).to_contain_text("Sent")
    studio.take(manager, "quotation")

    client = studio.phone(studio.link())
    studio.take(client, "client-quotation")
    client.locator("#name").fill("Njoki Maina")
    client.get_by_role("button", name="Approve", exact=True).tap()
    expect(client.locator("form.pay")).to_be_visible()
    client.locator("form.pay [name=phone]").fill(PHONE)
    client.locator("form.pay [name=amount]").fill("60000")
    studio.take(client, "client-invoice")
    client.locator("form.pay button[type=submit]").tap()
    expect(client.locator("#waiting")).to_be_visible()
    studio.take(client, "client-waiting")
    handset = studio.phone(f"{studio.sandbox}/phone/254{PHONE.replace(' ', '')[1:]}")
    expect(handset.locator("#pin")).to_be_visible(timeout=30_000)
    studio.take(handset, "phone")
    handset.locator("#pin").fill("1234")
    handset.get_by_role("button", name="Send", exact=True).tap()
    expect(client.locator(".pill")).to_have_text(re.compile("Partially paid"), timeout=30_000)
    client.evaluate("window.scrollTo(0, 0)")
    studio.take(client, "client-paid")
    client.get_by_text("Phone not ringing? Pay here").tap()
    expect(client.locator(".qr img")).to_have_js_property("naturalWidth", 300)
    client.locator(".paybill").evaluate("node => node.scrollIntoView()")
    studio.take(client, "client-pay-bill")
    client.evaluate("window.scrollTo(0, 0)")
    number = client.locator("[data-invoice]").first.get_attribute("data-invoice")

    accountant = studio.staff("accountant")
    expect(accountant.locator(".o_data_row").first).to_be_visible()
    studio.take(accountant, "to-collect")
    accountant.locator(".o_data_row").filter(has_text=number).first.click()
    accountant.get_by_role("button", name="Cash Payment").click()
    expect(accountant.locator(".modal [name=amount] input")).to_be_visible()
    studio.take(accountant, "cash")
    accountant.get_by_role("button", name="Confirm").click()
    expect(accountant.locator("[name=sire_receipt_number]").first).to_be_visible()
    studio.take(accountant, "receipt")


def main(words, *plays):
    """Run what takes pictures in a browser, against the demo that the command line names.

    :param str words: what the command says of itself
    :param plays: each is called with the :class:`Studio`
    """
    parser = argparse.ArgumentParser(description=words.splitlines()[0])
    parser.add_argument("--url", default="http://localhost:8069")
    parser.add_argument("--sandbox", default="http://localhost:8070")
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        studio = Studio(browser, given.url, given.sandbox)
        for play_one in plays:
            play_one(studio)
        browser.close()


if __name__ == "__main__":
    main(__doc__, play)
