from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.sire_base.utils.eat import eat_today

from .statement_page_common import StatementPageCommon

REPORT = "odoo.addons.base.models.ir_actions_report.IrActionsReport._render_qweb_pdf"


@tagged("post_install", "-at_install")
class TestPortalHome(StatementPageCommon):
    """What a client with an account sees in the host's portal: its own, and the way to the light pages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_user = cls.make_portal_user("acacia-portal", cls.client_partner)
        cls.other = cls.env["res.partner"].create({"name": "Baobab Ltd"})
        cls.other_user = cls.make_portal_user("baobab-portal", cls.other)
        cls.company._sire_setup_cash()
        cls.receipt = cls.receive(cls.client_partner, 400)

    @classmethod
    def make_portal_user(cls, login, client):
        contact = cls.env["res.partner"].create(
            {"name": login, "email": f"{login}@firm.example", "parent_id": client.id}
        )
        values = {"partner_id": contact.id, "password": login * 2, "company_id": cls.company.id}
        values["company_ids"] = [Command.set(cls.company.ids)]
        return new_test_user(cls.env, login, groups="base.group_portal", **values)

    @classmethod
    def receive(cls, client, amount, company=None):
        company = company or cls.company
        journal = cls.env["account.journal"].search([("type", "=", "cash"), ("company_id", "=", company.id)], limit=1)
        values = {"partner_id": client.id, "amount": amount, "journal_id": journal.id, "payment_type": "inbound"}
        payment = cls.env["account.payment"].with_company(company).create(values)
        payment.action_post()
        return payment

    def enter(self, user):
        self.authenticate(user.login, user.login * 2)

    def go(self, path):
        self.env.flush_all()
        response = self.url_open(path, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def count(self, *names):
        return self.make_jsonrpc_request("/my/counters", {"counters": list(names)})

    def test_counters(self):
        names = ("sire_receipt_count", "sire_statement_count", "invoice_count")
        self.enter(self.portal_user)
        self.assertEqual(self.count(*names), {names[0]: 1, names[1]: 1, names[2]: 1})
        html = self.go("/my").text
        for href in ("/my/receipts", "/my/statement", "/my/invoices", "/my/orders", "/my/quotes", "/my/projects"):
            self.assertIn(f'href="{href}', html)
        self.enter(self.other_user)
        self.assertEqual(self.count(*names), {names[0]: 0, names[1]: 0, names[2]: 0})

    def test_receipts_are_the_clients_own(self):
        self.enter(self.portal_user)
        self.assertIn(self.receipt.sire_receipt_number, self.go("/my/receipts").text)
        with patch(REPORT, return_value=(b"%PDF-1.4", "pdf")) as render:
            response = self.go(f"/my/receipts/{self.receipt.id}")
        self.assertEqual((response.status_code, render.call_args.args[1]), (200, self.receipt.ids))
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.enter(self.other_user)
        self.assertNotIn(self.receipt.sire_receipt_number, self.go("/my/receipts").text)
        with patch(REPORT) as render:
            self.assertEqual(self.go(f"/my/receipts/{self.receipt.id}").status_code, 303)
        render.assert_not_called()

    def test_a_portal_is_of_its_companies(self):
        self.load_kenyan_chart(self.company_2)
        self.company_2._sire_setup_cash()
        theirs = self.receive(self.client_partner, 777, company=self.company_2)
        self.bill(8888, -1, company=self.company_2)
        self.enter(self.portal_user)
        self.assertNotIn(
            theirs.sire_receipt_number + "<", self.go("/my/receipts").text.replace(self.receipt.sire_receipt_number, "")
        )
        self.assertEqual(self.go(f"/my/receipts/{theirs.id}").status_code, 303)
        response = self.go(f"/my/statement/{self.company_2.id}")
        self.assertNotIn("/s/", response.headers.get("Location", ""))
        self.portal_user.company_ids |= self.company_2
        html = self.go("/my/statement").text
        self.assertIn(f"/my/statement/{self.company_2.id}", html)
        self.assertIn(f"/my/statement/{self.company.id}", html)
        self.assertIn("/s/", self.go(f"/my/statement/{self.company_2.id}").headers["Location"])

    def test_statement_is_the_clients_own(self):
        self.enter(self.portal_user)
        response = self.go("/my/statement")
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(self.link._get_path()))
        self.enter(self.other_user)
        self.assertNotIn("Location", self.go("/my/statement").headers)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.go("/my/statement").headers["Location"])

    def test_rows_lead_to_the_light_page(self):
        order = self.make_order(900)
        self.enter(self.portal_user)
        for lst, document in (("/my/invoices", self.late), ("/my/quotes", order)):
            kind = "invoices" if document == self.late else "orders"
            path = f"/my/{kind}/{document.id}/page"
            html = self.go(lst).text
            self.assertIn(f'href="{path}"', html)
            self.assertNotIn("access_token", html)  # "Pay Now" leads there as well
            self.assertTrue(self.go(path).headers["Location"].endswith(self.path(document)))
        order.validity_date = eat_today() - timedelta(days=order.company_id.sire_link_days + 1)
        self.env.flush_all()  # its links open no more: the host's page shows it
        self.assertTrue(self.go(f"/my/orders/{order.id}/page").headers["Location"].endswith(f"/my/orders/{order.id}"))
        self.enter(self.other_user)
        for path in (f"/my/invoices/{self.late.id}/page", f"/my/orders/{order.id}/page", "/my/invoices/0/page"):
            self.assertTrue(self.go(path).headers["Location"].endswith("/my"), path)

    def test_staff_gets_no_clients_link(self):
        self.authenticate(self.user_accountant.login, self.user_accountant.login * 2)
        before = self.env["sire.client.link"].search_count([])
        response = self.go(f"/my/invoices/{self.late.id}/page")
        self.assertTrue(response.headers["Location"].endswith(f"/my/invoices/{self.late.id}"))
        self.assertNotIn("Location", self.go("/my/statement").headers)
        self.assertNotIn(self.receipt.sire_receipt_number, self.go("/my/receipts").text)
        self.assertEqual(self.env["sire.client.link"].search_count([]), before)
