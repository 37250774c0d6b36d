from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from odoo.addons.sire_access.const import CHANGES, VIEWER_KEEPS
from odoo.addons.sire_access.tests.common import SireRoles
from odoo.addons.sire_base.tests.json_2 import Json2Case

BUSINESS = ("account.", "crm.", "hr.", "payment.", "product.", "project.", "res.partner", "sale.", "sire.", "utm.")


@tagged("post_install", "-at_install")
class TestViewer(SireRoles, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_business()

    def test_changes_no_model(self):
        """Every model there is, transient ones included: refused, but for the short list of own things.

        A dialog that belongs to reading, the days of a printed statement for example, is filled in by who may read.
        """
        env = self.env(user=self.user_viewer)
        reading = self.env["sire.access.gate"].search([("permission_id.action_id.code", "=", "read")])
        dialogs = {name for name in reading.mapped("model") if self.env[name]._transient}
        open_models = [
            (name, mode)
            for name, model in env.items()
            if not model._abstract and name not in VIEWER_KEEPS.models | dialogs
            for mode in CHANGES
            if model.has_access(mode)
        ]
        self.assertFalse(open_models)

    def test_keeps_nothing_of_the_business(self):
        kept = [name for name in VIEWER_KEEPS.models if name.startswith(BUSINESS)]
        self.assertFalse(kept)
        self.assertFalse(VIEWER_KEEPS.models & {"ir.attachment", "mail.activity", "mail.compose.message", "ir.filters"})

    def test_reads_the_business(self):
        env = self.env(user=self.user_viewer)
        for record in (
            self.project,
            self.task,
            self.client,
            self.order,
            self.order.order_line,
            self.invoice,
            self.invoice.line_ids,
            self.payment,
        ):
            self.assertTrue(env[record._name].browse(record.ids).has_access("read"), record)
        self.assertTrue(env["payment.transaction"].has_access("read"))
        self.assertEqual(env["sale.order"].browse(self.order.id).amount_untaxed, 20000.0)
        self.assertEqual(env["account.move"].browse(self.invoice.id).amount_untaxed, 20000.0)

    def test_reads_projects_on_invitation_but_no_private_task(self):
        self.project.privacy_visibility = "followers"
        private = self.env["project.task"].create(
            {"name": "Dentist", "user_ids": [Command.set(self.user_developer.ids)]}
        )
        env = self.env(user=self.user_viewer)
        self.assertTrue(env["project.project"].browse(self.project.id).has_access("read"))
        self.assertTrue(env["project.task"].browse(self.task.id).has_access("read"))
        self.assertFalse(env["project.task"].browse(private.id).has_access("read"))

    def test_does_not_post_on_documents(self):
        """The host lets every reader of a task or an invoice post on it, which is mailed to the client."""
        for record in (self.task, self.invoice, self.order, self.project, self.client, self.payment):
            with self.assertRaises(AccessError):
                record.with_user(self.user_viewer).message_post(body="Looks good")

    def test_talks_to_colleagues(self):
        channel = self.env["discuss.channel"].with_user(self.user_viewer)._create_group(self.user_admin.partner_id.ids)
        message = channel.message_post(body="Good morning", message_type="comment")
        self.assertEqual(message.author_id, self.user_viewer.partner_id)

    def test_the_refusal_is_one_sentence(self):
        with self.assertRaisesRegex(AccessError, r"^Your role \(Viewer\) does not change “Project”\. An administrator"):
            self.project.with_user(self.user_viewer).name = "Other"

    def test_no_create_or_edit_button_in_views(self):
        for model in ("project.project", "project.task", "sale.order", "account.move", "res.partner"):
            views = self.env[model].with_user(self.user_viewer).get_views([(False, "list"), (False, "form")])
            for view in views["views"].values():
                self.assertIn('create="False"', view["arch"], model)
                self.assertIn('edit="False"', view["arch"], model)


@tagged("post_install", "-at_install")
class TestViewerJson2(SireRoles, Json2Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_business()
        cls.env["hr.employee"].create({"name": "Wanjiku", "user_id": cls.user_viewer.id})
        cls.api_key = cls.make_api_key(cls.user_viewer)

    def ask(self, model, method, ids=(), **kwargs):
        return self.json_2(self.api_key, model, method, **({"ids": list(ids)} if ids else {}), **kwargs)

    def test_reads(self):
        answer = self.ask("account.move", "read", self.invoice.ids, fields=["name", "amount_total"])
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(answer.json()[0]["name"], self.invoice.name)

    def test_forged_changes_are_refused(self):
        calls = [
            ("project.project", "write", self.project, {"vals": {"name": "Mine"}}),
            ("project.project", "copy", self.project, {}),
            ("project.project", "action_archive", self.project, {}),
            ("project.project", "unlink", self.project, {}),
            ("project.project", "message_post", self.project, {"body": "Hi"}),
            ("project.task", "write", self.task, {"vals": {"state": "1_done"}}),
            ("project.task", "create", None, {"vals_list": [{"name": "x", "project_id": self.project.id}]}),
            ("project.task", "message_post", self.task, {"body": "Hi"}),
            ("account.analytic.line", "create", None, {"vals_list": [{"name": "x", "task_id": self.task.id}]}),
            ("res.partner", "write", self.client, {"vals": {"email": "other@example.com"}}),
            ("res.partner", "create", None, {"vals_list": [{"name": "Mine"}]}),
            ("sale.order", "write", self.order, {"vals": {"note": "Half price"}}),
            ("sale.order", "action_confirm", self.order, {}),
            ("sale.order", "action_cancel", self.order, {}),
            ("sale.order.line", "write", self.order.order_line, {"vals": {"price_unit": 1}}),
            ("account.move", "write", self.invoice, {"vals": {"ref": "x"}}),
            ("account.move", "button_draft", self.invoice, {}),
            ("account.move", "action_post", self.draft_invoice, {}),
            ("account.move", "unlink", self.draft_invoice, {}),
            ("account.move", "message_post", self.invoice, {"body": "Pay elsewhere"}),
            ("account.payment", "action_draft", self.payment, {}),
            ("account.payment", "create", None, {"vals_list": [{"amount": 5, "partner_id": self.client.id}]}),
            ("account.payment.register", "create", None, {"vals_list": [{}]}),
            ("mail.activity", "create", None, {"vals_list": [{"summary": "x"}]}),
            ("mail.compose.message", "create", None, {"vals_list": [{"body": "x"}]}),
            ("mail.message", "create", None, {"vals_list": [self._message_on(self.invoice)]}),
            ("ir.attachment", "create", None, {"vals_list": [{"name": "x", "raw": "x"}]}),
            (
                "res.users",
                "write",
                self.user_viewer,
                {"vals": {"group_ids": [[4, self.env.ref("base.group_system").id]]}},
            ),
        ]
        before = self._fingerprint()
        for model, method, record, kwargs in calls:
            with self.subTest(model=model, method=method):
                answer = self.ask(model, method, record.ids if record else (), **kwargs)
                if method == "action_confirm":  # A module above may refuse it to everybody, in its own words.
                    self.assertIn(answer.status_code, (403, 422), answer.text)
                else:
                    self.assertEqual(answer.status_code, 403, answer.text)
                self.env.invalidate_all()
                self.assertEqual(self._fingerprint(), before)

    def _message_on(self, record):
        return {"model": record._name, "res_id": record.id, "body": "x", "message_type": "comment"}

    def _fingerprint(self):
        documents = (self.project, self.task, self.client, self.order, self.invoice, self.draft_invoice, self.payment)
        return [
            (
                record.exists(),
                record.write_date,
                self.env["mail.message"].search_count([("model", "=", record._name), ("res_id", "=", record.id)]),
                self.env[record._name].with_context(active_test=False).search_count([]),
            )
            for record in documents
        ]
