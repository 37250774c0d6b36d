from odoo.tests import HttpCase, new_test_user, tagged

from .common import ProjectsCommon


@tagged("post_install", "-at_install")
class TestPortalTime(ProjectsCommon, HttpCase):
    """Hours that staff logged are for the clients that were invited to the work, in the host's portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["res.partner"].create({"name": "Wanjiru", "parent_id": cls.client.id})
        cls.portal_user = new_test_user(
            cls.env, "acacia-portal", "base.group_portal", password="acacia-portal-acacia", partner_id=cls.contact.id
        )
        cls.project.privacy_visibility = "portal"
        employee = cls.env["hr.employee"].create({"name": "Brian", "user_id": cls.user_manager.id})
        values = {"task_id": cls.task.id, "project_id": cls.project.id, "employee_id": employee.id}
        values |= {"name": "Words that only staff reads", "unit_amount": 3}
        cls.line = cls.env["account.analytic.line"].create(values)

    def read(self):
        self.env.flush_all()
        self.authenticate("acacia-portal", "acacia-portal-acacia")
        counted = self.make_jsonrpc_request("/my/counters", {"counters": ["timesheet_count"]})["timesheet_count"]
        return counted, "Words that only staff reads" in self.url_open("/my/timesheets").text

    def test_a_client_that_was_not_invited_sees_no_hours(self):
        self.assertEqual(self.read(), (0, False))

    def test_a_client_that_was_invited_sees_them(self):
        self.task.message_subscribe(self.contact.ids)
        self.assertEqual(self.read(), (1, True))

    def test_a_follower_of_another_project_sees_none_of_this_one(self):
        other = self.project.with_user(self.user_manager).copy({"name": "Another"})
        other.message_subscribe(self.contact.ids)
        self.assertEqual(self.read(), (0, False))

    def test_staff_sees_what_it_saw(self):
        lines = self.env["account.analytic.line"].with_user(self.user_manager)
        self.assertIn(self.line, lines.search(lines._timesheet_get_portal_domain()))
