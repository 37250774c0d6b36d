from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, TransactionCase, tagged

from odoo.addons.sire_access.const import DEVELOPER_SEES_NOT
from odoo.addons.sire_access.tests.common import SireRoles

#: Money documents whose names tell no amount and no deal: what is sold, to which account it is booked.
NAMES_TELL_NOTHING = {
    "account.account",
    "crm.team",
    "product.pricelist",
    "product.product",
    "product.template",
    "product.template.attribute.value",
    "project.update",
}
#: Fields that are empty on every record that a developer reads (own time has no journal item), the same made-up
#: figure for everybody, or a setting of the company that names no client.
TELL_NOTHING = {
    "account.analytic.line.move_line_id",
    "mail.message.account_audit_log_move_id",
    "account.payment.term.example_amount",
    "res.company.account_opening_move_id",
    "res.company.sale_order_template_id",
}
#: Searched by a method of the host that checks no rights: how time is priced is told, no amount.
SEARCHED_WITHOUT_RIGHTS = {"pricing_type"}


@tagged("post_install", "-at_install")
class TestDeveloper(SireRoles, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_business()
        cls.env["hr.employee"].create({"name": "Dalmas", "user_id": cls.user_developer.id, "hourly_cost": 900.0})
        cls.task.sale_line_id = False
        cls.dev_env = cls.env(user=cls.user_developer)

    # === NO MONEY ===#

    def test_no_readable_model_shows_an_amount(self):
        """Every field of every model that a developer reads: no amount, and no link that names a money document.

        Links to many records give their numbers only, and their names are refused.
        """
        documents = DEVELOPER_SEES_NOT.models - NAMES_TELL_NOTHING
        shown = {
            str(field)
            for name, model in self.dev_env.items()
            if not model._abstract and not model._transient and model.has_access("read")
            for field in model._fields.values()
            if (field.type == "monetary" or (field.type == "many2one" and field.comodel_name in documents))
            and model._has_field_access(field, "read")
        }
        self.assertEqual(shown, TELL_NOTHING)

    def test_money_documents_are_refused(self):
        for record in (self.order, self.order.order_line, self.invoice, self.payment, self.product):
            documents = self.dev_env[record._name]
            with self.assertRaises(AccessError):
                documents.browse(record.ids).read(["display_name"])
            with self.assertRaises(AccessError):
                documents.search([])
            with self.assertRaises(AccessError):
                documents.name_search("S")

    def test_hidden_fields_by_every_way_of_reading(self):
        self.user_developer.group_ids += self.env.ref("base.group_allow_export")
        for record in (self.project, self.task, self.client):
            model = self.dev_env[record._name]
            hidden = [
                field.name
                for field in record._fields.values()
                if field.groups and "sire_access.group_see_money" in field.groups
            ]
            self.assertTrue(hidden)
            self.assertFalse(set(hidden) & set(model.fields_get()), record._name)
            for name in hidden:
                with self.subTest(model=record._name, field=name):
                    mine = model.browse(record.id)
                    with self.assertRaises(AccessError):
                        mine.read([name])
                    with self.assertRaises(AccessError):
                        mine.export_data([name])
                    if name in SEARCHED_WITHOUT_RIGHTS or not record._fields[name]._description_searchable:
                        continue
                    with self.assertRaises(AccessError):
                        model.search([(name, "!=", False)])
                    if record._fields[name].store and record._fields[name].column_type:
                        with self.assertRaises(AccessError):
                            model.formatted_read_group([], [name], ["__count"])
                        with self.assertRaises(AccessError):
                            model.search([], order=name)

    def test_paths_to_money_are_refused(self):
        for model, domain in (
            ("project.task", [("project_id.sale_order_id.amount_total", ">", 5)]),
            ("project.task", [("sale_line_id.price_unit", ">", 5)]),
            ("project.task", [("partner_id.sale_order_ids.amount_total", ">", 5)]),
            ("project.project", [("partner_id.invoice_ids.amount_total", ">", 5)]),
            ("project.project", [("account_id.line_ids.amount", "<", 0)]),
            ("account.analytic.line", [("so_line.price_unit", ">", 5)]),
            ("account.analytic.line", [("amount", "<", 0)]),
        ):
            with self.subTest(domain=domain), self.assertRaises(AccessError):
                self.dev_env[model].search(domain)

    def test_chatter_and_files_of_a_quotation_are_hidden(self):
        messages = self.order.message_ids
        self.assertTrue(messages)
        self.assertFalse(self.dev_env["mail.message"].search([("id", "in", messages.ids)]))
        with self.assertRaises(AccessError):
            self.dev_env["mail.message"].browse(messages[0].id).read(["body"])
        file = self.env["ir.attachment"].create(
            {"name": "price.txt", "raw": b"2500", "res_model": "sale.order", "res_id": self.order.id}
        )
        with self.assertRaises(AccessError):
            self.dev_env["ir.attachment"].browse(file.id).read(["raw"])

    def test_a_tracked_sales_line_is_not_told_in_the_tasks_chatter(self):
        self.flush_tracking()
        self.task.sale_line_id = self.order.order_line
        self.flush_tracking()
        values = self.task.message_ids.sudo().tracking_value_ids
        self.assertIn("sale_line_id", values.field_id.mapped("name"))
        visible = values._filter_has_field_access(self.dev_env)
        self.assertNotIn("sale_line_id", visible.field_id.mapped("name"))

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.flush()

    def test_views_carry_no_money_field(self):
        for model in ("project.project", "project.task", "res.partner", "account.analytic.line"):
            views = self.dev_env[model].get_views([(False, "list"), (False, "form"), (False, "search")])
            fields = views["models"][model]["fields"]
            for name in ("sale_line_id", "sale_order_id", "amount", "so_line", "invoice_ids"):
                self.assertNotIn(name, fields, model)

    # === THE DAY ===#

    def test_works_on_own_tasks(self):
        task = self.dev_env["project.task"].browse(self.task.id)
        task.write({"name": "Design, second round", "state": "1_done"})
        self.assertEqual(self.task.state, "1_done")
        task.write({"child_ids": [Command.create({"name": "Logo"})]})
        task.message_post(body="Done")
        made = task.create({"name": "Found a bug", "project_id": self.project.id})
        made.unlink()

    def test_a_new_client_on_the_task_needs_no_look_at_the_order(self):
        """The host compares with the sales order in the inverse of the client."""
        task = self.dev_env["project.task"].browse(self.task.id)
        task.partner_id = False
        self.assertFalse(self.task.partner_id)

    def test_reads_and_leaves_the_tasks_of_others(self):
        task = self.dev_env["project.task"].browse(self.other_task.id)
        self.assertEqual(task.name, "Hosting")
        with self.assertRaises(AccessError):
            task.name = "Mine"
        with self.assertRaises(AccessError):
            task.unlink()
        with self.assertRaises(AccessError):
            self.dev_env["project.task"].browse(self.task.id).unlink()

    def test_no_project_on_invitation(self):
        self.project.privacy_visibility = "followers"
        self.assertFalse(self.dev_env["project.project"].browse(self.project.id).has_access("read"))

    def test_changes_no_project_stage_or_client(self):
        for record in (self.project, self.client):
            with self.assertRaises(AccessError):
                self.dev_env[record._name].browse(record.id).name = "Mine"
        stage = self.env["project.task.type"].create({"name": "Shared", "user_id": False})
        with self.assertRaises(AccessError):
            self.dev_env["project.task.type"].browse(stage.id).name = "Mine"

    def test_logs_time_and_corrects_it(self):
        line = self.dev_env["account.analytic.line"].create(
            {"task_id": self.task.id, "name": "Sketches", "unit_amount": 2.0}
        )
        self.assertEqual(line.sudo().amount, -1800.0)
        line.unit_amount = 3.0
        self.assertEqual(line.sudo().amount, -2700.0)
        with self.assertRaises(AccessError):
            line.read(["amount"])
        line.unlink()

    def test_invoiced_time_stays(self):
        line = self.dev_env["account.analytic.line"].create({"task_id": self.task.id, "unit_amount": 2.0})
        line.sudo().timesheet_invoice_id = self.invoice
        with self.assertRaisesRegex(Exception, "already been invoiced"):
            line.unlink()

    def test_sees_own_time_only(self):
        colleague = self.env["hr.employee"].create({"name": "Other", "user_id": self.user_manager.id})
        line = self.env["account.analytic.line"].create(
            {"task_id": self.task.id, "unit_amount": 1.0, "employee_id": colleague.id}
        )
        self.assertFalse(self.dev_env["account.analytic.line"].browse(line.id).has_access("read"))


@tagged("post_install", "-at_install")
class TestDeveloperJson2(SireRoles, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_business()
        cls.api_key = cls.make_api_key(cls.user_developer)

    def test_no_money_over_json2(self):
        for model, method, body in (
            ("sale.order", "search_read", {"domain": [], "fields": ["amount_total"]}),
            ("account.move", "search_read", {"domain": [], "fields": ["amount_total"]}),
            ("account.payment", "search_read", {"domain": [], "fields": ["amount"]}),
            ("sale.order", "formatted_read_group", {"domain": [], "aggregates": ["amount_total:sum"]}),
            ("project.task", "search_read", {"domain": [], "fields": ["sale_line_id"]}),
            ("product.product", "search_read", {"domain": [], "fields": ["list_price"]}),
            ("res.partner", "search_read", {"domain": [["invoice_ids", "!=", False]], "fields": ["name"]}),
        ):
            with self.subTest(model=model, method=method):
                answer = self.url_open(
                    f"/json/2/{model}/{method}", json=body, headers={"Authorization": f"bearer {self.api_key}"}
                )
                self.assertEqual(answer.status_code, 403, answer.text)

    def test_no_report_of_a_quotation(self):
        self.authenticate(self.user_developer.login, self.user_developer.login)
        for url in (
            f"/report/html/sale.report_saleorder/{self.order.id}",
            f"/report/html/account.report_invoice/{self.invoice.id}",
        ):
            answer = self.url_open(url)
            self.assertNotIn(self.order.name, answer.text)
            self.assertNotIn("20,000", answer.text)
