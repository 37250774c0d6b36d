from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import Form, tagged

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestQuotation(BillingCommon):
    def test_lines_from_tasks(self):
        order = self.make_quotation(self.project, sent=False)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.sire_state, "draft")
        self.assertEqual(order.partner_id, self.client)
        self.assertEqual(order.project_id, self.project)
        self.assertEqual(
            [(line.name, line.product_uom_qty, line.price_unit, line.tax_ids) for line in order.order_line],
            [("Design", 10.0, 5000.0, self.tax), ("Build", 7.5, 6000.0, self.tax)],
        )
        self.assertEqual(self.tax.amount, 16)
        self.assertEqual(order.amount_untaxed, 95000)
        self.assertEqual(order.amount_total, 110200)
        self.assertEqual(order.order_line.sire_task_id, self.project.task_ids)

    def test_saving_does_not_confirm(self):
        order = self.make_quotation(self.project, sent=False)
        with Form(order, "sire_billing.sale_order_view_form") as form:
            with form.order_line.edit(0) as line:
                line.price_unit = 5500
            form.note = "Half now, half at the end"
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.amount_untaxed, 100000)
        self.project.sale_line_id = order.order_line[0]
        self.project.task_ids[0].sale_line_id = order.order_line[0]
        self.assertEqual(order.state, "draft")
        task = self.make_project().task_ids[0]
        other = self.env["sale.order"].with_context(create_for_task_id=task.id)
        other = other.create(
            {"partner_id": self.client.id, "order_line": [self.line_vals(product_id=self.product().id)]}
        )
        self.assertEqual(other.state, "draft")
        self.assertEqual(task.sale_line_id, other.order_line)

    def product(self):
        return self.env.ref("sire_billing.product_professional_services")

    def test_line_typed_in_our_form(self):
        order = self.make_quotation(self.project, sent=False)
        with Form(order, "sire_billing.sale_order_view_form") as form:
            with form.order_line.new() as line:
                line.name = "Domain name, one year"
                line.price_unit = 2500
            with form.order_line.new() as line:
                line.name = "Travel"
                line.price_unit = 1000
        line = order.order_line[-2]
        self.assertEqual(line.product_id, self.product())
        self.assertEqual((line.name, line.price_unit, line.tax_ids), ("Domain name, one year", 2500, self.tax))

    def test_a_task_is_billed_once(self):
        order = self.make_quotation(self.project, sent=False)
        action = self.project.with_user(self.user_manager).action_sire_new_quotation()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("on a quotation already", action["params"]["message"])
        second = self.env["sale.order"].browse(action["params"]["next"]["res_id"])
        self.assertFalse(second.order_line)
        order.action_cancel()
        self.assertEqual(self.make_quotation(self.project, sent=False).order_line.sire_task_id, self.project.task_ids)

    def test_tasks_of_an_expired_or_declined_quotation_are_free_again(self):
        order = self.make_quotation(self.project)
        with freeze_time(self.day(31)):
            order.invalidate_recordset(["sire_state"])  # another day, another request
            self.assertEqual(order.sire_state, "expired")
            self.assertEqual(self.get_unbilled(self.project), self.project.task_ids)
        self.assertFalse(self.get_unbilled(self.project))
        order._sire_decline("Too dear")
        self.assertEqual(self.get_unbilled(self.project), self.project.task_ids)

    def test_tasks_without_hours_are_named(self):
        self.env["project.task"].create([{"name": "Hosting", "project_id": self.project.id}])
        cancelled = self.env["project.task"].create(
            {"name": "Dropped", "project_id": self.project.id, "allocated_hours": 3, "state": "1_canceled"}
        )
        action = self.project.with_user(self.user_manager).action_sire_new_quotation()
        self.assertEqual(action["params"]["message"], "Left out because they have no hours: Hosting")
        order = self.env["sale.order"].browse(action["params"]["next"]["res_id"])
        self.assertNotIn(cancelled, order.order_line.sire_task_id)

    def test_no_client_no_quotation(self):
        project = self.make_project(partner_id=False)
        with self.assertRefused("^Choose the client of Booking website first"):
            project.with_user(self.user_manager).action_sire_new_quotation()
        self.assertFalse(project.sire_order_ids)

    def test_second_company_has_its_own_vat(self):
        self.load_kenyan_chart(self.company_2)
        self.user_manager.company_ids += self.company_2
        project = self.make_project(company_id=self.company_2.id)
        user = self.user_manager.with_company(self.company_2)
        order = self.make_quotation(project.with_company(self.company_2), sent=False, user=user)
        self.assertEqual(order.company_id, self.company_2)
        self.assertEqual(order.order_line.tax_ids, self.company_2.account_sale_tax_id)
        self.assertNotEqual(order.order_line.tax_ids, self.tax)

    def test_default_tax_where_the_product_has_none(self):
        self.product().taxes_id = False
        self.assertEqual(self.make_quotation(self.project, sent=False).order_line.tax_ids, self.tax)

    def test_validity_is_an_east_african_day(self):
        # 23:30 in Nairobi on 20 November
        with freeze_time("2026-11-20 20:30:00"):
            order = self.make_quotation(self.project)
            self.assertEqual(str(order.validity_date), "2026-12-20")
        # 00:30 in Nairobi on 21 November, still the 20th in Greenwich
        with freeze_time("2026-11-20 21:30:00"):
            other = self.make_quotation(self.make_project(), sent=False)
            self.assertEqual(str(other.validity_date), "2026-12-21")
        with freeze_time("2026-12-20 20:59:59"):
            order.invalidate_recordset()
            self.assertEqual((order._sire_client_state(), order.is_expired), ("open", False))
            self.assertIn(order, order.search([("sire_state", "=", "sent")]))
        with freeze_time("2026-12-20 21:00:00"):
            order.invalidate_recordset()
            self.assertEqual((order._sire_client_state(), order.is_expired), ("expired", True))
            self.assertIn(order, order.search([("sire_state", "=", "expired")]))
            self.assertNotIn(order, order.search([("sire_state", "in", ["sent", "draft"])]))

    def test_search_agrees_with_the_stage(self):
        draft = self.make_quotation(sent=False)
        sent = self.make_quotation()
        cancelled = self.make_quotation()
        cancelled.action_cancel()
        declined = self.make_quotation()
        declined._sire_decline("No budget")
        approved = self.make_quotation()
        self.approve(approved)
        orders = draft | sent | cancelled | declined | approved
        self.assertEqual(orders.mapped("sire_state"), ["draft", "sent", "cancelled", "declined", "approved"])
        for order in orders:
            found = orders.search([("id", "in", orders.ids), ("sire_state", "=", order.sire_state)])
            self.assertEqual(found, order)
            others = orders.search([("id", "in", orders.ids), ("sire_state", "!=", order.sire_state)])
            self.assertEqual(others, (orders - order).sorted(lambda o: (o.date_order, o.id), reverse=True))

    def test_money_bar(self):
        project = self.make_project()
        order = self.make_quotation(project, sent=False)
        self.assertMoney(project, 0, 0, 0)
        order.action_sire_send()
        self.assertMoney(project, 110200, 0, 0)
        invoice = self.approve(order)
        self.assertMoney(project, 110200, 110200, 0)
        self.take_cash(invoice, 55100)
        self.assertMoney(project, 110200, 110200, 55100)
        self.assertEqual(project.sire_paid_percent, 50)
        self.assertEqual((project.sire_order_count, project.sire_invoice_count), (1, 1))
        self.assertEqual(invoice.search(project.action_sire_invoices()["domain"]), invoice)
        self.assertEqual(order.search(project.action_sire_quotations()["domain"]), order)

    def test_money_of_many_projects_at_once(self):
        """The cards of a screen cost as many queries as one card."""
        projects = self.env["project.project"]
        for _number in range(4):
            invoice = self.make_invoice()
            projects |= invoice.sire_project_id
            self.take_cash(invoice, 200)
        projects = projects.with_user(self.user_viewer)

        def read(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            values = records.read(["sire_quoted", "sire_invoiced", "sire_paid", "currency_id"])
            return values, self.env.cr.sql_log_count - before

        read(projects)  # rights and rules are cached
        one, of_one = read(projects[:1])
        all_of_them, of_all = read(projects)
        self.assertEqual(of_all, of_one)
        self.assertEqual({(values["sire_quoted"], values["sire_paid"]) for values in all_of_them}, {(110200, 200)})
        self.assertEqual(one[0]["currency_id"][1], "KES")

    def test_money_in_another_currency_and_company(self):
        dollar = self.use_dollars(129)
        pricelist = self.env["product.pricelist"].create({"name": "Dollars", "currency_id": dollar.id})
        project = self.make_project(company_id=False)
        order = self.make_quotation(project, sent=False)
        order.pricelist_id = pricelist
        order.order_line[1:].unlink()
        order.order_line.write({"price_unit": 100, "product_uom_qty": 1})
        order.action_sire_send()
        self.approve(order)
        self.assertEqual(order.currency_id, dollar)
        self.assertMoney(project, 116 * 129, 116 * 129, 0)
        # Who has the other company open alone counts nothing of this one.
        theirs = project.with_company(self.company_2).with_context(allowed_company_ids=self.company_2.ids)
        self.assertMoney(theirs, 0, 0, 0)
        self.assertEqual(theirs.sire_order_count, 0)

    def assertMoney(self, project, quoted, invoiced, paid):
        project.invalidate_recordset()
        self.assertEqual((project.sire_quoted, project.sire_invoiced, project.sire_paid), (quoted, invoiced, paid))

    def test_the_clients_buttons_open_our_screens(self):
        invoice = self.make_invoice()
        client = self.client.with_user(self.user_manager)
        for action, records in (
            (client.action_sire_quotations(), invoice.sire_order_id),
            (client.action_sire_invoices(), invoice),
        ):
            model = self.env[action["res_model"]]
            self.assertEqual(model.search(action["domain"]), records)
            views = {kind: view_id for view_id, kind in action["views"]}
            name = {"sale.order": "sale_order_view_list", "account.move": "account_move_view_list"}[model._name]
            self.assertEqual(views["list"], self.env.ref(f"sire_billing.{name}").id)

    def test_digest_covers_what_the_client_agrees_to(self):
        order = self.make_quotation(sent=False)
        line = order.order_line[0]
        other_client = self.client.copy()
        for record, field, value in (
            (line, "price_unit", 5000.5),
            (line, "product_uom_qty", 11),
            (line, "discount", 5),
            (line, "name", "Design of everything"),
            (line, "tax_ids", False),
            (line, "sequence", 99),
            (order, "note", "<p>Pay within a week</p>"),
            (order, "validity_date", self.day(5)),
            (order, "payment_term_id", self.env.ref("account.account_payment_term_30days").id),
            (order, "partner_id", other_client.id),
        ):
            with self.subTest(field=field):
                before = order._sire_digest()
                record[field] = value
                self.assertNotEqual(order._sire_digest(), before)
        before = order._sire_digest()
        order.client_order_ref = "PO 12"
        order.user_id = self.user_admin
        self.env.invalidate_all()
        self.assertEqual(order._sire_digest(), before)

    def test_the_open_form_says_that_it_was_changed(self):
        order = self.make_quotation()
        form = Form(order, "sire_billing.sale_order_view_form")
        self.assertFalse(form.sire_changed)
        with form.order_line.edit(0) as line:
            line.price_unit = 1
        self.assertTrue(form.sire_changed)
        with form.order_line.edit(0) as line:
            line.price_unit = 5000
        self.assertFalse(form.sire_changed)
        with form.order_line.new() as line:
            line.name = "Travel"
            line.price_unit = 100
        self.assertTrue(form.sire_changed)
        form.save()
        self.assertTrue(order.sire_changed)

    def test_sent_without_pdf_where_there_is_no_engine(self):
        order = self.make_quotation(sent=False)
        report = self.registry["ir.actions.report"]
        with patch.object(report, "get_wkhtmltopdf_state", lambda self: "install"):
            order.action_sire_send()
        self.assertEqual(order.state, "sent")
        self.assertFalse(order.sire_sent_message_id.attachment_ids)
        self.assertIn("no PDF engine", "".join(order.message_ids.mapped("body")))
