"""Take the pictures of M-Pesa's set-up and ledger from a running demo.

    ./sire run --fresh --detach
    .sire/venv/dev-*/bin/python docs/img/mpesa.py     (the Python that ./sire test sets up)

It goes through the set-up with the sandbox's credentials, pays a shilling, and pays the pay bill without a prompt.
"""

import json
import time
import urllib.request

from make import main
from playwright.sync_api import expect

SHORTCODE, PHONE = "174379", "0712 345 678"


def go_on(page, step):
    """Press the button that tries this step, and wait for the next one."""
    page.locator("button[name=action_next]:visible").click()
    expect(page.locator(f"[data-step={step}]")).to_have_attribute("aria-current", "step", timeout=20_000)


def set_up(studio):
    """The administrator's way from keys to a paid shilling."""
    page = studio.staff("admin")
    page.get_by_role("button", name="Configuration").click()
    page.get_by_role("menuitem", name="Set up M-Pesa").click()
    page.locator("[data-step=keys]").click()
    go_on(page, "passkey")
    go_on(page, "address")
    studio.take(page, "mpesa-setup")
    go_on(page, "c2b")
    page.get_by_role("button", name="Register the Addresses").click()
    page.locator(".modal .btn-primary").click()
    expect(page.locator("[data-step=c2b]")).to_have_attribute("data-state", "done")
    go_on(page, "pull")
    if page.get_by_role("button", name="Register the List").is_visible():
        page.locator("[name=mpesa_pull_phone] input").fill(PHONE)
        page.get_by_role("button", name="Register the List").click()
    expect(page.locator("[data-step=pull]")).to_have_attribute("data-state", "done")
    go_on(page, "test")
    page.locator("[name=test_phone] input").fill(PHONE)
    page.get_by_role("button", name="Send the Prompt").click()
    handset = studio.phone(f"{studio.sandbox}/phone/254{PHONE.replace(' ', '')[1:]}")
    expect(handset.locator("#pin")).to_be_visible(timeout=30_000)
    handset.locator("#pin").fill("1234")
    handset.get_by_role("button", name="Send", exact=True).tap()
    expect(page.locator("[data-step=test]")).to_have_attribute("data-state", "done", timeout=60_000)
    studio.take(page, "mpesa-test")


def pay(studio, number, account, names):
    """A customer types pay bill and account."""
    body = {
        "phone": f"2547122233{number:02}",
        "amount": 1500 * number,
        "reference": account,
        "shortcode": SHORTCODE,
        "names": names,
        "wait": True,
    }
    request = urllib.request.Request(f"{studio.sandbox}/control/c2b", json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request).close()


def look_at_the_ledger(studio):
    """The accountant's queue, the wizard behind it, and the days."""
    for number, account, names in (
        (1, "RENT NOV", "Peter Otieno"),
        (2, "GRACE", "Grace Wanjiku"),
        (3, "S0007", "Ali Hassan"),
    ):
        pay(studio, number, account, names)
    page = studio.staff("accountant")
    for _second in range(30):
        page.goto(f"{studio.url}/odoo/action-sire_mpesa.action_sire_mpesa_suspense")
        expect(page.locator(".o_data_row").first).to_be_visible()
        if page.locator(".o_data_row").count() > 3:
            break
        time.sleep(1)
    page.get_by_role("button", name="Payments").wait_for()
    studio.take(page, "mpesa-to-be-assigned")
    page.goto(f"{studio.url}/odoo/action-sire_mpesa.action_sire_mpesa_days")
    expect(page.locator(".o_data_row").first).to_be_visible()
    studio.take(page, "mpesa-by-day")


if __name__ == "__main__":
    main(__doc__, set_up, look_at_the_ledger)
