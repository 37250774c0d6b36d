"""An administrator takes a permission away and gives it back, with the keyboard; it holds at once."""

import re

from playwright.sync_api import expect

from .support.api import Refused, make_quotation


def test_a_tick_is_changed_with_the_keyboard(staff, api, sandbox):
    job = make_quotation(api("manager"), sandbox)
    admin = staff("admin").open("/odoo/role-permissions")
    page = admin.page
    expect(page.locator(".o_sire_permissions_table")).to_be_visible()
    expect(page.get_by_role("button", name="Nothing to Save")).to_be_disabled()

    page.get_by_role("button", name="Quotation", exact=True).press("Enter")
    read = page.get_by_role("checkbox", name=re.compile("Project Manager, Quotation, Read"))
    read.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(read).to_be_focused()
    page.keyboard.press("Space")
    expect(read).to_have_attribute("aria-checked", "false")
    assert api("manager").read("sale.order", job.order_id, "name"), "nothing holds before it is saved"

    page.get_by_role("button", name="Review 1 and Save").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Project Manager")
    expect(dialog).to_contain_text("lose it:")
    expect(dialog).to_contain_text("counts for nothing without")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Nothing to Save")).to_be_disabled()
    try:
        api("manager").read("sale.order", job.order_id, "name")
    except Refused as refused:
        assert "Quotation: read" in str(refused)
    else:
        raise AssertionError("the permission was taken away")

    while read.get_attribute("aria-checked") != "true":
        read.click()
    page.get_by_role("button", name="Review 1 and Save").click()
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Nothing to Save")).to_be_disabled()
    assert api("manager").read("sale.order", job.order_id, "name")
