"""Nobody raises themselves, one administrator stays, from whatever side it is tried."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, TransactionCase, tagged

from odoo.addons.sire_access.const import ROLE_ADMIN
from odoo.addons.sire_access.tests.common import SireRoles


@tagged("post_install", "-at_install")
class TestGuards(SireRoles, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin_group = cls.env.ref(ROLE_ADMIN)
        cls.manager_group = cls.env.ref("sire_access.group_project_manager")
        #: A person with the host's right to manage people, and no administrator.
        cls.user_hr = cls.make_role_user("sire_test_hr", "sire_access.group_accountant,base.group_erp_manager")
        cls.plain_hr = cls.make_role_user("sire_test_plain_hr", "base.group_user,base.group_erp_manager")

    def others_leave(self):
        """Only one administrator is left."""
        last = self.user_admin
        others = self.env["res.users"]._sire_administrators() - last
        others.group_ids = [Command.unlink(self.admin_group.id)]
        self.assertEqual(self.env["res.users"]._sire_administrators(), last)
        return last

    # === THE LAST ADMINISTRATOR ===#

    def test_the_last_administrator_stays(self):
        last = self.others_leave()
        admin = self.admin_group.with_user(last)
        for attempt in (
            lambda: last.write({"group_ids": [Command.unlink(self.admin_group.id)]}),
            lambda: last.write({"group_ids": [Command.set(self.manager_group.ids)]}),
            lambda: last.sudo().write({"active": False}),
            lambda: last.unlink(),
            lambda: admin.write({"user_ids": [Command.unlink(last.id)]}),
            lambda: admin.sudo().write({"user_ids": [Command.clear()]}),
            lambda: self.admin_group.unlink(),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attempt()
            self.env.invalidate_all()
        self.assertEqual(self.env["res.users"]._sire_administrators(), last)

    def test_a_role_for_a_period_is_no_administrator_who_stays(self):
        last = self.others_leave()
        self.env["sire.access.period"].create({"user_id": self.user_manager.id, "role_id": self.admin_group.id})
        with self.assertRaises(ValidationError):
            last.group_ids = [Command.unlink(self.admin_group.id)]

    def test_one_of_two_administrators_may_go(self):
        second = self.make_role_user("sire_test_second", ROLE_ADMIN)
        second.with_user(self.user_admin).group_ids = [Command.set(self.manager_group.ids)]
        self.assertFalse(second._sire_is_administrator())

    # === SELF-ELEVATION ===#

    def test_nobody_raises_themselves(self):
        for user in (self.user_hr, self.plain_hr):
            mine = user.with_user(user)
            attempts = (
                lambda u=user, m=mine: m.write({"group_ids": [Command.link(self.admin_group.id)]}),
                lambda u=user, m=mine: m.write({"group_ids": [Command.link(self.env.ref("base.group_system").id)]}),
                lambda u=user, m=mine: m.write({"group_ids": [Command.link(self.manager_group.id)]}),
                lambda u=user, m=mine: self.admin_group.with_user(u).write({"user_ids": [Command.link(u.id)]}),
                lambda u=user, m=mine: self.admin_group.with_user(u).write({"all_user_ids": [Command.link(u.id)]}),
                lambda u=user, m=mine: (
                    self.env.ref("base.group_erp_manager")
                    .with_user(u)
                    .write({"implied_ids": [Command.link(self.admin_group.id)]})
                ),
                lambda u=user, m=mine: (
                    self.env["res.groups"]
                    .with_user(u)
                    .create(
                        {
                            "name": "Mine",
                            "implied_ids": [Command.link(self.admin_group.id)],
                            "user_ids": [Command.link(u.id)],
                        }
                    )
                ),
                lambda u=user, m=mine: (
                    self.env["sire.access.period"]
                    .with_user(u)
                    .create({"user_id": u.id, "role_id": self.admin_group.id})
                ),
                lambda u=user, m=mine: self.manager_group.with_user(u)._sire_copy_role("Mine"),
            )
            for number, attempt in enumerate(attempts):
                with self.subTest(user=user.name, attempt=number):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        attempt()
                self.env.invalidate_all()
                self.env.registry.clear_all_caches()  # as the end of a failed request does
            self.assertFalse(user._sire_is_administrator())

    def test_who_is_no_administrator_gives_nobody_a_role(self):
        for user in (self.user_hr, self.plain_hr):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.user_viewer.with_user(user).group_ids = [Command.link(self.admin_group.id)]
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.env["res.users"].with_user(user).create(
                    {"name": "New", "login": "new", "group_ids": [Command.set(self.admin_group.ids)]}
                )
            self.env.invalidate_all()

    def test_who_corrects_people_does_not_take_an_administrator_over(self):
        with self.assertRaises(AccessError):
            self.user_admin.with_user(self.plain_hr).password = "mine"
        with self.assertRaises(AccessError):
            self.user_admin.with_user(self.plain_hr).login = "mine"

    def test_ticks_are_written_by_nobody(self):
        """Not even by an administrator past the screen, which shows the difference and writes it down."""
        permission = self.env.ref("sire_access.permission_invoice_post")
        vals = {"role_id": self.manager_group.id, "permission_id": permission.id, "scope": "all"}
        for user in self.roles.values():
            with self.assertRaises(AccessError):
                self.env["sire.access.grant"].with_user(user).create(vals)
            with self.assertRaises(AccessError):
                self.env["sire.access.change"].with_user(user).create({"kind": "role", "subject": "x"})
            if user != self.user_admin:
                for method in ("get_matrix", "mark_seen"):
                    with self.assertRaises(AccessError):
                        getattr(self.env["sire.access.matrix"].with_user(user), method)()

    def test_the_five_roles_stay(self):
        with self.assertRaises(UserError):
            self.manager_group.unlink()

    def test_changes_are_written_down_from_both_sides(self):
        changes = self.env["sire.access.change"]
        self.user_viewer.with_user(self.user_admin).group_ids = [Command.set(self.manager_group.ids)]
        entry = changes.search([], limit=1)
        self.assertEqual((entry.kind, entry.before, entry.after), ("people", "Viewer", "Project Manager"))
        self.assertEqual((entry.user_id, entry.subject), (self.user_admin, self.user_viewer.name))
        self.env.ref("sire_access.group_accountant").with_user(self.user_admin).user_ids = [
            Command.link(self.user_viewer.id)
        ]
        entry = changes.search([], limit=1)
        self.assertEqual(entry.before, "Project Manager")
        self.assertIn("Accountant", entry.after)


@tagged("post_install", "-at_install")
class TestGuardsJson2(SireRoles, HttpCase):
    def test_self_elevation_by_json_2(self):
        admin = self.env.ref(ROLE_ADMIN).id
        for name in ("accountant", "manager", "developer", "viewer"):
            user = self.roles[name]
            headers = {"Authorization": f"bearer {self.make_api_key(user)}"}
            for model, method, body in (
                ("res.users", "write", {"ids": user.ids, "vals": {"group_ids": [[4, admin]]}}),
                ("res.groups", "write", {"ids": [admin], "vals": {"user_ids": [[4, user.id]]}}),
                ("sire.access.grant", "create", {"vals_list": [{"role_id": admin, "permission_id": 1}]}),
                ("sire.access.period", "create", {"vals_list": [{"user_id": user.id, "role_id": admin}]}),
                ("sire.access.matrix", "save", {"changes": [], "token": "x"}),
                ("sire.access.matrix", "preview", {"changes": []}),
                ("sire.access.matrix", "copy_role", {"role_id": admin, "name": "x"}),
            ):
                with self.subTest(user=name, model=model, method=method):
                    answer = self.url_open(f"/json/2/{model}/{method}", json=body, headers=headers)
                    self.assertEqual(answer.status_code, 403, answer.text)
            self.env.invalidate_all()
            self.assertFalse(user._sire_is_administrator())
