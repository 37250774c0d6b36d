from odoo.tests import TransactionCase, tagged

from odoo.addons.sire_access.const import ROLE_DEVELOPER, ROLE_PROJECT_MANAGER, ROLES
from odoo.addons.sire_access.tests.common import SireRoles


@tagged("post_install", "-at_install")
class TestRoles(SireRoles, TransactionCase):
    def test_one_privilege_offers_five_roles(self):
        privilege = self.env.ref("sire_access.privilege_sire")
        self.assertEqual(privilege.group_ids, self.env["res.groups"].union(*[self.env.ref(role) for role in ROLES]))

    def test_every_role_is_an_employee_and_no_settings_but_the_admins(self):
        for name, user in self.roles.items():
            self.assertTrue(user._is_internal(), name)
            self.assertEqual(user.has_group("base.group_system"), name == "admin", name)
            self.assertEqual(user.has_group("base.group_erp_manager"), name == "admin", name)

    def test_the_admin_has_no_limits(self):
        access = self.env["ir.model.access"].with_user(self.user_admin)
        for mode in ("read", "write", "create", "unlink"):
            for model in ("sale.order", "account.move", "project.task", "res.partner", "project.project"):
                self.assertFalse(access._sire_refuses(model, mode), (model, mode))

    def test_who_has_no_role_is_as_in_the_host(self):
        plain = self.make_role_user("sire_test_plain", "base.group_user")
        self.assertFalse(plain._sire_roles())
        self.assertTrue(self.env["mail.activity"].with_user(plain).has_access("create"))

    def test_two_roles_are_refused_only_what_both_refuse(self):
        user = self.make_role_user("sire_test_both", f"{ROLE_DEVELOPER},{ROLE_PROJECT_MANAGER}")
        self.assertTrue(self.env["sale.order"].with_user(user).has_access("read"))
        self.assertFalse(self.env["account.move"].with_user(user).has_access("write"))

    def test_a_role_wins_over_a_host_group(self):
        """Somebody also ticks the host's Sales on a developer: still no money."""
        self.user_developer.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.assertFalse(self.env["sale.order"].with_user(self.user_developer).has_access("read"))

    def test_a_change_of_role_holds_at_once(self):
        self.assertTrue(self.env["res.partner"].with_user(self.user_manager).has_access("write"))
        viewer_groups = self.user_viewer.group_ids
        self.user_manager.group_ids = viewer_groups
        self.assertFalse(self.env["res.partner"].with_user(self.user_manager).has_access("write"))

    def test_only_the_admin_gives_roles(self):
        for name in ("accountant", "manager", "developer", "viewer"):
            user = self.roles[name]
            self.assertFalse(self.env["res.users"].with_user(user).has_access("write"), name)
            self.assertFalse(self.env["res.groups"].with_user(user).has_access("write"), name)
