"""The host's portal and staff's own button: M-Pesa in steps, and all of a client's invoices at once."""

import datetime

import pytest
from playwright.sync_api import expect

from .support.api import phone_number, unique
from .support.handset import RIGHT_PIN
from .support.sandbox import international
from .support.waiting import eventually


@pytest.fixture
def invoices_of(api):
    """Make a client and posted invoices, without tax: ``of(600000, …)`` returns the client and their ids."""

    def of(*amounts):
        accountant = api("accountant")
        name = unique("Steps Ltd")
        client = accountant.call("res.partner", "create", {"name": name})
        made = []
        for amount in amounts:
            line = {"name": "Works", "quantity": 1, "price_unit": amount, "tax_ids": [[6, 0, []]]}
            values = {"move_type": "out_invoice", "partner_id": client, "invoice_line_ids": [[0, 0, line]]}
            values["invoice_date"] = str(datetime.date.today())
            made.append(accountant.call("account.move", "create", values))
            accountant.call("account.move", "action_post", made[-1:])
        return name, client, made

    return of


def test_a_large_invoice_in_the_portal(invoices_of, api, windows, sandbox):
    _name, _client, (invoice,) = invoices_of(600000)
    accountant = api("accountant")
    url = accountant.call("account.move", "preview_invoice", [invoice])["url"]
    page, phone = windows.client(), phone_number()
    # The host's bundle asks Stripe for its script, also where no card is taken. Nothing leaves a test.
    page.route("https://js.stripe.com/**", lambda route: route.fulfill(content_type="text/javascript", body=""))
    page.goto(f"{url}&payment=True")
    dialog = page.locator("#pay_with")
    expect(dialog).to_contain_text("KSh 600,000 is above M-Pesa's limit of KSh 250,000 a payment: pay in 3 steps.")
    dialog.locator("[name=sire_mpesa_phone]").fill(phone)
    dialog.get_by_role("button", name="Pay", exact=True).click()
    prompt = sandbox.prompt(international(phone))
    assert prompt["amount"] == 250000
    sandbox.post(f"/control/prompts/{prompt['id']}/answer", result="success", wait=True)
    left = [["id", "=", invoice], ["amount_residual", "=", 350000]]
    eventually(lambda: accountant.call("account.move", "search", left), "the first step in the books")
    page.goto(f"{url}&payment=True")
    expect(dialog).to_contain_text("KSh 350,000 is above M-Pesa's limit")


def test_staff_ask_for_all_of_a_clients_invoices(invoices_of, api, windows, handset):
    _name, client, made = invoices_of(1000, 500)
    phone = phone_number()
    api("accountant").call("res.partner", "write", [client], {"phone": phone})
    page = windows.staff("accountant")
    page.goto(f"/odoo/action-sire_projects.action_sire_clients/{client}")
    page.get_by_role("button", name="Request M-Pesa payment").click()
    dialog = page.locator(".modal-dialog")
    expect(dialog).to_contain_text("1,500")
    dialog.get_by_role("button", name="Send Prompt").click()
    expect(dialog.get_by_role("status").filter(has_text="Enter your M-Pesa PIN")).to_be_visible()
    person = handset(phone)
    person.expect_prompt("KSh 1,500")
    person.enter(RIGHT_PIN)
    expect(dialog).to_contain_text("Paid: KSh 1,500")
    rows = api("accountant").call("account.move", "read", made, ["amount_residual"])
    assert [row["amount_residual"] for row in rows] == [0, 0]
