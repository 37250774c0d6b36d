import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .statement_page_common import StatementPageCommon


@tagged("post_install", "-at_install")
class TestStatementPage(StatementPageCommon):
    """A client's account behind a link, and one prompt for all of it."""

    def assertRefused(self, words, status=422, **form):
        before = self.env["payment.transaction"].search_count([])
        response = self.pay_all(**form)
        self.assertEqual(response.status_code, status, form)
        self.assertIn('role="alert"', response.text)
        self.assertIn(words, response.text)
        self.assertEqual(self.env["payment.transaction"].search_count([]), before)
        return response.text

    # === WHAT IT SHOWS ===

    def test_balances_are_those_of_the_ledger(self):
        html = self.page()
        (found,) = self.client_partner._sire_get_statement(self.company, self.today.replace(month=1, day=1), self.today)
        self.assertEqual(found["closing"], 1500)
        for words in ("Statement for Acacia Hotels Ltd", "KSh 1,500", "1–30 days late", "Not due", self.late.name):
            self.assertIn(words, html)
        self.assertLess(len(html.encode()), 20_000)
        yesterday = (self.today - timedelta(days=20)).isoformat()
        html = self.page(f"?from=2026-01-01&to={yesterday}")
        self.assertNotIn("1–30 days late", html)  # nothing was invoiced yet on that day
        for query in ("?from=x&to=y", "?from=9999-99-99", "?to=0001-01-01", "?from=2999-01-01"):
            self.assertIn("KSh 1,500", self.page(query), query)

    def test_many_invoices_stay_a_light_page(self):
        for _number in range(30):
            self.bill(10, -1)
        html = self.page()
        self.assertLess(len(html.encode()), 20_000)
        self.assertIn("Show all 32", html)
        self.assertEqual(html.count("data-invoice"), 12)
        self.assertIn("20 earlier entries", html)
        self.assertEqual(self.page("?all=1").count("data-invoice"), 32)
        self.assertIn("All that is open: KSh 1,800 (32)", html)

    def test_late_since_the_same_day_as_on_the_invoice(self):
        words = f"Overdue since {(self.late.invoice_date_due + timedelta(days=1)).strftime('%d/%m/%Y')}"
        self.assertIn(words, self.page())
        self.assertIn(words, self.read(self.path(self.late)))
        self.assertIn(f"Due {self.open.invoice_date_due.strftime('%d/%m/%Y')}", self.page())

    def test_one_earlier_entry(self):
        for _number in range(11):
            self.bill(10, -1)
        html = self.page()
        self.assertIn("1 earlier entry<", html)
        self.assertNotIn("1 earlier entries", html)

    def test_pdf_and_pages_of_the_invoices(self):
        report = "odoo.addons.base.models.ir_actions_report.IrActionsReport._render_qweb_pdf"
        with patch(report, return_value=(b"%PDF-1.4", "pdf")) as render:
            response = self.fetch(f"{self.link._get_path()}/pdf?from=2026-01-01&to=2026-02-01")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        wizard = self.env["sire.statement.wizard"].browse(render.call_args.args[1])
        self.assertEqual((wizard.partner_ids, wizard.company_id), (self.client_partner, self.company))
        self.assertEqual(str(wizard.date_to), "2026-02-01")
        response = self.fetch(f"{self.link._get_path()}/invoice/{self.late.id}", allow_redirects=False)
        self.assertEqual((response.status_code, response.headers["Location"]), (303, self.path(self.late)))

    # === WHO MAY ===

    def test_nothing_of_others(self):
        other = self.env["res.partner"].create({"name": "Baobab Ltd"})
        theirs = self.bill(7777, -3, partner=other)
        their_draft = self.bill(8888, -3, post=False)
        html = self.page()
        self.assertNotIn("7,777", html)
        self.assertNotIn("8,888", html)
        for invoice in (theirs, their_draft):
            response = self.fetch(f"{self.link._get_path()}/invoice/{invoice.id}", allow_redirects=False)
            self.assertEqual(response.status_code, 404)

    def test_a_link_is_of_one_company(self):
        other = self.company_2
        self.load_kenyan_chart(other)
        theirs = self.bill(7777, -3, company=other)
        self.assertEqual(theirs.company_id, other)
        self.assertNotIn("7,777", self.page())
        link = self.env["sire.statement.link"]._for(self.client_partner, other)
        html = self.page(link=link)
        self.assertIn("7,777", html)
        self.assertNotIn("1,500", html)
        self.assertEqual(html.count("data-invoice"), 1)
        links = self.env["sire.statement.link"].with_user(self.user_admin)
        links = links.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(links.search([("partner_id", "=", self.client_partner.id)]).sudo(), self.link)

    def test_links_that_do_not_open(self):
        document = self.links._for(self.late).sudo().code
        for code in ("0000-0000-0000", "x", document):
            for suffix in ("", "/pdf", "/logo", f"/invoice/{self.late.id}"):
                response = self.fetch(f"/s/{code}{suffix}", allow_redirects=False)
                self.assertEqual(response.status_code, 404, (code, suffix))
            self.assertEqual(self.fetch(f"/s/{code}/pay", {"scope": "all"}).status_code, 404)
            self.assertEqual(self.fetch(f"/s/{code}/status").json(), {"gone": True})
        self.read(f"/c/{self.link.sudo().code}", status=404)  # nor is it the key to a document
        path = self.link._get_path()
        self.client_partner._sire_stop_statement_link(self.company)
        self.read(path, status=404)
        new = self.env["sire.statement.link"]._for(self.client_partner, self.company)
        self.read(new._get_path())
        new.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self.read(new._get_path(), status=404)
        self.assertNotEqual(self.env["sire.statement.link"]._for(self.client_partner, self.company), new)

    def test_only_methods_write_links(self):
        for user in (self.user_accountant, self.user_manager, self.user_developer, self.user_admin):
            links = self.env["sire.statement.link"].with_user(user)
            with self.assertRaises(AccessError):
                links.create({"partner_id": self.client_partner.id, "company_id": self.company.id})
            with self.assertRaises(AccessError):
                links.browse(self.link.id).write({"revoked": False})
        with self.assertRaises(AccessError):
            self.link.with_user(self.user_accountant).read(["partner_id"])
        with self.assertRaises(AccessError):
            self.client_partner.with_user(self.user_developer)._sire_stop_statement_link(self.company)
        self.client_partner.with_user(self.user_accountant)._sire_stop_statement_link(self.company)
        self.assertTrue(self.link.revoked)

    # === PAY ALL ===

    def test_pay_all_that_is_open(self):
        response = self.pay_all()
        self.assertEqual((response.status_code, response.headers["Location"]), (303, self.link._get_path()))
        tx = self.transactions(self.late)
        self.assertEqual((tx.amount, tx.state, tx.invoice_ids), (1500, "pending", self.late | self.open))
        html = self.page()
        self.assertIn("Check your phone", html)
        self.assertNotIn('name="phone"', html)
        self.assertTrue(json.loads(self.fetch(f"{self.link._get_path()}/status").text)["live"])
        self.pay_all()  # a second tab: the page shows the prompt that is open
        self.assertEqual(self.transactions(self.late), tx)
        self.finish(tx)
        self.assertEqual([self.late.amount_residual, self.open.amount_residual], [0, 0])
        self.assertIn("Nothing is open", self.page())
        self.assertRefused("Nothing is left to pay")

    def test_pay_all_that_is_overdue(self):
        self.pay_all("overdue", "1000.00")
        tx = self.transactions(self.late)
        self.assertEqual((tx.amount, tx.invoice_ids), (1000, self.late))
        self.finish(tx)
        self.assertEqual([self.late.amount_residual, self.open.amount_residual], [0, 500])

    def test_what_was_seen_is_what_is_paid(self):
        html = self.page()
        self.assertIn('value="1500.00"', html)
        tx = self.late._mpesa_request(400, "0722 000 111")
        self.finish(tx)
        text = self.assertRefused("it is KSh 1,100 now", 409)
        self.assertIn('value="1100.00"', text)
        for seen in ("", "-1", "NaN", "inf", "1e9", "0", "1499.99", "999999999"):
            self.assertRefused("has changed", 409, seen=seen)
        for scope in ("", "some", "all'"):
            self.assertRefused("Choose what to pay", scope=scope)
        for phone in ("", "12", "+1 555 000 111"):
            self.assertRefused("phone number", phone=phone, seen="1100.00")
        self.assertEqual(self.pay_all(seen="1100.00").status_code, 303)
        self.assertEqual(self.transactions(self.open).amount, 1100)

    def test_more_than_one_payment_carries(self):
        self.bill(600000, -20)
        self.assertIn("in 3 steps", self.page())
        self.pay_all(seen="601500.00")
        tx = self.env["payment.transaction"].search([], order="id desc", limit=1)
        self.assertEqual(tx.amount, self.provider.mpesa_max_amount)
        self.assertEqual(len(tx.invoice_ids), 1)  # the one that is due first; nothing of the others is held
        self.assertEqual(self.late._sire_get_payable(), 1000)

    def test_another_currency_is_apart(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create({"currency_id": usd.id, "name": "2026-01-01", "rate": 0.0077})
        dollars = self.bill(250, -5, currency_id=usd.id)
        html = self.page()
        self.assertIn("Invoices in another currency", html)
        self.assertIn("All that is open: KSh 1,500 (2)", html)
        self.pay_all()
        self.assertNotIn(dollars, self.transactions(self.late).invoice_ids)

    def test_credit_is_said_and_not_paid_again(self):
        def receive(amount):
            journal = self.env["account.journal"].search(
                [("type", "=", "cash"), ("company_id", "=", self.company.id)], limit=1
            )
            values = {"partner_id": self.client_partner.id, "amount": amount, "journal_id": journal.id}
            self.env["account.payment"].create({**values, "payment_type": "inbound"}).action_post()

        receive(300)
        self.assertIn("a credit of KSh 300", self.page())
        receive(1200)
        self.assertNotIn('name="phone"', self.page())
        self.assertRefused("a credit of KSh 1,500")

    # === WHO GIVES IT ===

    def make_wizard(self, user, **values):
        wizards = self.env["sire.statement.wizard"].with_user(user).with_context(allowed_company_ids=self.company.ids)
        return wizards.create({"partner_ids": self.client_partner.ids, "company_id": self.company.id, **values})

    def test_staff_gives_and_stops_the_link(self):
        path = self.link._get_path()
        wizard = self.make_wizard(self.user_accountant)
        self.assertTrue(wizard.client_url.endswith(path))
        wizard.action_make_link()  # twice is once
        self.assertTrue(wizard.client_url.endswith(path))
        wizard.action_stop_link()
        wizard.invalidate_recordset()
        self.assertFalse(wizard.client_url)
        self.read(path, status=404)
        wizard.action_make_link()
        wizard.invalidate_recordset()
        self.assertIn("/s/", wizard.client_url)
        self.assertNotIn(path, wizard.client_url)

    def test_who_gives_no_links(self):
        wizard = self.make_wizard(self.user_viewer)
        self.assertFalse(wizard.client_url)
        for action in (wizard.action_make_link, wizard.action_stop_link):
            with self.assertRaises(AccessError):
                action()
        with self.assertRaises(AccessError):
            self.make_wizard(self.user_accountant, company_id=self.company_2.id)
        elsewhere = self.client_partner.with_user(self.user_accountant)
        with self.assertRaises(UserError):
            elsewhere._sire_stop_statement_link(self.company_2)
        self.assertFalse(self.link.revoked)

    def test_json_2(self):
        """What the buttons refuse, the API refuses."""
        client, link = self.client_partner, self.link

        def call(user, model, method, **body):
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.make_api_key(user)}"}
            response = self.url_open(f"/json/2/{model}/{method}", data=json.dumps(body), headers=headers)
            self.env.invalidate_all()
            return response.status_code

        values = {"partner_id": client.id, "company_id": self.company.id}
        wizard = self.make_wizard(self.user_viewer)
        for user, model, method, body in (
            (self.user_accountant, "sire.statement.link", "search_read", {"domain": [], "fields": ["code"]}),
            (self.user_accountant, "sire.statement.link", "create", {"vals_list": [values]}),
            (self.user_accountant, "sire.statement.link", "write", {"ids": link.ids, "vals": {"partner_id": 1}}),
            (self.user_admin, "sire.statement.link", "write", {"ids": link.ids, "vals": {"revoked": False}}),
            (self.user_admin, "sire.statement.link", "unlink", {"ids": link.ids}),
            (self.user_accountant, "sire.statement.link", "_find", {"text": "x"}),
            (self.user_accountant, "res.partner", "_sire_get_statement_url", {"ids": client.ids, "company": 1}),
            (self.user_viewer, "sire.statement.wizard", "action_make_link", {"ids": wizard.ids}),
            (self.user_viewer, "sire.statement.wizard", "action_stop_link", {"ids": wizard.ids}),
            (self.user_developer, "sire.statement.wizard", "create", {"vals_list": [{"partner_ids": client.ids}]}),
        ):
            with self.subTest(user=user.login, method=method):
                self.assertIn(call(user, model, method, **body), range(400, 500))
        self.assertEqual((link.partner_id, link.revoked, link.exists()), (client, False, link))
