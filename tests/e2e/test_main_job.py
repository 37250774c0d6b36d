"""The main job, from a new project to a paid invoice, as the people who do it: steps 1 to 8 in one story."""

import io
import re
import shutil
import subprocess

import pypdf
import pytest
from playwright.sync_api import expect

from .support.api import Refused, make_project, make_quotation, phone_number, unique
from .support.client_page import ClientPage
from .support.handset import RIGHT_PIN

RECEIPT = "sire_billing.report_sire_receipt"


def test_from_a_new_project_to_a_paid_invoice(staff, api, sandbox, windows, client, handset, ledger, sire_server):
    manager = staff("manager").open()
    client_name, email = _make_client(api)

    # 1. A project for a client, with tasks, hours, rates and a document.
    title = unique("Office network")
    make_a_project(manager, title, client_name)

    # 2. New quotation: the lines come from the tasks; one is edited; VAT 16 % and the total.
    manager.begin()
    manager.open()
    manager.open_row(title)
    manager.press("New Quotation")
    manager.expect_status("Draft")
    manager.expect_field("order_line", "Cabling")
    manager.edit_cell("Cabling", "price_unit", "2600")
    expect(manager.field("tax_totals")).to_contain_text("VAT 16%")
    expect(manager.field("tax_totals")).to_contain_text("KSh 53,360.00")  # (10 × 2,000 + 10 × 2,600) × 1.16
    expect(manager.field("validity_date").locator("input, span, button").first).not_to_be_empty()

    # 3. Send: the quotation says when and to whom, the mail has the PDF and the link.
    manager.press("Send")
    manager.expect_status("Sent")
    manager.expect_field("sire_sent_to", email)
    expect(manager.field("sire_sent_at")).to_contain_text(re.compile(r"\d:\d\d"))
    staff_clicks, staff_seconds = manager.count, manager.seconds
    ledger.note("project to sent quotation", staff_clicks, 7, "clicks", staff_seconds)
    phone_page = _open_mail(windows, sandbox, sire_server, email)

    # 4. and 5. The client approves with a name; the invoice is there at once, with Pay.
    page = ClientPage(phone_page, phone_page.url)
    page.expect_state("Waiting for your answer")
    page.expect_text("KSh 53,360")
    page.approve("Wanjiku Mwangi")
    page.expect_state("To be paid")
    invoice = page.invoice

    # 6. A part by M-Pesa.
    phone = phone_number()
    page.page.locator("form.pay [name=amount]").fill("20000")
    page.pay(phone)
    page.expect_waiting()
    person = handset(phone)
    person.expect_prompt("KSh 20,000")
    person.enter(RIGHT_PIN)
    page.expect_state("Partially paid")
    ledger.note("approve and pay", page.count, 4, "taps", page.seconds)
    (receipt,) = page.receipts

    # 7. The accountant sees it partly paid, with the receipt number, and takes the rest in cash.
    accountant = staff("accountant").open()
    accountant.open_row(invoice)
    expect(accountant.form).to_contain_text(receipt)
    accountant.begin()
    accountant.press("Cash Payment")
    dialog = accountant.page.locator(".modal")
    expect(dialog.locator("[name='amount'] input")).to_have_value(re.compile("33,?360"))
    dialog.locator("[name='amount'] input").fill("33360.01")
    accountant.press("Confirm")
    accountant.expect_dialog("Only KSh 33,360 is left")
    accountant.page.locator(".modal").last.get_by_role(
        "button", name=re.compile("Ok|Close", re.IGNORECASE)
    ).first.click()
    dialog.locator("[name='amount'] input").fill("33360")
    accountant.count = 1  # the refused attempt is not part of the promise
    accountant.press("Confirm")
    number = accountant.form.locator("[name='sire_receipt_number']")
    expect(number).to_contain_text(re.compile(r"\d{4,}"))
    pdf = _download(accountant, "Print Receipt")
    ledger.note("cash payment with receipt", accountant.count, 3, "clicks", accountant.seconds)
    seconds = staff_seconds + accountant.seconds
    ledger.note("project to paid invoice", staff_clicks + accountant.count, 9, "clicks", seconds)
    payment = accountant.page.url.rpartition("/")[2]
    text = _text_of(pdf) or accountant.page.request.get(f"/report/html/{RECEIPT}/{payment}").text()
    for part in (number.inner_text().strip(), "33,360", "Cash", invoice):
        assert part in text, text
    page.open()
    page.expect_state("Paid")
    assert receipt in page.receipts

    # 8. The viewer sees it all.
    viewer = staff("viewer").open("/odoo/sire-invoices")
    row = viewer.page.locator(".o_data_row").filter(has_text=invoice)
    expect(row).to_contain_text("Paid")


def test_projects_are_found_by_status_and_by_client(staff):
    manager = staff("manager").open()
    cards = manager.page.locator(".o_kanban_record:not(.o_kanban_ghost)")
    expect(cards.filter(has_text="Freight tracking portal")).to_be_visible()  # ongoing, as the list opens
    expect(cards.filter(has_text="Prescription register")).to_have_count(0)
    manager.choose_filter("Finished")
    expect(cards.filter(has_text="Prescription register")).to_be_visible()
    manager.type_to_search("Zawadi", "Client")
    expect(cards.filter(has_text="Prescription register")).to_be_visible()
    expect(cards.filter(has_text="Case file archive")).to_have_count(0)


def make_a_project(manager, title, client_name):
    """Make a project in the browser: client, dates, description, two tasks with hours and rates, a link to a document."""
    manager.press("New")
    expect(manager.form).to_be_visible()
    manager.type_into("name", title)
    manager.choose("partner_id", client_name)
    manager.type_into("sire_hourly_rate", "2000")
    for name, day in (("date_start", "23/11/2026"), ("date", "15/01/2027")):
        manager.click(manager.field(name).locator("input, button").first)
        manager.field(name).locator("input").first.fill(day)
        manager.field(name).locator("input").first.press("Tab")
    for number, (name, hours) in enumerate((("Survey", "10"), ("Cabling", "10"))):
        manager.click(manager.field("tasks").get_by_text("Add a line", exact=True))
        row = manager.form.locator("[name='tasks'] .o_data_row").nth(number)
        expect(row).to_have_class(re.compile("o_selected_row"))
        row.locator("[name='name'] input, [name='name'] textarea").fill(name)
        row.locator("[name='allocated_hours'] input").fill(hours)
    manager.click(manager.form.get_by_role("tab", name="Description"))
    manager.form.locator("[name='description'] [contenteditable=true]").fill("Cables and switches for the new office.")
    manager.click(manager.form.get_by_role("tab", name="Documents"))
    manager.click(manager.field("sire_document_ids").get_by_text("Add a line", exact=True))
    row = manager.form.locator("[name='sire_document_ids'] .o_selected_row")
    row.locator("[name='name'] input").fill("Floor plan")
    row.locator("[name='url'] input").fill("https://docs.client.example/floor-plan")
    manager.click(manager.page.locator(".o_form_button_save"))
    expect(manager.page.locator(".o_form_button_save")).to_be_hidden()
    manager.expect_status("Ongoing")
    manager.expect_field("date", "15/01/2027")
    manager.expect_field("sire_document_ids", "Floor plan")


def _make_client(api):
    """Make a client as a manager would have before.

    :return: name and e-mail address
    """
    job = make_project(api("manager"))
    return job.client, job.email


def _open_mail(windows, sandbox, server, email):
    """Read the newest mail in the sandbox's inbox on a phone and tap the link in it.

    :return: the page that opened
    """
    sandbox.link_to(email)
    (mail,) = sandbox.messages(email)
    inbox = windows.client()
    inbox.goto(f"{server.sandbox_url}/inbox/{mail['id']}")
    assert "application/pdf" in [item["type"] for item in mail["attachments"]]
    with inbox.context.expect_page() as opened:
        inbox.frame_locator("iframe").get_by_role("link", name="Read and approve").tap()
    opened.value.wait_for_load_state()
    return opened.value


def _download(person, button):
    """Press a button that prints; return the bytes of the PDF."""
    with person.page.expect_download() as download:
        person.press(button)
    return open(download.value.path(), "rb").read()


def _text_of(pdf):
    """Return the text of a PDF; nothing where its engine drew the letters as shapes, as Debian's wkhtmltopdf does."""
    assert pdf.startswith(b"%PDF")
    if not shutil.which("pdftotext"):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).strip()
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode().strip()


def test_send_says_what_is_missing(staff, api):
    job = make_project(api("manager"), tasks=())
    manager = staff("manager").record("sire-projects", job.project_id)
    manager.press("New Quotation")
    manager.expect_status("Draft")
    manager.press("Send")
    manager.expect_dialog("no lines yet")


def test_the_quotation_of_an_approved_project_is_frozen(staff, api, sandbox, client):
    job = make_quotation(api("manager"), sandbox)
    page = client(job.link).open()
    page.approve()
    page.expect_state("To be paid")
    manager = staff("manager").record("sire-quotations", job.order_id)
    manager.expect_status("Approved")
    with pytest.raises(Refused, match="Only an administrator|only an administrator"):
        api("manager").call("sale.order", "action_cancel", [job.order_id])
