"""Two managers at once, each in a connection of its own."""

from functools import partial

from odoo import Command
from odoo.tests import tagged

from odoo.addons.sire_base.tests.together import TogetherCase
from odoo.addons.sire_base.utils.eat import eat_today

from .. import gate


@tagged("post_install", "-at_install")
class TestQuotingRaces(TogetherCase):
    rows = ()  # beside what each test has: what else is to be removed after it

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            self.partner_id = env["res.partner"].create({"name": "Race Quoters"}).id
            project = env["project.project"].create(
                {"name": "Race", "partner_id": self.partner_id, "company_id": env.company.id}
            )
            self.task_id = (
                env["project.task"].create({"name": "Run", "project_id": project.id, "allocated_hours": 1}).id
            )
            self.project_id = project.id

    def clean_up(self):
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            invoices = env["account.move"].search([("partner_id", "=", self.partner_id)])
            invoices.filtered(lambda move: move.state == "posted").button_draft()
            invoices.with_context(force_delete=True).unlink()
            orders = gate.opened(env["sale.order"].search([("partner_id", "=", self.partner_id)]))
            orders.write({"state": "cancel"})
            orders.unlink()
            project = env["project.project"].browse(self.project_id)
            project.timesheet_ids.unlink()
            project.with_context(active_test=False).task_ids.unlink()
            project.unlink()
            env["res.partner"].browse(self.partner_id).unlink()
            for model, number in self.rows:
                env[model].browse(number).unlink()

    def open_wizard(self):
        with self.registry.cursor() as cr:
            return self.make_env(cr)["project.project"].browse(self.project_id).action_sire_choose_quotation()["res_id"]

    def make(self, wizard_id, env):
        return env["sale.order"].browse(env["sire.quotation.wizard"].browse(wizard_id).action_make()["res_id"]).name

    def who_holds(self):
        with self.registry.cursor() as cr:
            works = self.make_env(cr)["sire.quotation.work"].search(
                [("task_id", "=", self.task_id), ("held", "=", True)]
            )
            return works.mapped("order_id.name")

    def test_two_managers_choose_the_same_task(self):
        results = self.run_all(
            *[partial(self.make, wizard_id) for wizard_id in (self.open_wizard(), self.open_wizard())]
        )
        names = [result for result in results if isinstance(result, str)]
        errors = [str(result) for result in results if not isinstance(result, str)]
        self.assertEqual(len(names), 1, results)
        self.assertIn(f"Run is on {names[0]} already", errors[0])
        self.assertEqual(self.who_holds(), names)

    def test_choosing_against_the_one_click(self):
        def click(env):
            env["project.project"].browse(self.project_id).action_sire_new_quotation()

        self.run_all(partial(self.make, self.open_wizard()), click)
        self.assertEqual(len(self.who_holds()), 1)

    def make_expired(self):
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            order = env["sale.order"].browse(
                env["project.project"].browse(self.project_id).action_sire_new_quotation()["res_id"]
            )
            order.order_line.price_unit = 1000
            order.action_quotation_sent()
            cr.execute("UPDATE sale_order SET validity_date = '2020-01-01' WHERE id = %s", [order.id])
            return order.id

    def test_expired_work_taken_while_it_is_made_valid_again(self):
        order_id = self.make_expired()

        def prolong(env):
            env["sale.order"].browse(order_id).validity_date = eat_today()
            return "prolonged"

        results = self.run_all(partial(self.make, self.open_wizard()), prolong)
        self.assertEqual(len([result for result in results if isinstance(result, str)]), 1, results)
        self.assertEqual(len(self.who_holds()), 1)

    def make_draft_of_time(self):
        """:return: ids of a draft that bills logged time, of the time, and of a line that bills time as it is logged"""
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            env["res.partner"].browse(self.partner_id).email = "race@quoters.example"
            employee = env["hr.employee"].create({"name": "Race Wanjiru", "company_id": env.company.id})
            time = env["account.analytic.line"].create(
                {
                    "name": "/",
                    "project_id": self.project_id,
                    "task_id": self.task_id,
                    "employee_id": employee.id,
                    "unit_amount": 3,
                }
            )
            product = env["product.product"].create(
                {"name": "Race by time", "type": "service", "invoice_policy": "delivery", "service_type": "timesheet"}
            )
            other = env["sale.order"].create(
                {
                    "partner_id": self.partner_id,
                    "order_line": [Command.create({"product_id": product.id, "price_unit": 1000})],
                }
            )
            other.action_quotation_sent()
            wizard = env["sire.quotation.wizard"].browse(
                env["project.project"].browse(self.project_id).action_sire_choose_quotation()["res_id"]
            )
            for line in wizard.line_ids:
                line.ticked = line.kind == "timesheet"
            order = env["sale.order"].browse(wizard.action_make()["res_id"])
            order.order_line.price_unit = 1000
            self.rows = [("product.product", product.id), ("hr.employee", employee.id)]
            return order.id, time.id, other.order_line.id

    def send(self, order_id, env):
        env["sale.order"].browse(order_id).action_quotation_sent()
        return "sent"

    def test_time_is_billed_by_its_logging_while_the_quotation_that_has_it_is_sent(self):
        """Each of the two alone is asked about the other: at once, one starts over."""
        order_id, time_id, line_id = self.make_draft_of_time()

        def bill_by_time(env):
            env["project.task"].browse(self.task_id).sale_line_id = line_id
            env.flush_all()

        results = self.run_all(partial(self.send, order_id), bill_by_time)
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            is_sent = env["sale.order"].browse(order_id).state == "sent"
            is_by_time = bool(env["account.analytic.line"].browse(time_id).so_line)
        self.assertNotEqual(is_sent, is_by_time, results)

    def test_time_is_changed_while_the_quotation_that_has_it_is_sent(self):
        """What is changed is changed before it is sent, never after."""
        order_id, time_id, _line_id = self.make_draft_of_time()
        runs = []

        def change(env):
            runs.append("change")
            env["account.analytic.line"].browse(time_id).unit_amount = 5

        def send(env):
            runs.append("send")
            return self.send(order_id, env)

        sent, changed = self.run_all(send, change)
        self.assertEqual(sent, "sent")
        self.assertGreater(len(runs), 2, "one of them started over")
        with self.registry.cursor() as cr:
            hours = self.make_env(cr)["account.analytic.line"].browse(time_id).unit_amount
        if isinstance(changed, Exception):
            self.assertIn("which the client has: it stays", str(changed))
        self.assertEqual(hours, 3 if changed else 5)

    def test_the_database_refuses_what_code_forgot(self):
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            order = env["sale.order"].browse(
                env["project.project"].browse(self.project_id).action_sire_new_quotation()["res_id"]
            )
            line = order.order_line
            with self.assertRaisesRegex(Exception, "sire_quotation_work_task_once"):
                env["sire.quotation.work"]._sire_take(line, [("task", self.task_id)])
            cr.rollback()
