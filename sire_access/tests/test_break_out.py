"""Ways around a tick that was taken away."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.sire_access.tests.common import SireRoles
from odoo.addons.sire_access.tests.test_matrix import MatrixCase
from odoo.addons.sire_base.tests.json_2 import Json2Case


@tagged("post_install", "-at_install")
class TestBreakOut(MatrixCase, Json2Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tick(
            (cls.accountant, "invoice.post", False),
            (cls.accountant, "invoice.void", False),
            (cls.manager, "invoice.read", False),
            (cls.manager, "message.create", False),
            (cls.accountant, "client.read", "own"),
        )
        cls.api_key = cls.make_api_key(cls.user_accountant)

    def ask(self, model, method, ids=(), **body):
        self.opener.cookies.clear()
        return self.json_2(self.api_key, model, method, **({"ids": list(ids)} if ids else {}), **body)

    def test_json_2_with_a_hidden_action(self):
        view = self.env["account.move"].with_user(self.user_accountant).get_view(view_type="form")
        self.assertNotIn('name="action_post"', view["arch"])
        for method, record in (
            ("action_post", self.draft_invoice),
            ("button_draft", self.invoice),
            ("button_cancel", self.draft_invoice),
        ):
            answer = self.ask("account.move", method, record.ids)
            self.assertEqual(answer.status_code, 403, method)
            self.assertIn("does not have the permission “Invoice: ", answer.json()["message"])
        self.env.invalidate_all()
        self.assertEqual((self.invoice.state, self.draft_invoice.state), ("posted", "draft"))

    def test_the_state_written_by_hand(self):
        for vals, context in (
            ({"state": "posted"}, {}),
            ({"state": "cancel"}, {}),
            ({"ref": "x", "state": "posted"}, {"sire_access_acting": True, "_writing": True}),
        ):
            answer = self.ask("account.move", "write", self.draft_invoice.ids, vals=vals, context=context)
            self.assertIn(answer.status_code, (403, 422), vals)  # where sire_billing is, it has a sentence of its own
        for vals, context in (({"state": "posted"}, {}), ({}, {"default_state": "posted"})):
            answer = self.ask(
                "account.move",
                "create",
                vals_list=[{"move_type": "out_invoice", "partner_id": self.env.company.partner_id.id, **vals}],
                context=context,
            )
            self.assertIn(answer.status_code, (403, 422), (vals, context))  # the host has a sentence of its own
        self.env.invalidate_all()
        self.assertEqual(self.draft_invoice.state, "draft")
        self.assertFalse(
            self.env["account.move"].search([("state", "=", "posted"), ("create_uid", "=", self.user_accountant.id)])
        )

    def test_a_wizard_of_the_host(self):
        wizard = self.env["validate.account.move"].with_user(self.user_accountant)
        with self.assertRaises(AccessError):
            wizard.create({"move_ids": [Command.set(self.draft_invoice.ids)]})

    def test_a_server_action_is_no_way_around(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Post",
                "model_id": self.env.ref("account.model_account_move").id,
                "state": "code",
                "code": "records.action_post()",
            }
        )
        with self.assertRaises(AccessError):
            action.with_user(self.user_accountant).with_context(
                active_model="account.move", active_id=self.draft_invoice.id, active_ids=self.draft_invoice.ids
            ).run()
        self.assertEqual(self.draft_invoice.state, "draft")

    def test_domains_that_leak(self):
        invoices = self.env["account.move"].with_user(self.user_manager)
        for ask in (
            lambda: invoices.search([("amount_total", ">", 5)]),
            lambda: invoices.search_count([("amount_total", ">", 5)]),
            lambda: invoices.formatted_read_group([], ["partner_id"], ["amount_total:sum"]),
            lambda: (
                self.env["account.move.line"].with_user(self.user_manager).search([("move_id.amount_total", ">", 5)])
            ),
            lambda: (
                self.env["account.payment"].with_user(self.user_manager).search([("invoice_ids.amount_total", ">", 5)])
            ),
            lambda: self.env["sale.order"].with_user(self.user_manager).search([("invoice_ids.amount_total", ">", 5)]),
            lambda: self.env["res.partner"].with_user(self.user_manager).search([("invoice_ids.amount_total", ">", 5)]),
        ):
            with self.assertRaises(AccessError):
                ask()

    def test_own_records_do_not_leak(self):
        """Own clients only: the others are not found, not counted, not grouped, not named by a search on them."""
        clients = self.env["res.partner"].with_user(self.user_accountant)
        domain = [("id", "=", self.client.id)]
        self.assertFalse(clients.search(domain))
        self.assertFalse(clients.search_count(domain))
        self.assertFalse(clients.name_search("Acacia Lodge"))
        self.assertFalse(clients.formatted_read_group(domain, ["name"], ["__count"]))
        self.assertFalse(
            self.env["sale.order"].with_user(self.user_accountant).search([("partner_id.email", "=like", "pay@%")])
        )
        with self.assertRaises(AccessError):
            clients.browse(self.client.id).read(["email"])
        with self.assertRaises(AccessError):
            clients.browse(self.client.id).copy()
        self.client.user_id = self.user_accountant
        self.assertTrue(clients.search(domain))
        self.assertTrue(clients.browse(self.user_admin.partner_id.id).read(["name"]), "colleagues are no clients")

    def test_an_attachment_by_id(self):
        file = self.env["ir.attachment"].create(
            {"name": "i.pdf", "raw": b"%PDF 9900", "res_model": "account.move", "res_id": self.invoice.id}
        )
        self.authenticate(self.user_manager.login, self.user_manager.login)
        for address in (
            f"/web/content/{file.id}",
            f"/web/content/account.move/{self.invoice.id}/invoice_pdf_report_file",
        ):
            self.assertNotEqual(self.url_open(address).status_code, 200, address)

    def test_the_address_of_a_report(self):
        self.authenticate(self.user_manager.login, self.user_manager.login)
        for kind in ("html", "pdf", "text"):
            answer = self.url_open(f"/report/{kind}/account.report_invoice/{self.invoice.id}")
            self.assertNotEqual(answer.status_code, 200, kind)
            self.assertNotIn(self.invoice.name, answer.text)

    def test_a_mail_thread(self):
        self.invoice.message_post(body="The price is final", message_type="comment", subtype_xmlid="mail.mt_comment")
        messages = self.invoice.message_ids
        mine = self.env["mail.message"].with_user(self.user_manager)
        self.assertFalse(mine.search([("id", "in", messages.ids)]))
        with self.assertRaises(AccessError):
            mine.browse(messages[0].id).read(["body"])
        for record in (self.order, self.project, self.task):  # read and edited, but not written on
            with self.assertRaises(AccessError):
                record.with_user(self.user_manager).message_post(body="Hello client")
        with self.assertRaises(AccessError):
            mine.create({"model": "sale.order", "res_id": self.order.id, "body": "x", "message_type": "comment"})

    def test_a_related_field(self):
        payment = self.payment.with_user(self.user_manager)
        payment.check_access("read")
        with self.assertRaises(AccessError):
            payment.read(["move_id"])
            payment.move_id.read(["amount_total"])
        with self.assertRaises(AccessError):
            payment.export_data(["move_id/amount_total"])

    def test_copy_and_import(self):
        self.tick((self.accountant, "invoice.create", False))
        with self.assertRaises(AccessError):
            self.invoice.with_user(self.user_accountant).copy()
        result = (
            self.env["account.move"]
            .with_user(self.user_accountant)
            .load(["move_type", "partner_id/.id"], [["out_invoice", str(self.env.company.partner_id.id)]])
        )
        self.assertFalse(result["ids"])

    def test_export_by_another_document(self):
        self.tick((self.manager, "task.export", "all"))
        tasks = self.task.with_user(self.user_manager)
        self.assertTrue(tasks.export_data(["name"]))
        for path in ("project_id/name", "partner_id/email", "project_id/partner_id/.id"):
            with self.assertRaisesRegex(AccessError, "export”"):
                tasks.export_data([path])

    def test_views_as_json(self):
        """The host asks for the right to export anything; a tick on tasks is none on clients."""
        self.tick((self.accountant, "task.export", "all"))
        self.assertTrue(self.user_accountant.has_group("base.group_allow_export"))
        self.env["ir.config_parameter"].set_param("web.json.enabled", "True")
        action = self.env["ir.actions.act_window"].create({"name": "Clients", "res_model": "res.partner"})
        tasks = self.env["ir.actions.act_window"].create({"name": "Tasks", "res_model": "project.task"})
        headers = {"Authorization": f"bearer {self.api_key}"}
        for asked, status in ((action, 403), (tasks, 200)):
            self.opener.cookies.clear()
            answer = self.url_open(f"/json/1/action-{asked.id}?view_type=list", headers=headers)
            self.assertEqual(answer.status_code, status, answer.text[:500])

    def test_the_portal_token_of_another(self):
        """A client's link opens what it was given for, and nothing beside it."""
        client = self.env["res.users"].create(
            {
                "name": "Client",
                "login": "client@home",
                "password": "client@home",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        mine = self.invoice.copy({"partner_id": client.partner_id.id, "invoice_date": "2026-11-20"})
        mine.action_post()
        token = mine._portal_ensure_token()
        for login in ("client@home", self.user_manager.login):
            self.authenticate(login, login)
            page = f"/my/invoices/{self.invoice.id}?access_token={token}"
            self.assertEqual(self.url_open(page, allow_redirects=False).status_code, 303, login)
        self.authenticate(self.user_manager.login, self.user_manager.login)
        self.assertEqual(self.url_open(f"/my/invoices/{mine.id}", allow_redirects=False).status_code, 303)

    def test_forged_context(self):
        """Nothing in a request says that it is a step of something that was permitted, or of superuser."""
        for context in ({"su": True}, {"sire_gate": True}, {"uid": 1}, {"install_mode": True}, {"bypass_access": True}):
            answer = self.ask("account.move", "action_post", self.draft_invoice.ids, context=context)
            self.assertEqual(answer.status_code, 403, context)


@tagged("post_install", "-at_install")
class TestSpeed(SireRoles, HttpCase):
    def test_no_query_for_a_record(self):
        """A list costs the same number of queries with ticks as for who has none."""
        self.make_business()
        records = self.env["account.move"]
        for _number in range(10):
            records |= self.draft_invoice.copy()
        spec = {"name": {}, "amount_total": {}, "partner_id": {"fields": {"display_name": {}}}}
        counts = {}
        for user in (self.user_admin, self.user_accountant):
            for size in (2, 10):
                model = self.env["account.move"].with_user(user)
                domain = [("id", "in", records[:size].ids)]
                model.web_search_read(domain, spec)
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                model.web_search_read(domain, spec)
                counts[user, size] = self.env.cr.sql_log_count - before
        self.assertEqual(counts[self.user_accountant, 2], counts[self.user_accountant, 10])
        self.assertEqual(counts[self.user_accountant, 10], counts[self.user_admin, 10])
