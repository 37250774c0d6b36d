from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.sire_base.utils.eat import eat_today

from .common import ProjectsCommon


@tagged("post_install", "-at_install")
class TestProjects(ProjectsCommon):
    # === MAKING ===#

    def test_a_new_project_has_stages_and_the_companys_rate(self):
        self.company.sire_hourly_rate = 4200.0
        project = self.env["project.project"].with_user(self.user_manager).create({"name": "New"})
        self.assertEqual(project.type_ids.sorted("sequence").mapped("name"), ["To do", "Doing", "Review", "Done"])
        self.assertEqual((project.sire_hourly_rate, project.sire_status), (4200.0, "ongoing"))

    def test_made_in_the_form_with_a_client_made_on_the_way_and_tasks(self):
        projects = self.env["project.project"].with_user(self.user_manager)
        form = Form(projects, view="sire_projects.project_project_view_form")
        form.name = "Network"
        form.sire_hourly_rate = 2500.0
        with form.tasks.new() as line:
            line.name = "Survey"
            line.allocated_hours = 8
            self.assertEqual(line.sire_hourly_rate, 2500.0)
        project = form.save()
        self.assertEqual(project.tasks.sire_hourly_rate, 2500.0)
        self.assertEqual(project.tasks.stage_id, self.todo)
        self.assertFalse(project.tasks.user_ids, "nobody is given work by being at the keyboard")

    def test_roles_that_make_no_projects(self):
        for name in ("accountant", "developer", "viewer"):
            projects = self.env["project.project"].with_user(self.roles[name])
            with self.assertRaises(AccessError, msg=name):
                projects.create({"name": "Mine"})
            with self.assertRaises(AccessError, msg=name):
                projects.browse(self.project.id).write({"name": "Mine"})
            self.assertEqual(projects.browse(self.project.id).name, "Booking website")

    def test_a_developer_reads_no_rate(self):
        with self.assertRaises(AccessError):
            self.project.with_user(self.user_developer).read(["sire_hourly_rate"])
        with self.assertRaises(AccessError):
            self.task.with_user(self.user_developer).read(["sire_hourly_rate"])
        with self.assertRaises(AccessError):
            self.company.with_user(self.user_developer).read(["sire_hourly_rate"])
        self.assertEqual(self.task.with_user(self.user_viewer).sire_hourly_rate, 4000.0)

    def test_another_companys_project_is_not_seen(self):
        theirs = self.env["project.project"].create({"name": "Theirs", "company_id": self.company_2.id})
        for user in self.roles.values():
            found = self.env["project.project"].with_user(user).search([("name", "=", "Theirs")])
            self.assertFalse(found, user.login)
        with self.assertRaises(AccessError):
            theirs.with_user(self.user_manager).action_sire_finish()

    # === STATUS ===#

    def test_finish_and_reopen(self):
        self.task.state = "1_done"
        for name in ("manager", "admin"):
            project = self.project.with_user(self.roles[name])
            self.assertIs(project.action_sire_finish(), True)
            self.assertEqual(project.sire_status, "finished")
            project.action_sire_reopen()
            self.assertEqual(project.sire_status, "ongoing")

    def test_twice_is_said(self):
        self.task.state = "1_done"
        self.project.action_sire_finish()
        with self.assertRaisesRegex(UserError, "Finished already: Booking website"):
            self.project.action_sire_finish()
        self.project.action_sire_reopen()
        with self.assertRaisesRegex(UserError, "nothing to reopen"):
            self.project.action_sire_reopen()

    def test_with_open_tasks_it_asks_how_many(self):
        self.make_task("Hosting")
        action = self.project.action_sire_finish()
        self.assertEqual(self.project.sire_status, "ongoing")
        wizards = self.env[action["res_model"]].with_user(self.user_manager).with_context(**action["context"])
        wizard = wizards.create({})
        self.assertEqual(wizard.message, "2 tasks are still open.")
        self.task.state = "1_done"
        wizard.invalidate_recordset()
        self.assertEqual(wizard.message, "1 task is still open.")
        self.assertEqual(wizard.task_ids.mapped("name"), ["Hosting"])
        wizard.action_finish()
        self.assertEqual(self.project.sire_status, "finished")

    def test_the_status_is_written_by_nobody(self):
        for user in (self.user_manager, self.user_admin):
            project = self.project.with_user(user)
            for context in ({}, {"sire_status_gate": True}, {"sire_status_gate": "object"}):
                with self.assertRaisesRegex(UserError, "Finish and Reopen only"):
                    project.with_context(**context).write({"sire_status": "finished"})
            with self.assertRaisesRegex(UserError, "A new project is ongoing"):
                project.create({"name": "Done before", "sire_status": "finished"})
        self.assertEqual(self.project.sire_status, "ongoing")

    def test_who_changes_no_project_finishes_none(self):
        self.task.state = "1_done"
        for name in ("accountant", "developer", "viewer"):
            project = self.project.with_user(self.roles[name])
            with self.assertRaises(AccessError, msg=name):
                project.action_sire_finish()
            with self.assertRaises(AccessError, msg=name):
                self.env["sire.project.finish.wizard"].with_user(self.roles[name]).create(
                    {"project_ids": [Command.set(self.project.ids)]}
                )
        self.assertEqual(self.project.sire_status, "ongoing")

    def test_only_an_administrator_deletes(self):
        for name in ("manager", "accountant", "developer", "viewer"):
            with self.assertRaises(AccessError, msg=name):
                self.project.with_user(self.roles[name]).unlink()
        host_manager = self.make_user("sire_host_manager", "project.group_project_manager")
        with self.assertRaisesRegex(UserError, "Only an administrator deletes projects"):
            self.project.with_user(host_manager).unlink()
        self.assertTrue(self.project.exists())
        self.project.with_user(self.user_admin).unlink()
        self.assertFalse(self.project.exists())

    # === PROGRESS ===#

    def test_progress_by_hours_then_by_number(self):
        self.assertEqual(self.project.sire_progress, 0)
        hosting = self.make_task("Hosting", allocated_hours=10)
        hosting.state = "1_done"
        self.assertEqual(self.project.sire_progress, 25)
        self.task.state = "1_canceled"
        self.assertEqual(self.project.sire_progress, 100)
        self.task.state = "01_in_progress"
        (self.task | hosting).allocated_hours = 0
        self.assertEqual(self.project.sire_progress, 50)
        self.make_task("Part", parent_id=self.task.id)
        self.assertEqual(self.project.sire_progress, 50, "sub-tasks are part of their task")

    def test_late_is_ongoing_and_past_its_end(self):
        today = eat_today()
        self.project.write({"date_start": today - timedelta(days=9), "date": today})
        self.assertFalse(self.project.sire_overdue)
        self.project.date = today - timedelta(days=1)
        self.assertTrue(self.project.sire_overdue)
        self.task.state = "1_done"
        self.project.action_sire_finish()
        self.assertFalse(self.project.sire_overdue)
