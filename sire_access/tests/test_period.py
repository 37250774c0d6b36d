"""Several roles, and roles for a period: asked for at the time of the request."""

from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.sire_access.tests.common import SireRoles


@tagged("post_install", "-at_install")
class TestPeriod(SireRoles, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_business()
        cls.accountant_group = cls.env.ref("sire_access.group_accountant")

    def lend(self, user=None, role=None, first="2026-11-10", last="2026-11-12"):
        return (
            self.env["sire.access.period"]
            .with_user(self.user_admin)
            .create(
                {
                    "user_id": (user or self.user_developer).id,
                    "role_id": (role or self.accountant_group).id,
                    "date_from": first,
                    "date_until": last,
                }
            )
        )

    def may_post(self, user=None):
        """A new request: nothing that an earlier one had computed."""
        self.env.invalidate_all()
        user = user or self.user_developer
        mine = self.env["account.move"].with_user(user)
        return (
            mine.has_access("write"),
            bool(user._sire_may("invoice.post")),
            user.has_group("account.group_account_invoice"),
        )

    def test_begins_and_ends_at_midnight_in_nairobi(self):
        self.lend()
        # Midnight in Nairobi is 21:00 UTC of the day before.
        for moment, expected in (
            ("2026-11-09 20:59:59", False),
            ("2026-11-09 21:00:00", True),
            ("2026-11-12 20:59:59", True),
            ("2026-11-12 21:00:00", False),
            ("2026-11-11 12:00:00", True),
        ):
            with freeze_time(moment):
                self.assertEqual(self.may_post(), (expected,) * 3, moment)

    def test_ends_though_nothing_ran_in_between(self):
        """What a worker remembers from before midnight does not outlive it: menus, rules and rights."""
        self.lend()
        invoice = self.invoice.with_user(self.user_developer)
        with freeze_time("2026-11-12 20:00:00"):
            self.env.invalidate_all()
            self.assertTrue(invoice.search([("id", "=", invoice.id)]))
            self.assertTrue(invoice.read(["amount_total"]))
        with freeze_time("2026-11-12 22:00:00"):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                invoice.search([("id", "=", invoice.id)])
            with self.assertRaises(AccessError):
                invoice.read(["amount_total"])

    def test_without_a_last_day(self):
        self.lend(last=False)
        with freeze_time("2031-01-01 12:00:00"):
            self.assertTrue(all(self.may_post()))

    def test_taken_back_at_once(self):
        with freeze_time("2026-11-11 12:00:00"):
            period = self.lend()
            self.assertTrue(all(self.may_post()))
            period.unlink()
            self.assertFalse(any(self.may_post()))

    def test_two_roles_may_what_one_of_them_may(self):
        with freeze_time("2026-11-11 12:00:00"):
            self.lend()
            self.env.invalidate_all()
            task = self.task.with_user(self.user_developer)
            task.name = "Still the developer's own task"
            self.assertTrue(self.invoice.with_user(self.user_developer).has_access("write"))
            self.assertEqual(self.user_developer._sire_may("task.edit"), "own")

    def test_only_roles_only_employees_only_by_administrators(self):
        with self.assertRaises(ValidationError):
            self.lend(role=self.env.ref("base.group_system"))
        client = self.env["res.users"].create(
            {"name": "Client", "login": "client", "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)]}
        )
        with self.assertRaises(ValidationError):
            self.lend(user=client)
        with self.assertRaises(AccessError):
            self.env["sire.access.period"].with_user(self.user_manager).create(
                {"user_id": self.user_manager.id, "role_id": self.accountant_group.id}
            )
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.lend(first="2026-11-12", last="2026-11-10").flush_recordset()

    def test_state_and_entries(self):
        with freeze_time("2026-11-11 12:00:00"):
            period = self.lend()
            self.assertEqual(period.state, "active")
            entry = self.env["sire.access.change"].search([], limit=1)
            self.assertEqual((entry.subject, entry.after), ("Dalmas Developer", "Accountant, 10/11/2026 – 12/11/2026"))
            period.date_until = date(2026, 11, 10)
            self.assertEqual(period.state, "over")
            entry = self.env["sire.access.change"].search([], limit=1)
            self.assertIn("12/11/2026", entry.before)

    def test_nothing_remembered_is_of_another_day(self):
        """Whatever the caches of the host hold, the day is asked first: as when one was filled while the day changed."""
        self.lend()
        user = self.user_developer
        with freeze_time("2026-11-12 20:59:59"):
            self.assertTrue(all(self.may_post()))
        with freeze_time("2026-11-12 21:00:01"):
            self.env.registry.sire_access_day = date(2026, 11, 13)  # this worker thinks that it began afresh
            self.env.invalidate_all()
            self.assertFalse(user.has_group("account.group_account_invoice"))
            self.assertFalse(any(self.may_post()))
