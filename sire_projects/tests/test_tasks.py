from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ProjectsCommon


@tagged("post_install", "-at_install")
class TestTasks(ProjectsCommon):
    def test_rates_come_from_the_project_and_stay(self):
        self.assertEqual(self.task.sire_hourly_rate, 4000.0)
        self.assertEqual(self.make_task("Dear", sire_hourly_rate=9000).sire_hourly_rate, 9000.0)
        self.project.sire_hourly_rate = 1000.0
        self.assertEqual(self.task.sire_hourly_rate, 4000.0)
        self.assertEqual(self.make_task("Later").sire_hourly_rate, 1000.0)

    def test_fixed_prices_are_for_who_sees_money(self):
        milestone = self.env["project.milestone"].create(
            {"name": "Live", "project_id": self.project.id, "sire_price": 5000}
        )
        self.task.with_user(self.user_manager).sire_fixed_price = 3000
        milestone.with_user(self.user_manager).sire_price = 6000
        for record, field in ((self.task, "sire_fixed_price"), (milestone, "sire_price")):
            self.assertTrue(record.with_user(self.user_viewer).read([field])[0][field])
            with self.assertRaises(AccessError):
                record.with_user(self.user_developer).read([field])
            with self.assertRaises(AccessError):
                record.with_user(self.user_developer).write({field: 1})
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                record[field] = -1
                record.flush_recordset()
            record.invalidate_recordset()
        self.assertEqual((self.task.sire_fixed_price, milestone.sire_price), (3000, 6000))

    def test_made_in_the_done_column_is_done(self):
        imported = self.make_task("Imported", stage_id=self.done.id)
        sent_by_a_form = self.make_task("Form", stage_id=self.done.id, state="01_in_progress")
        quick = (
            self.env["project.task"]
            .with_user(self.user_manager)
            .with_context(default_stage_id=self.done.id, default_project_id=self.project.id)
            .create({"name": "Quick"})
        )
        for task in (imported, sent_by_a_form, quick):
            self.assertEqual((task.state, task.stage_id), ("1_done", self.done), task.name)

    def test_made_as_done_or_cancelled(self):
        self.assertEqual(self.make_task("Done", state="1_done").stage_id, self.done)
        cancelled = self.make_task("Cancelled", stage_id=self.done.id, state="1_canceled")
        self.assertEqual(cancelled.state, "1_canceled")
        self.assertEqual(self.task.stage_id, self.todo)

    def test_stage_and_state_follow_each_other(self):
        task = self.task.with_user(self.user_developer)
        task.stage_id = self.done
        self.assertEqual(task.state, "1_done")
        task.stage_id = self.doing
        self.assertEqual(task.state, "01_in_progress")
        task.state = "1_done"
        self.assertEqual(task.stage_id, self.done)
        task.state = "01_in_progress"
        self.assertEqual(task.stage_id, self.review)

    def test_a_copy_of_done_work_is_work(self):
        self.task.stage_id = self.done
        copy = self.task.copy()
        self.assertEqual((copy.state, copy.stage_id), ("01_in_progress", self.todo))
        copy.unlink()
        project = self.project.copy()
        self.assertEqual(project.tasks.mapped("state"), ["01_in_progress"])
        self.assertEqual((self.project.sire_progress, project.sire_progress), (100, 0))

    def test_a_developer_opens_and_moves_own_tasks(self):
        form = Form(self.task.with_user(self.user_developer), view="project.view_task_form2")
        form.stage_id = self.doing
        form.save()
        self.assertEqual(self.task.stage_id, self.doing)
        other = self.make_task("Hosting")
        with self.assertRaises(AccessError):
            other.with_user(self.user_developer).stage_id = self.doing

    def test_readers_change_no_task(self):
        for user in (self.user_viewer, self.user_accountant):
            with self.assertRaises(AccessError):
                self.task.with_user(user).write({"stage_id": self.done.id})
        self.assertEqual(self.task.stage_id, self.todo)

    def test_who_has_no_task_sees_the_usual_columns(self):
        """And so the words of the page: the host shows nothing at all where there is no column."""
        action = self.env.ref("sire_projects.action_sire_my_tasks")
        own = [("user_ids", "in", self.user_developer.ids)]
        self.env["project.task"].search(own).unlink()
        self.assertIn("sire_usual_stages", action.context)
        self.assertEqual(self.get_columns(own), [])
        usual = self.todo + self.doing + self.review + self.done
        self.assertEqual(self.get_columns(own, sire_usual_stages=True), usual.ids)
        self.make_task("Hosting", user_ids=self.user_developer.ids)
        self.assertEqual(self.get_columns(own, sire_usual_stages=True), self.todo.ids)

    def get_columns(self, domain, **context):
        """:return: the stages that the developer's board has"""
        tasks = self.env["project.task"].with_user(self.user_developer).with_context(read_group_expand=True, **context)
        return [group["stage_id"][0] for group in tasks.web_read_group(domain, ["stage_id"])["groups"]]
