"""What goes on a quotation from a project, and that nothing goes on two."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import BillingCommon


class QuotingCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["project.project"].browse(cls.project.id).allow_milestones = True
        cls.design, cls.build = cls.project.task_ids.sorted("sequence")
        cls.employee = cls.env["hr.employee"].create({"name": "Wanjiru Kamau", "company_id": cls.company.id})

    @classmethod
    def log_time(cls, task=None, hours=2.0, day="2026-11-03", employee=None, project=None):
        return cls.env["account.analytic.line"].create(
            {
                "project_id": (project or cls.project).id,
                "task_id": task.id if task else False,
                "employee_id": (employee or cls.employee).id,
                "unit_amount": hours,
                "date": day,
                "name": "/",
            }
        )

    @classmethod
    def add_milestone(cls, name="First version", price=50000.0, tasks=None, project=None):
        milestone = cls.env["project.milestone"].create(
            {"name": name, "project_id": (project or cls.project).id, "sire_price": price}
        )
        (tasks or cls.env["project.task"]).milestone_id = milestone
        return milestone

    @classmethod
    def open_wizard(cls, project=None, user=None):
        action = (project or cls.project).with_user(user or cls.user_manager).action_sire_choose_quotation()
        return cls.env[action["res_model"]].with_user(user or cls.user_manager).browse(action["res_id"])

    @staticmethod
    def lines_of(wizard, kind=None):
        return wizard.line_ids.filtered(lambda line: kind in (None, line.kind))

    def tick(self, wizard, *records):
        """Tick these and nothing else."""
        keys = [self.env["sire.quotation.work"]._sire_get_key(record) for record in records]
        for line in self.lines_of(wizard):
            line.ticked = line.key in keys
        self.assertEqual(len(self.lines_of(wizard).filtered("ticked")), len(keys))
        return wizard

    def make(self, wizard, **values):
        wizard.write(values)
        return self.env["sale.order"].browse(wizard.action_make()["res_id"])

    def says(self, order):
        return [
            (line.name, line.product_uom_qty, line.price_unit) if not line.display_type else line.name
            for line in order.order_line.sorted()
        ]


@tagged("post_install", "-at_install")
class TestQuotingWork(QuotingCommon):
    def test_one_click_takes_fixed_prices_and_milestones(self):
        self.design.sire_fixed_price = 30000
        self.add_milestone("Go live", 80000, tasks=self.build)
        order = self.make_quotation(self.project, sent=False)
        self.assertEqual(self.says(order), [("Go live", 1, 80000), ("Design", 1, 30000)])
        self.assertEqual(order.amount_untaxed, 110000)
        self.assertEqual(order.order_line.product_uom_id, self.env.ref("uom.product_uom_unit"))
        html = self.env["ir.actions.report"]._render_qweb_html("sale.report_saleorder", order.ids)[0].decode()
        self.assertNotIn("Hours", html)  # a piece is not one hour
        order.action_sire_send()
        self.assertEqual(self.approve(order).amount_total, 127600)

    def test_what_is_ticked_at_first_is_what_the_one_click_takes(self):
        self.log_time(self.design)
        wizard = self.open_wizard()
        self.assertEqual(self.lines_of(wizard, "task").mapped("ticked"), [True, True])
        self.assertEqual(self.lines_of(wizard, "timesheet").mapped("ticked"), [False])
        self.assertEqual((wizard.total, wizard.hours, wizard.line_count), (95000, 17.5, 2))
        order = self.make(wizard)
        self.assertEqual(self.says(order), [("Design", 10, 5000), ("Build", 7.5, 6000)])
        self.assertEqual(order.user_id, self.user_manager)

    def test_totals_follow_the_ticks(self):
        self.log_time(self.design, 2.5)
        wizard = self.open_wizard()
        with Form(wizard) as form:
            with form.line_ids.edit(0) as line:
                line.ticked = False
            self.assertEqual((form.total, form.hours), (45000, 7.5))
            with form.line_ids.edit(2) as line:
                line.ticked = True
            self.assertEqual((form.total, form.hours), (57500, 10))
            self.assertFalse(form.overlap)
            with form.line_ids.edit(0) as line:
                line.ticked = True
            self.assertIn("would be billed twice", form.overlap)
            with form.line_ids.edit(2) as line:
                line.ticked = False
            with form.line_ids.edit(0) as line:
                line.rate = 1000
            self.assertEqual(form.total, 55000)
        self.assertEqual(self.says(self.make(wizard))[0], ("Design", 10, 1000))

    def test_some_tasks_now_the_others_later(self):
        first = self.make(self.tick(self.open_wizard(), self.design))
        wizard = self.open_wizard()
        self.assertEqual(
            [(line.title, line.taken, line.ticked) for line in self.lines_of(wizard, "task")],
            [("Design", first.name, False), ("Build", False, True)],
        )
        second = self.make(wizard)
        self.assertEqual((first | second).order_line.sire_task_id, self.project.task_ids)
        self.assertEqual(self.lines_of(self.open_wizard(), "task").mapped("ticked"), [False, False])

    def test_ticking_what_is_taken_is_refused_by_every_way(self):
        wizard = self.open_wizard()
        late = self.open_wizard()
        first = self.make(wizard)
        with self.assertRefused(f"^Design is on {first.name} already"):
            late.action_make()
        with self.assertRefused("^Tick what is to be quoted"):
            self.open_wizard().action_make()
        self.assertEqual(self.project.sire_order_ids, first)

    def test_work_of_another_project_is_refused(self):
        other = self.make_project()
        wizard = self.open_wizard()
        self.lines_of(wizard, "task")[0].res_id = other.task_ids[0].id
        with self.assertRefused("was changed or removed since this list was opened"):
            wizard.action_make()
        self.assertFalse(other.sire_order_ids)

    def test_prices_that_are_none(self):
        wizard = self.open_wizard()
        for name, value in (("rate", float("nan")), ("price", float("inf")), ("rate", -1)):
            with self.subTest(name=name, value=value), self.assertRefused("write a number that is zero or more"):
                wizard.line_ids[0].write({name: value})

    def test_hours_are_those_of_the_moment(self):
        wizard = self.open_wizard()
        self.design.allocated_hours = 12
        self.assertEqual(self.says(self.make(wizard))[0], ("Design", 12, 5000))

    def test_logged_time(self):
        self.employee.sire_hourly_rate = 0
        first = self.log_time(self.design, 2.5, "2026-11-03")
        second = self.log_time(self.design, 1.25, "2026-11-20")
        loose = self.log_time(None, 3, "2026-11-04")
        order = self.make(self.tick(self.open_wizard(), first, second, loose))
        self.assertEqual(
            self.says(order),
            [
                ("Design\nWork of 03/11/2026 – 20/11/2026", 3.75, 5000),
                ("Booking website\nWork of 04/11/2026", 3, 5000),
            ],
        )
        self.assertEqual(order.order_line.sire_work_ids.timesheet_id, first | second | loose)
        later = self.log_time(self.design, 1)
        wizard = self.open_wizard()
        self.assertEqual(self.lines_of(wizard, "timesheet").filtered(lambda line: not line.taken).res_id, later.id)
        # billed by the hours logged on it: the task as a whole is not to be billed again
        self.assertEqual(self.lines_of(wizard, "task")[0].taken, order.name)
        self.assertFalse(self.lines_of(wizard, "task")[1].taken)

    def test_rate_of_person_before_task_before_project(self):
        entries = self.log_time(self.build, 1) | self.log_time(None, 1)
        self.assertEqual(self.rates(), [6000, 5000])
        self.employee.sire_hourly_rate = 7500
        self.assertEqual(self.rates(), [7500, 7500])
        order = self.make(self.tick(self.open_wizard(), *entries))
        self.assertEqual(order.amount_untaxed, 15000)

    def rates(self):
        return self.lines_of(self.open_wizard(), "timesheet").mapped("rate")

    def test_rate_of_a_product_with_a_price(self):
        hour = self.env.ref("uom.product_uom_hour")
        product = self.env["product.product"].create(
            {"name": "Consulting", "type": "service", "list_price": 8000, "uom_id": hour.id, "taxes_id": self.tax.ids}
        )
        self.design.sire_fixed_price = 30000
        wizard = self.open_wizard()
        with Form(wizard) as form:
            form.product_id = product
            self.assertEqual(form.total, 30000 + 7.5 * 8000)
        order = self.make(wizard)
        html = self.env["ir.actions.report"]._render_qweb_html("sale.report_saleorder", order.ids)[0].decode()
        self.assertNotIn("1.00</span> <span>Hours", html.replace("\n", ""))
        self.assertNotIn("text-muted small", html.split("sale_tbody")[1].split("</tbody>")[0])
        self.assertEqual(self.says(order), [("Design", 1, 30000), ("Build", 7.5, 8000)])
        self.assertEqual(order.order_line.product_id, product)

    def test_by_milestone_with_subtotals(self):
        self.add_milestone("Drafts", 0, tasks=self.design)
        go_live = self.add_milestone("Go live", 20000)
        extra = self.log_time(None, 2)
        order = self.make(self.tick(self.open_wizard(), go_live, self.design, self.build, extra), grouping="phase")
        self.assertEqual(
            self.says(order),
            [
                "Go live",
                ("Go live", 1, 20000),
                "Drafts",
                ("Design", 10, 5000),
                "Other work",
                ("Build", 7.5, 6000),
                ("Booking website\nWork of 03/11/2026", 2, 5000),
            ],
        )
        sections = order.order_line.filtered("display_type").sorted()
        self.assertEqual([line._get_section_totals("price_subtotal") for line in sections], [20000, 50000, 55000])

    def test_by_person(self):
        self.design.user_ids = self.user_developer
        self.build.user_ids = False
        entry = self.log_time(None, 2)
        order = self.make(self.tick(self.open_wizard(), self.design, self.build, entry), grouping="person")
        self.assertEqual(
            self.says(order),
            [
                (f"{self.user_developer.name}\nDesign", 10, 5000),
                ("Our team\nBuild", 7.5, 6000),
                ("Wanjiru Kamau\nBooking website", 2, 5000),
            ],
        )

    def test_one_line_for_all(self):
        order = self.make(self.open_wizard(), grouping="one")
        self.assertEqual(self.says(order), [("Booking website\nDesign, Build", 1, 95000)])
        self.assertEqual(order.sire_work_ids.task_id, self.project.task_ids)
        order.order_line.name = "The whole website"  # lines are edited as any other
        order.order_line.price_unit = 90000
        self.assertEqual(order.amount_total, 104400)
        self.assertFalse(self.get_unbilled(self.project))

    def test_a_milestone_covers_its_tasks_and_their_hours(self):
        entry = self.log_time(self.build, 2)
        milestone = self.add_milestone("Go live", 80000, tasks=self.build)
        with self.assertRefused("Build is part of Go live and would be billed twice"):
            self.tick(self.open_wizard(), milestone, self.build).action_make()
        with self.assertRefused("The hours logged on Build would be billed twice"):
            self.tick(self.open_wizard(), milestone, entry).action_make()
        order = self.make(self.tick(self.open_wizard(), milestone))
        taken = {line.title: line.taken for line in self.lines_of(self.open_wizard())}
        self.assertEqual(taken, {"Go live": order.name, "Design": False, "Build": order.name})
        order.action_cancel()
        other = self.make(self.tick(self.open_wizard(), entry))
        wizard = self.open_wizard()
        self.assertEqual(
            (self.lines_of(wizard, "milestone").taken, self.lines_of(wizard, "task")[1].taken), (other.name, other.name)
        )

    def test_freed_when_the_line_or_the_quotation_goes(self):
        order = self.make(self.open_wizard())
        order.order_line[0].unlink()
        self.assertEqual(self.get_unbilled(self.project), self.design)
        order.unlink()
        self.assertEqual(self.get_unbilled(self.project), self.project.task_ids)

    def test_opened_again_only_while_its_work_is_free(self):
        order = self.make_quotation(self.project, sent=False)
        order.action_cancel()
        order.action_draft()
        self.assertTrue(all(order.sire_work_ids.mapped("held")))
        order.action_cancel()
        other = self.make_quotation(self.project, sent=False)
        with self.assertRefused(f"^Design is on {other.name} by now"):
            order.action_draft()
        other.action_cancel()
        order.action_draft()
        self.assertEqual(order.state, "draft")

    def test_expired_and_made_valid_again(self):
        order = self.make_quotation(self.project)
        later, latest = self.day(60), self.day(90)
        with freeze_time(self.day(31)):
            self.env.invalidate_all()
            order.validity_date = later  # nobody asked for its work in between
            self.assertTrue(all(order.sire_work_ids.mapped("held")))
        with freeze_time(self.day(61)):
            self.env.invalidate_all()
            other = self.make_quotation(self.project, sent=False)
            self.assertEqual(other.order_line.sire_task_id, self.project.task_ids)
            with self.assertRefused(f"^Design is on {other.name} by now"), self.env.cr.savepoint():
                order.validity_date = latest
            order.invalidate_recordset()
            order.write({"validity_date": latest, "order_line": [Command.delete(line.id) for line in order.order_line]})
            self.assertEqual(order.sire_state, "sent")

    def test_a_revision_takes_over(self):
        order = self.make_quotation(self.project)
        self.assertFalse(order.copy().sire_work_ids, "a copy is no revision")
        order.action_sire_revise()
        revision = order.sire_next_id
        self.assertEqual(revision.order_line.sire_task_id, self.project.task_ids)
        self.assertEqual(revision.order_line[0].sire_task_id, self.design)
        self.assertEqual(self.project._sire_get_taken()["own"][("task", self.design.id)], revision.name)
        self.assertEqual(order.sire_work_ids.mapped("held"), [False, False])
        self.assertFalse(self.get_unbilled(self.project))
        # dropped before it was sent: the version before counts again, and has its work
        revision.action_cancel()
        self.assertEqual(self.project._sire_get_taken()["own"][("task", self.design.id)], order.name)
        self.assertEqual(order.sire_work_ids.mapped("held"), [True, True])
        order.action_sire_revise()  # the same one, taken up again
        self.assertEqual(order.sire_next_id, revision)
        self.assertEqual(self.project._sire_get_taken()["own"][("task", self.design.id)], revision.name)
        revision.sudo().unlink()
        self.assertEqual(self.project._sire_get_taken()["own"][("task", self.design.id)], order.name)

    def test_a_revision_that_gave_work_away_cannot_give_way(self):
        order = self.make_quotation(self.project)
        order.action_sire_revise()
        revision = order.sire_next_id
        revision.order_line[0].unlink()
        other = self.make_quotation(self.project, sent=False)
        self.assertEqual(other.order_line.sire_task_id, self.design)
        with self.assertRefused(f"^Design is on {other.name} by now"), self.env.cr.savepoint():
            revision.action_cancel()
        self.env.invalidate_all()
        self.assertEqual(revision.state, "draft")

    def test_approved_stays_taken_and_host_doors_see_it(self):
        order = self.make_quotation(self.project)
        self.approve(order)
        with freeze_time(self.day(400)):
            self.env.invalidate_all()
            self.assertFalse(self.get_unbilled(self.project))

    def test_empty_project_says_what_to_do(self):
        project = self.make_project(name="Empty")
        project.task_ids.unlink()
        wizard = self.open_wizard(project)
        self.assertFalse(self.lines_of(wizard))
        with self.assertRefused("^Tick what is to be quoted, or choose a template"):
            wizard.action_make()

    def test_client_with_another_currency(self):
        dollar = self.use_dollars(125)
        pricelist = self.env["product.pricelist"].create({"name": "Dollars", "currency_id": dollar.id})
        self.client.property_product_pricelist = pricelist
        order = self.make_quotation(self.project, sent=False)
        self.assertEqual(order.currency_id, dollar)
        self.assertEqual(self.says(order), [("Design", 10, 40), ("Build", 7.5, 48)])

    def test_two_companies(self):
        self.load_kenyan_chart(self.company_2)
        project = self.make_project(company_id=self.company_2.id)
        with self.assertRaises(AccessError):
            self.open_wizard(project)
        self.user_manager.company_ids += self.company_2
        user = self.user_manager.with_company(self.company_2)
        wizard = self.open_wizard(project.with_company(self.company_2), user=user)
        order = self.make(wizard)
        self.assertEqual(order.company_id, self.company_2)
        self.assertEqual(order.sire_work_ids.company_id, self.company_2)
        self.user_manager.company_ids -= self.company_2
        self.assertFalse(
            self.env["sire.quotation.work"].with_user(self.user_manager).search([("order_id", "=", order.id)])
        )

    def test_roles(self):
        for user in (self.user_developer, self.user_viewer, self.user_accountant):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.open_wizard(user=user)
        developer = self.user_developer
        for model, name in (
            ("project.task", "sire_fixed_price"),
            ("project.milestone", "sire_price"),
            ("hr.employee", "sire_hourly_rate"),
        ):
            self.assertNotIn(name, self.env[model].with_user(developer).fields_get())
        with self.assertRaises(AccessError):
            self.design.with_user(developer).read(["sire_fixed_price"])
        order = self.make(self.open_wizard())
        with self.assertRaises(AccessError):
            order.sire_work_ids.with_user(developer).read(["held"])
        for user in (self.user_manager, self.user_admin, self.user_viewer):
            work = order.sire_work_ids[0].with_user(user)
            self.assertTrue(work.read(["held"]))
            with self.assertRaises(AccessError):
                work.held = False
            with self.assertRaises(AccessError):
                work.unlink()
            with self.assertRaises(AccessError):
                work.create({"line_id": order.order_line[0].id, "task_id": self.build.id})

    def test_wizards_are_ones_own(self):
        wizard = self.open_wizard()
        other = self.env["res.users"].create(
            {
                "name": "Another manager",
                "login": "another.manager",
                "group_ids": [Command.set(self.user_manager.group_ids.ids)],
            }
        )
        with self.assertRaises(AccessError):
            wizard.with_user(other).action_make()
