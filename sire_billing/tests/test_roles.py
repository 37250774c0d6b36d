from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestRoles(BillingCommon):
    def test_home(self):
        def home(user):
            return user.with_user(user)._sire_home_action()

        self.assertEqual(home(self.user_accountant), self.env.ref("sire_billing.action_sire_invoices_to_collect"))
        self.assertEqual(home(self.user_viewer), self.env.ref("sire_billing.action_sire_figures"))
        self.assertEqual(home(self.user_manager), self.env.ref("sire_projects.action_sire_projects"))
        self.assertEqual(home(self.user_developer), self.env.ref("sire_projects.action_sire_my_tasks"))

    def test_everyone_who_sees_money_reads(self):
        invoice = self.make_invoice()
        order = invoice.sire_order_id
        payment = self.take_cash(invoice, 100)
        for user in (self.user_accountant, self.user_viewer, self.user_manager, self.user_admin):
            with self.subTest(user=user.name):
                self.assertEqual(order.with_user(user).sire_state, "approved")
                self.assertEqual(order.with_user(user).sire_delivery, "queued")
                self.assertEqual(order.order_line[0].with_user(user).name, "Design")
                self.assertEqual(invoice.with_user(user).sire_status, "partial")
                self.assertEqual(invoice.with_user(user).sire_project_id, order.project_id)
                self.assertEqual(payment.with_user(user).sire_reference, payment.sire_receipt_number)
                self.assertEqual(order.project_id.with_user(user).sire_paid, 100)
                for view in ("sire_billing.sale_order_view_form", "sire_billing.sale_order_view_list"):
                    self.env["sale.order"].with_user(user).get_view(self.env.ref(view).id)

    def test_developer_sees_none_of_it(self):
        invoice = self.make_invoice()
        order = invoice.sire_order_id
        for record in (order, order.order_line, invoice, self.take_cash(invoice, 100)):
            with self.assertRaises(AccessError):
                record.with_user(self.user_developer).read(["display_name"])
        with self.assertRaises(AccessError):
            order.project_id.with_user(self.user_developer).read(["sire_invoiced"])
        with self.assertRaises(AccessError):
            order.project_id.with_user(self.user_developer).action_sire_new_quotation()
        view = (
            self.env["project.project"]
            .with_user(self.user_developer)
            .get_view(self.env.ref("sire_projects.project_project_view_form").id)
        )
        for name in ("sire_quoted", "sire_invoice_count", "action_sire_new_quotation"):
            self.assertNotIn(name, view["arch"])

    def test_m_pesas_ledger_by_role(self):
        """Also for a developer who was given a group of the host's accounting by mistake."""
        self.user_developer.group_ids += self.env.ref("account.group_account_invoice")
        for model in ("sire.mpesa.receipt", "sire.mpesa.receipt.evidence", "sire.mpesa.day"):
            with self.subTest(model=model):
                self.assertFalse(self.env[model].with_user(self.user_developer).has_access("read"))
                for user in (self.user_accountant, self.user_viewer, self.user_admin):
                    self.assertTrue(self.env[model].with_user(user).has_access("read"), user.name)
                for user in (self.user_viewer, self.user_manager, self.user_developer):
                    self.assertFalse(self.env[model].with_user(user).has_access("write"), user.name)
        for wizard in ("sire.mpesa.assign.wizard", "sire.mpesa.request.wizard", "sire.mpesa.statement.wizard"):
            with self.subTest(wizard=wizard):
                self.assertTrue(self.env[wizard].with_user(self.user_accountant).has_access("create"))
                for user in (self.user_viewer, self.user_manager, self.user_developer):
                    self.assertFalse(self.env[wizard].with_user(user).has_access("create"), user.name)

    def test_viewer_prints(self):
        invoice = self.make_invoice()
        payment = self.take_cash(invoice, 100)
        reports = self.env["ir.actions.report"].with_user(self.user_viewer)
        for report, record, words in (
            ("sale.action_report_saleorder", invoice.sire_order_id, "Design"),
            ("account.account_invoices", invoice, invoice.name),
            ("sire_billing.action_report_sire_receipt", payment, payment.sire_receipt_number),
        ):
            with self.subTest(report=report):
                self.assertIn(words, reports._render_qweb_html(report, record.ids)[0].decode())

    def test_viewer_changes_nothing(self):
        order = self.make_quotation(sent=False)
        sent = self.make_quotation()
        invoice = self.make_invoice()
        user = self.user_viewer
        attempts = {
            "new": lambda: order.project_id.with_user(user).action_sire_new_quotation(),
            "send": lambda: order.with_user(user).action_sire_send(),
            "mark": lambda: order.with_user(user).action_quotation_sent(),
            "cancel": lambda: sent.with_user(user).action_cancel(),
            "draft": lambda: sent.with_user(user).action_draft(),
            "line": lambda: order.order_line.with_user(user).write({"price_unit": 1}),
            "cash": lambda: self.take_cash(invoice, 1, user=user),
            "invoice": lambda: invoice.with_user(user).action_sire_send(),
        }
        for name, attempt in attempts.items():
            with self.subTest(attempt=name), self.assertRaises(AccessError):
                attempt()
        self.assertEqual((order.sire_state, sent.sire_state), ("draft", "sent"))

    def test_viewer_has_no_key(self):
        """Whoever has the link can approve and pay."""
        order = self.make_quotation()
        self.assertTrue(order.with_user(self.user_accountant).read(["sire_client_url"]))
        with self.assertRaises(AccessError):
            order.with_user(self.user_viewer).read(["sire_client_url"])

    def test_who_stops_a_link(self):
        order = self.make_quotation()
        invoice = self.make_invoice()
        for record in (order, invoice):
            for user in (self.user_manager, self.user_accountant):
                mine = record.with_user(user)
                mine.action_sire_new_link()
                before = mine.sire_client_url
                mine.action_sire_new_link()
                mine.invalidate_recordset()
                self.assertTrue(mine.sire_client_url)
                self.assertNotEqual(mine.sire_client_url, before)
                mine.action_sire_stop_link()
                mine.invalidate_recordset()
                self.assertFalse(mine.sire_client_url)
                code = before.rpartition("/")[2]
                self.assertFalse(self.env["sire.client.link"]._find(code))
                with self.assertRefused("has no link that could be stopped"):
                    mine.action_sire_stop_link()
                note = record.message_ids.sorted("id")[-1]
                self.assertIn("link was stopped", note.body)
                self.assertEqual(note.author_id, user.partner_id)
            record.with_user(self.user_manager).action_sire_new_link()
            link = record.with_user(self.user_manager).sire_client_url
            for user in (self.user_viewer, self.user_developer):
                for action in ("action_sire_new_link", "action_sire_stop_link"):
                    with self.subTest(user=user.name, action=action), self.assertRaises(AccessError):
                        getattr(record.with_user(user), action)()
            record.invalidate_recordset()
            self.assertEqual(record.with_user(self.user_manager).sire_client_url, link)

    def test_accountant_does_not_quote(self):
        order = self.make_quotation(sent=False)
        with self.assertRaises(AccessError):
            order.with_user(self.user_accountant).action_sire_send()
        with self.assertRaises(AccessError):
            order.project_id.with_user(self.user_accountant).action_sire_new_quotation()
