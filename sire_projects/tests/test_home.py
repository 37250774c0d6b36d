"""Where the day starts, and that what is opened there opens for every role."""

from lxml import etree

from odoo.tests import tagged

from .common import ProjectsCommon

SCREENS = (
    "sire_projects.action_sire_projects",
    "sire_projects.action_sire_my_tasks",
    "sire_projects.action_sire_clients",
    "sire_projects.action_sire_project_documents",
    "project.act_project_project_2_project_task_all",
)


@tagged("post_install", "-at_install")
class TestHome(ProjectsCommon):
    def test_a_developer_starts_with_own_tasks_the_manager_with_projects(self):
        self.assertEqual(self.user_developer._sire_home_action(), self.env.ref("sire_projects.action_sire_my_tasks"))
        for user in (self.user_manager, self.user_admin):
            self.assertEqual(user._sire_home_action(), self.env.ref("sire_projects.action_sire_projects"), user.login)

    def test_who_has_no_role_starts_where_the_host_says(self):
        self.assertFalse(self.make_user("sire_no_role")._sire_home_action())

    def test_projects_open_as_cards_filtered_to_ongoing(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("sire_projects.action_sire_projects")
        self.assertEqual([kind for _id, kind in action["views"]], ["kanban", "list", "form"])
        self.assertIn("'search_default_ongoing': 1", action["context"])

    def test_every_screen_loads_for_every_role(self):
        """Each field of each view is known to the browser, and each list in a form may be read."""
        for user in self.roles.values():
            for xmlid in SCREENS:
                action = self.env.ref(xmlid)
                views = [(view_id, kind) for view_id, kind in action.views if kind in ("kanban", "list", "form")]
                model = self.env[action.res_model].with_user(user)
                if not model.has_access("read"):
                    continue
                with self.subTest(user=user.login, screen=xmlid):
                    loaded = model.get_views(views)
                    for view in loaded["views"].values():
                        self._check_fields(
                            etree.fromstring(view["arch"]), action.res_model, loaded["models"], model.env
                        )

    def _check_fields(self, node, model, models, env):
        for child in node:
            name = child.get("name")
            if child.tag != "field" or not name:
                self._check_fields(child, model, models, env)
                continue
            field = models.get(model, {}).get("fields", {}).get(name)
            self.assertTrue(field, f"{model}.{name} is in the view and unknown to the browser")
            if field["type"] in ("one2many", "many2many"):
                self.assertTrue(env[field["relation"]].has_access("read"), f"{model}.{name}")
            self._check_fields(child, field.get("relation") or model, models, env)

    def test_who_may_not_create_has_no_new_button(self):
        form = self.env.ref("sire_projects.project_project_view_form")
        kanban = self.env.ref("sire_projects.project_project_view_kanban")
        for name, user in self.roles.items():
            may = name in ("admin", "manager")
            for view, kind in ((form, "form"), (kanban, "kanban")):
                arch = self.env["project.project"].with_user(user).get_view(view.id, kind)["arch"]
                self.assertEqual(etree.fromstring(arch).get("create") is None, may, (name, kind))

    def test_no_rate_in_a_developers_forms(self):
        for model, view in (
            ("project.project", "sire_projects.project_project_view_form"),
            ("project.task", "project.view_task_form2"),
        ):
            arch = self.env[model].with_user(self.user_developer).get_view(self.env.ref(view).id, "form")["arch"]
            self.assertNotIn("sire_hourly_rate", arch)
            arch = self.env[model].with_user(self.user_viewer).get_view(self.env.ref(view).id, "form")["arch"]
            self.assertIn("sire_hourly_rate", arch)
