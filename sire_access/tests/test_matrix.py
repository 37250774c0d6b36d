"""What an administrator does on the screen, and what it says before saving."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from odoo.addons.sire_access.tests.common import SireRoles
from odoo.addons.sire_access.utils import ticks as of_ticks


@tagged("post_install", "-at_install")
class MatrixCase(SireRoles, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_business()
        cls.matrix = cls.env["sire.access.matrix"].with_user(cls.user_admin)
        cls.accountant, cls.manager, cls.developer, cls.viewer = (
            cls.env.ref(f"sire_access.group_{name}")
            for name in ("accountant", "project_manager", "developer", "viewer")
        )

    @classmethod
    def change(cls, role, code, scope):
        permission = cls.env["sire.access.permission"].search([("code", "=", code)])
        return {"role_id": role.id, "permission_id": permission.id, "scope": scope}

    @classmethod
    def tick(cls, *cells):
        changes = [cls.change(*cell) for cell in cells]
        cls.matrix.save(changes, cls.matrix.preview(changes)["token"])
        cls.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestMatrix(MatrixCase):
    def test_a_tick_holds_from_the_next_request_on(self):
        draft = self.draft_invoice.with_user(self.user_accountant)
        self.tick((self.accountant, "invoice.post", False))
        with self.assertRaisesRegex(
            AccessError,
            r"Your role \(Accountant\) does not have the permission “Invoice: post”\. An administrator \(.+\) can",
        ):
            draft.action_post()
        self.assertEqual(self.draft_invoice.state, "draft")
        self.tick((self.accountant, "invoice.post", "all"))
        draft.action_post()
        self.assertEqual(self.draft_invoice.state, "posted")

    def test_a_tick_gives_what_no_host_group_gave(self):
        """A developer who may read invoices sees their amounts, and loses nothing of the day's work."""
        self.tick((self.developer, "invoice.read", "all"))
        invoice = self.invoice.with_user(self.user_developer)
        self.assertTrue(invoice.read(["name", "amount_total", "partner_id"]))
        self.assertTrue(invoice.search([("id", "=", invoice.id)]))
        self.assertFalse(self.env["account.payment"].with_user(self.user_developer).has_access("read"))
        self.assertFalse(invoice.has_access("write"))
        self.tick((self.developer, "invoice.read", False))
        with self.assertRaises(AccessError):
            invoice.read(["name"])

    def test_a_tick_taken_away_wins_over_groups_of_the_host(self):
        self.tick((self.manager, "quotation.read", False))
        self.user_manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        self.assertFalse(self.order.with_user(self.user_manager).has_access("read"))

    def test_what_is_not_read_is_not_edited(self):
        self.tick((self.accountant, "invoice.read", "own"))
        self.assertEqual(self.user_accountant._sire_may("invoice.edit"), "own")
        self.assertFalse(self.invoice.with_user(self.user_accountant).has_access("write"))
        self.tick((self.accountant, "invoice.read", False))
        self.assertFalse(self.user_accountant._sire_may("invoice.post"))

    def test_the_difference_names_people(self):
        second = self.make_role_user(
            "sire_test_both", "sire_access.group_accountant,sire_access.group_project_manager", "Both Roles"
        )
        preview = self.matrix.preview([self.change(self.accountant, "client.edit", False)])
        effect = {effect["permission"]: effect for effect in preview["effects"]}["Client: edit"]
        self.assertIn(self.user_accountant.name, effect["loses"])
        self.assertNotIn(second.name, effect["loses"], "another role still gives it")
        self.assertEqual(preview["changes"][0]["before"], "all records")
        preview = self.matrix.preview([self.change(self.accountant, "payment.read", False)])
        lost = {effect["permission"] for effect in preview["effects"]}
        self.assertLessEqual({"Payment: read", "Payment: register payment"}, lost)
        self.assertTrue(preview["idle"])
        self.assertTrue(self.user_accountant._sire_may("payment.read"), "looking changes nothing")

    def test_what_was_not_looked_at_is_not_saved(self):
        changes = [self.change(self.viewer, "task.edit", "all")]
        token = self.matrix.preview(changes)["token"]
        self.tick((self.viewer, "project.edit", "all"))
        with self.assertRaisesRegex(UserError, "in the meantime"):
            self.matrix.save(changes, token)
        with self.assertRaises(UserError):
            self.matrix.save(changes, "")
        self.assertFalse(self.user_viewer._sire_may("task.edit"))

    def test_what_is_no_cell(self):
        admin = self.env.ref("sire_access.group_admin")
        for cell in (
            self.change(admin, "invoice.post", False),
            self.change(self.manager, "user.edit", "all"),
            self.change(self.manager, "settings.read", "all"),
            self.change(self.manager, "dashboard.read", "own"),
            self.change(self.manager, "invoice.post", "everything"),
            {**self.change(self.manager, "invoice.post", "all"), "role_id": self.env.ref("base.group_user").id},
            {**self.change(self.manager, "invoice.post", "all"), "permission_id": 0},
        ):
            with self.subTest(cell=cell), self.assertRaises(UserError):
                self.matrix.preview([cell])

    def test_every_change_is_written_down(self):
        self.tick((self.viewer, "task.edit", "all"), (self.viewer, "project.read", False))
        entry = self.env["sire.access.change"].search([], limit=1)
        self.assertEqual((entry.kind, entry.subject, entry.user_id), ("ticks", "Viewer", self.user_admin))
        self.assertEqual(entry.before, "Task: edit: no\nProject: read: all records")
        self.assertEqual(entry.after, "Task: edit: all records\nProject: read: no")

    # === ROLES ===#

    def test_a_copied_role(self):
        self.tick((self.manager, "invoice.read", False))
        junior = self.manager.browse(self.matrix.copy_role(self.manager.id, "Junior Manager"))
        user = self.make_role_user("sire_test_junior", "base.group_user", "Junior")
        user.with_user(self.user_admin).group_ids = [(6, 0, junior.ids)]
        self.assertEqual(user._sire_counting_roles(), junior)
        self.assertEqual(user._sire_ticks(), self.user_manager._sire_ticks())
        self.tick((junior, "quotation.approve", False), (junior, "invoice.read", "all"))
        self.assertFalse(user._sire_may("quotation.approve"))
        self.assertTrue(self.invoice.with_user(user).has_access("read"))
        self.assertTrue(self.user_manager._sire_may("quotation.approve"), "the origin keeps its own ticks")
        self.assertIn(junior.id, [role["id"] for role in self.matrix.get_matrix()["roles"]])
        with self.assertRaises(UserError):
            self.matrix.copy_role(self.manager.id, " junior manager ")
        with self.assertRaises(UserError):
            self.matrix.copy_role(self.env.ref("sire_access.group_admin").id, "Second Admin")
        with self.assertRaises(UserError):
            junior.unlink()

    # === UPGRADES ===#

    def test_a_new_permission_shows_up_and_nothing_chosen_is_lost(self):
        self.tick((self.viewer, "task.edit", "all"), (self.accountant, "invoice.post", False))
        junior = self.manager.browse(self.matrix.copy_role(self.manager.id, "Junior Manager"))
        resource = self.env["sire.access.resource"].create({"code": "parcel", "name": "Parcel"})
        permission = self.env["sire.access.permission"].create(
            {
                "resource_id": resource.id,
                "action_id": self.env.ref("sire_access.action_read").id,
                "default_role_ids": [(6, 0, self.manager.ids)],
            }
        )
        matrix = self.matrix.get_matrix()
        self.assertIn("Parcel", [row["name"] for row in matrix["resources"]])
        self.assertEqual(matrix["news"], 1)
        self.assertEqual(
            {role for role, ticks in matrix["ticks"].items() if "parcel.read" in ticks}, {self.manager.id, junior.id}
        )
        self.assertEqual(matrix["ticks"][self.viewer.id]["task.edit"], "all")
        # The module's data is loaded again, as an upgrade does.
        self.env.ref("sire_access.permission_invoice_post").default_role_ids = self.accountant
        permission.default_role_ids = self.viewer
        self.assertNotIn("invoice.post", self.matrix.get_matrix()["ticks"][self.accountant.id])
        self.assertNotIn("parcel.read", self.matrix.get_matrix()["ticks"][self.viewer.id])
        self.matrix.mark_seen()
        self.assertFalse(self.matrix.get_matrix()["news"])

    # === DUTIES ===#

    def test_duties_warn_and_forbid(self):
        duty = self.env.ref("sire_access.duty_post_void")
        with self.assertRaisesRegex(ValidationError, self.user_accountant.name), self.env.cr.savepoint():
            duty.level = "forbid"
        self.tick((self.accountant, "invoice.void", False))
        preview = self.matrix.preview([self.change(self.accountant, "invoice.void", "all")])
        self.assertEqual([found["level"] for found in preview["duties"]], ["warn"] * len(preview["duties"]))
        self.assertTrue(preview["duties"])
        duty.level = "forbid"
        changes = [self.change(self.accountant, "invoice.void", "all")]
        preview = self.matrix.preview(changes)
        self.assertTrue(preview["blocked"])
        with self.assertRaisesRegex(ValidationError, "both of"):
            self.matrix.save(changes, preview["token"])
        voider = self.manager.browse(self.matrix.copy_role(self.manager.id, "Voider"))
        self.tick((voider, "invoice.edit", "all"), (voider, "invoice.void", "all"))
        with self.assertRaisesRegex(ValidationError, "both of"), self.env.cr.savepoint():
            self.user_accountant.with_user(self.user_admin).group_ids += voider
        with self.assertRaisesRegex(ValidationError, "both of"), self.env.cr.savepoint():
            self.env["sire.access.period"].with_user(self.user_admin).create(
                {"user_id": self.user_accountant.id, "role_id": voider.id}
            )

    # === WHY ===#

    def why(self, user, code, record=None):
        permission = self.env["sire.access.permission"].search([("code", "=", code)])
        why = (
            self.env["sire.access.why"]
            .with_user(self.user_admin)
            .create(
                {
                    "user_id": user.id,
                    "permission_id": permission.id,
                    "record_ref": record and f"{record._name},{record.id}",
                }
            )
        )
        return why.allowed, why.reasons

    def test_why(self):
        allowed, reasons = self.why(self.user_accountant, "invoice.post")
        self.assertTrue(allowed)
        self.assertIn("Tick of Accountant on “Invoice: post”: all records.", reasons)
        allowed, reasons = self.why(self.user_viewer, "task.edit")
        self.assertFalse(allowed)
        self.assertIn("Tick of Viewer on “Task: edit”: no.", reasons)
        self.assertTrue(self.why(self.user_developer, "task.edit", self.task)[0])
        allowed, reasons = self.why(self.user_developer, "task.edit", self.other_task)
        self.assertFalse(allowed)
        self.assertIn("own records", reasons)
        self.project.privacy_visibility = "followers"
        allowed, reasons = self.why(self.user_accountant, "project.read", self.project)
        self.assertFalse(allowed)
        self.assertIn("Rule: Project: employees", reasons)
        self.assertTrue(self.why(self.user_admin, "settings.edit")[0])
        allowed, reasons = self.why(self.user_manager, "settings.edit")
        self.assertFalse(allowed)
        self.assertIn("administrators only", reasons)
        self.tick((self.accountant, "payment.create", False))
        self.assertIn("It needs “Payment: create”", self.why(self.user_accountant, "payment.register")[1])

    def test_a_permission_is_found_by_its_words(self):
        found = self.env["sire.access.permission"].name_search("invoice: pos")
        self.assertEqual([name for _id, name in found], ["Invoice: post"])

    # === PURE ===#

    def test_ticks_as_sets(self):
        self.assertEqual(of_ticks.union([{"a": "own"}, {"a": "all", "b": "own"}]), {"a": "all", "b": "own"})
        needs = {"edit": ("read",), "post": ("edit", "read")}
        self.assertEqual(of_ticks.effective({"edit": "all", "post": "all"}, needs), {})
        self.assertEqual(
            of_ticks.effective({"read": "own", "edit": "all", "post": "all"}, needs),
            {"read": "own", "edit": "own", "post": "own"},
        )
