from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.sire_access.tests.common import SireRoles


@tagged("post_install", "-at_install")
class TestHome(SireRoles, HttpCase):
    def session_info(self, user):
        self.authenticate(user.login, user.login)
        return self.make_jsonrpc_request("/web/session/get_session_info", {})

    def test_a_role_lands_where_its_day_starts(self):
        action = self.env.ref("project.open_view_project_all")
        users = type(self.env["res.users"])
        with patch.object(users, "_sire_home_action", lambda user: action.with_env(user.env), create=True):
            self.assertEqual(self.session_info(self.user_accountant)["home_action_id"], action.id)

    def test_an_own_choice_wins(self):
        chosen = self.env.ref("base.action_res_users")
        self.user_admin.action_id = chosen.id
        other = self.env.ref("project.open_view_project_all")
        with patch.object(type(self.env["res.users"]), "_sire_home_action", lambda user: other.with_env(user.env)):
            self.assertEqual(self.session_info(self.user_admin)["home_action_id"], chosen.id)

    def test_who_has_no_role_has_no_home(self):
        plain = self.make_role_user("sire_test_plain", "base.group_user")
        self.assertFalse(self.session_info(plain)["home_action_id"])
