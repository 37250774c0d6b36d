"""What the five roles see, and what they cannot do whatever they send."""

import json

import pytest
from playwright.sync_api import expect

from .support.api import Refused, make_quotation, phone_number
from .support.sandbox import international


@pytest.fixture
def invoice(api, sandbox, client):
    """An approved quotation with its unpaid invoice of KSh 81,200, as (job, invoice id, page)."""
    manager = api("manager")
    job = make_quotation(manager, sandbox)
    page = client(job.link).open()
    page.approve()
    page.expect_state("To be paid")
    (move,) = manager.read("sale.order", job.order_id, "invoice_ids")["invoice_ids"]
    return job, move, page


LANDS_ON = {
    "manager": "Projects",
    "accountant": "Invoices",
    "viewer": "",
    "developer": "Tasks",
    "admin": "",
}


@pytest.mark.parametrize("role", sorted(LANDS_ON))
def test_the_login_form_leads_to_where_the_day_starts(windows, sire_server, role):
    page = windows.stranger()
    page.goto("/web/login")
    page.locator("input[name=login]").fill(role)
    page.locator("input[name=password]").fill(role)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".o_action_manager .o_view_controller, .o_action_manager .o_action")).to_be_visible()
    expect(page.locator(".o_control_panel, .o_action").first).to_contain_text(LANDS_ON[role])


def test_a_viewer_sees_all_and_changes_nothing(staff, api, invoice):
    job, move, _page = invoice
    viewer = staff("viewer").open("/odoo/sire-projects")
    for menu in ("Projects", "Quotations", "Invoices", "Payments"):
        assert menu in viewer.menus
    viewer.record("sire-quotations", job.order_id)
    viewer.expect_status("Approved")
    expect(viewer.form).to_contain_text("KSh 81,200.00")
    for action, res_id in (
        ("sire-quotations", job.order_id),
        ("sire-invoices", move),
        ("sire-projects", job.project_id),
    ):
        viewer.record(action, res_id)
        for button in (
            "Send",
            "Send Again",
            "Cancel",
            "New Quotation",
            "Cash Payment",
            "Pay",
            "Register Payment",
            "Finish",
        ):
            assert viewer.page.get_by_role("button", name=button, exact=True).filter(visible=True).count() == 0, button
    calls = [
        ("project.project", "write", [[job.project_id], {"name": "x"}]),
        ("project.task", "create", [{"name": "x", "project_id": job.project_id}]),
        ("res.partner", "write", [[job.partner_id], {"name": "x"}]),
        ("sale.order", "action_sire_send", [[job.order_id]]),
        ("sale.order", "action_cancel", [[job.order_id]]),
        ("account.move", "button_draft", [[move]]),
        ("account.payment", "create", [{"amount": 1, "partner_id": job.partner_id, "payment_type": "inbound"}]),
        ("sire.cash.payment.wizard", "create", [{"move_id": move, "amount": 1}]),
        ("project.project", "action_sire_new_quotation", [[job.project_id]]),
    ]
    person = api("viewer")
    for model, method, args in calls:
        with pytest.raises(Refused):
            person.call(model, method, *args)
    assert person.read("account.move", move, "amount_residual")["amount_residual"] == 81200


def test_a_developer_sees_projects_and_tasks_and_no_money(staff, api, invoice):
    job, move, _page = invoice
    developer = staff("developer").open("/odoo/sire-projects")
    assert not {"Quotations", "Invoices", "Payments"} & set(developer.menus)
    developer.record("sire-projects", job.project_id)
    expect(developer.form).to_contain_text("Design")
    assert "KSh" not in developer.page.locator(".o_web_client").inner_text()
    person = api("developer")
    for model, ids in (("sale.order", job.order_id), ("account.move", move)):
        with pytest.raises(Refused):
            person.read(model, ids, "amount_total")
    with pytest.raises(Refused):
        person.read("project.project", job.project_id, "sire_hourly_rate")
    with pytest.raises(Refused):
        person.read(
            "project.task", person.call("project.task", "search", [["name", "=", "Design"]])[0], "sire_hourly_rate"
        )


def test_more_than_is_left_is_refused_everywhere(api, invoice, sandbox):
    """The wizard, the host's payment wizard, its payment route and the JSON-2 API, forged."""
    job, move, page = invoice
    accountant = api("accountant")
    wizard = accountant.call("sire.cash.payment.wizard", "create", [{"move_id": move, "amount": 81200.01}])
    with pytest.raises(Refused, match="Only KSh 81,200"):
        accountant.call("sire.cash.payment.wizard", "action_confirm", wizard)
    context = {"active_model": "account.move", "active_ids": [move]}
    register = accountant.call("account.payment.register", "create", [{"amount": 90000}], context=context)
    with pytest.raises(Refused, match="Only KSh 81,200"):
        accountant.call("account.payment.register", "action_create_payments", register, context=context)
    values = {"amount": 90000, "partner_id": job.partner_id, "payment_type": "inbound", "invoice_ids": [[6, 0, [move]]]}
    with pytest.raises(Refused, match="Only KSh 81,200"):
        accountant.call("account.payment", "create", [values])
    answer = page.page.request.post(
        f"{job.link}/pay", form={"invoice": move, "amount": "90000", "phone": phone_number()}
    )
    assert answer.status == 422
    assert "Only KSh 81,200" in answer.text()
    for amount in ("-5", "0", "0.001", "1e30", "NaN", "Infinity", "true", "81200.01", ""):
        form = {"invoice": move, "amount": amount, "phone": phone_number()}
        assert page.page.request.post(f"{job.link}/pay", form=form).status == 422, amount
    assert accountant.read("account.move", move, "amount_residual")["amount_residual"] == 81200


def test_more_than_is_left_is_refused_over_json2(api, chrome, sire_server, invoice):
    job, move, _page = invoice
    key = sire_server.shell(
        "user = env.ref('sire_demo.user_accountant')\n"
        "from datetime import datetime, timedelta\n"
        "print(env['res.users.apikeys'].with_user(user)._generate('rpc', 'e2e', datetime.now() + timedelta(hours=1)))\n"
        "env.cr.commit()\n"
    ).split()[-1]
    context = chrome.new_context(base_url=sire_server.url)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def call(path, **body):
        return context.request.post(f"/json/2/{path}", headers=headers, data=json.dumps(body))

    values = {"amount": 90000, "partner_id": job.partner_id, "payment_type": "inbound", "invoice_ids": [[6, 0, [move]]]}
    answer = call("account.payment/create", vals_list=[values])
    assert answer.status >= 400
    assert "Only KSh 81,200" in answer.text()
    (wizard,) = call("sire.cash.payment.wizard/create", vals_list=[{"move_id": move, "amount": 90000}]).json()
    answer = call("sire.cash.payment.wizard/action_confirm", ids=[wizard])
    assert answer.status >= 400
    assert "Only KSh 81,200" in answer.text()
    answer = call("account.move/read", ids=[move], fields=["amount_residual"])
    assert answer.json()[0]["amount_residual"] == 81200
    context.close()


def test_what_a_prompt_holds_is_not_paid_twice(api, invoice, sandbox):
    """While the client's phone asks for a PIN, the accountant cannot take the same shillings in cash."""
    _job, move, page = invoice
    phone = phone_number()
    page.pay(phone, 80000)
    page.expect_waiting()
    sandbox.prompt(international(phone))
    accountant = api("accountant")
    wizard = accountant.call("sire.cash.payment.wizard", "create", [{"move_id": move, "amount": 5000}])
    with pytest.raises(Refused, match="Only KSh 1,200 is left"):
        accountant.call("sire.cash.payment.wizard", "action_confirm", wizard)
