"""The pages in a real Chromium: what the script adds, and that nothing is fetched from elsewhere."""

import os
import resource
import shutil
import smtplib
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from playwright import sync_api as playwright

from .client import PATIENCE, PHONE
from .test_mail import quotation

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium_path():
    """:return: the Chromium that ``./sire test`` found, or this system's own"""
    found = os.environ.get("SIRE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "There is no Chromium here, so the pages cannot be tested: run ./sire test, which installs one."
    return found


@pytest.fixture(scope="module")
def browser():
    """A Chromium, and the one thread in which it may be used.

    The thread is its own because other browser tests of the same run may have left Playwright's loop in this one.
    """
    # In one run with Odoo's tests this process has a limited address space, which its children inherit; Chromium
    # reserves far more of it than it uses and dies at once.
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    with ThreadPoolExecutor(1) as thread:
        try:
            driver = thread.submit(lambda: playwright.sync_playwright().start()).result()
            chromium = thread.submit(
                lambda: driver.chromium.launch(executable_path=chromium_path(), args=FLAGS)
            ).result()
            yield thread, chromium
            thread.submit(chromium.close).result()
            thread.submit(driver.stop).result()
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@pytest.fixture(params=[390, 1400])
def drive(browser, request):
    """Run ``steps(page)`` on a page of a phone and on one of a desk; nothing may come from elsewhere or fail in it."""
    thread, chromium = browser

    def run(steps):
        page = chromium.new_page(viewport={"width": request.param, "height": 844})
        page.set_default_timeout(PATIENCE * 1000)
        hosts, errors = set(), []
        page.on("request", lambda asked: hosts.add(urlsplit(asked.url).hostname))
        page.on("pageerror", lambda error: errors.append(str(error)))
        try:
            steps(page)
        finally:
            page.close()
        assert hosts == {"127.0.0.1"}
        assert errors == []

    return lambda steps: thread.submit(run, steps).result()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_prompt_arrives_by_itself_and_is_paid(daraja, receiver, drive):
    @drive
    def _steps(page):
        page.goto(f"{daraja.url}/phone/{PHONE}")
        assert page.get_by_text("No prompt.").is_visible()
        daraja.push_ok(receiver.url)
        pin = page.get_by_label("Enter M-Pesa PIN")
        pin.wait_for()
        assert page.evaluate("document.activeElement.id") == "pin"
        pin.press_sequentially("12")
        for _look in range(2):  # the page looks for news, and what was typed stays
            with page.expect_response("**/screen"):
                pass
        assert pin.input_value() == "12"
        assert fits(page)
        pin.press_sequentially("34")
        pin.press("Enter")
        page.get_by_text("Confirmed. Ksh500.00 paid to SIRE TECH Ltd").wait_for()
        page.get_by_text("answered 200").wait_for()
        assert receiver.wait()[0]["ResultCode"] == 0


def test_cancel_cancels(daraja, receiver, drive):
    @drive
    def _steps(page):
        daraja.push_ok(receiver.url)
        page.goto(f"{daraja.url}/phone/{PHONE}")
        page.get_by_role("button", name="Cancel").click()
        page.get_by_text("Cancelled on the phone").wait_for()
        assert receiver.wait()[0]["ResultCode"] == 1032


def test_targets_are_large_enough(daraja, receiver, drive):
    @drive
    def _steps(page):
        daraja.push_ok(receiver.url)
        for path in (f"/phone/{PHONE}", "/phone", "/inbox", "/"):
            page.goto(daraja.url + path)
            assert fits(page), path
            for box in (item.bounding_box() for item in page.locator("button, main input:not([type=hidden])").all()):
                assert box["height"] >= 48, (path, box)


def test_message_comes_by_itself_and_its_link_opens(daraja, drive):
    @drive
    def _steps(page):
        page.goto(f"{daraja.url}/inbox")
        message = quotation()
        link = f"{daraja.url}/health"
        message.get_payload()[0].get_payload()[1].get_payload()[0].set_content(
            f'<p><a href="{link}">Read and approve</a></p><script>document.title = "ran"</script>', subtype="html"
        )
        with smtplib.SMTP("127.0.0.1", daraja.world.smtp_port) as smtp:
            smtp.send_message(message)
        page.get_by_text("Quotation S00042").click()
        frame = page.frame_locator("iframe")
        with page.expect_popup() as popup:
            frame.get_by_text("Read and approve").click()
        popup.value.wait_for_load_state()
        assert popup.value.url == link
        assert frame.locator("script").count() == 1 and page.title() != "ran"
        assert fits(page)
        with page.expect_download() as download:
            page.get_by_role("link", name="S00042").click()
        assert download.value.suggested_filename.endswith(".pdf")
