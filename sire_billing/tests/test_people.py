"""What sire_access, sire_signin and sire_audit come to together: they do not know each other, and here they meet."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.sire_signin.tests.common import PHONE, Browser

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestPeople(PeopleCase):
    # === KEYS AND SESSIONS ===#

    def test_a_key_ends_with_the_role_for_a_period_under_which_it_was_made(self):
        self.lend(self.user_viewer)
        with freeze_time("2027-11-12 20:00:00"):
            key = self.make_api_key(self.user_viewer)
            self.assertTrue(self.opens(key))
        with freeze_time("2027-11-12 21:00:01"):
            self.assertFalse(self.opens(key), "midnight in Nairobi")
        with freeze_time("2027-11-12 20:00:00"):
            self.assertFalse(self.opens(key), "it does not come back with the role")

    def test_a_key_ends_when_the_period_is_taken_back(self):
        with freeze_time("2027-11-11 12:00:00"):
            period = self.lend(self.user_viewer)
            key = self.make_api_key(self.user_viewer)
            period.unlink()
            keys = self.env["res.users.apikeys"].sudo().search([("user_id", "=", self.user_viewer.id)])
            self.assertFalse(keys, "deleted at once, before it is used")
            self.assertFalse(self.opens(key))

    def test_a_key_from_before_the_period_outlives_it(self):
        with freeze_time("2027-11-09 12:00:00"):
            key = self.make_api_key(self.user_viewer)
            period = self.lend(self.user_viewer)
        with freeze_time("2027-11-11 12:00:00"):
            self.assertTrue(self.opens(key))
            period.unlink()
            self.assertTrue(self.opens(key))

    def test_a_tick_taken_away_holds_for_a_key_and_a_session(self):
        invoice = self.make_invoice()
        key = self.make_api_key(self.user_viewer)
        self.authenticate(self.user_viewer.login, self.user_viewer.login)
        self.assertEqual(self.asks_invoice(invoice, key), (200, True))
        viewer = self.env.ref("sire_access.group_viewer")
        matrix = self.env["sire.access.matrix"].with_user(self.user_admin)
        cells = self.env["sire.access.permission"].search([("code", "in", ["invoice.read", "payment.read"])])
        changes = [{"role_id": viewer.id, "permission_id": cell.id, "scope": False} for cell in cells]
        matrix.save(changes, matrix.preview(changes)["token"])
        self.assertEqual(self.asks_invoice(invoice, key), (403, False))

    def asks_invoice(self, invoice, key):
        """:return: what a key and what an open session is answered"""
        self.env.flush_all()
        answer = self.url_open(
            "/json/2/account.move/read",
            json={"ids": invoice.ids, "fields": ["amount_total"]},
            headers={"Authorization": f"bearer {key}"},
        )
        call = {"model": "account.move", "method": "read", "args": [invoice.ids, ["amount_total"]], "kwargs": {}}
        page = self.url_open("/web/dataset/call_kw", json={"jsonrpc": "2.0", "method": "call", "params": call})
        return answer.status_code, "result" in page.json()

    def test_a_role_for_a_period_asks_for_its_second_factor_at_once(self):
        self.accountant_group.sire_second_factor = True
        browser = Browser(self)
        browser.log_in(self.user_viewer.login, self.user_viewer.login)
        self.assertTrue(browser.is_in())
        self.lend(self.user_viewer, first=self.day(0), last=self.day(1))
        self.env.flush_all()
        self.assertFalse(browser.is_in())

    def test_a_period_that_begins_by_itself_asks_for_it_too(self):
        self.accountant_group.sire_second_factor = True
        browser = Browser(self)
        browser.log_in(self.user_viewer.login, self.user_viewer.login)
        self.assertTrue(browser.is_in())
        self.lend(self.user_viewer, first="2027-11-10")
        self.env.flush_all()
        self.assertTrue(browser.is_in())
        with freeze_time("2027-11-10 12:00:00"):
            self.env.ref("sire_billing.ir_cron_roles_of_the_day").method_direct_trigger()
        self.env.flush_all()
        self.assertFalse(browser.is_in())

    def test_a_statement_is_not_for_own_invoices_only(self):
        """It shows a client's whole account, that of others' invoices too."""
        self.make_invoice()
        viewer = self.env.ref("sire_access.group_viewer")
        client = self.client.with_user(self.user_viewer)
        dates = (self.company, self.day(-30), self.day(0))
        self.assertTrue(client._sire_get_statement(*dates)[0]["rows"])
        matrix = self.env["sire.access.matrix"].with_user(self.user_admin)
        cell = self.env.ref("sire_access.permission_invoice_read")
        changes = [{"role_id": viewer.id, "permission_id": cell.id, "scope": "own"}]
        matrix.save(changes, matrix.preview(changes)["token"])
        with self.assertRaises(AccessError):
            client._sire_get_statement(*dates)

    def test_nothing_of_yesterday_is_remembered_for_today(self):
        """A request that is at work at midnight has read who somebody was: what it asks then is not remembered of that."""
        self.lend(self.user_viewer)
        viewer = self.user_viewer
        with freeze_time("2027-11-12 20:59:59"):
            self.env.invalidate_all()  # a new request
            self.assertIn(self.accountant_group, viewer.all_group_ids)
        with freeze_time("2027-11-12 21:00:01"):
            self.assertFalse(viewer._sire_may("invoice.post"))
            self.assertFalse(viewer.has_group("sire_access.group_accountant"))

    # === NOBODY RAISES THEMSELVES ===#

    def test_an_administrator_for_a_period_does_not_become_one_for_good(self):
        with freeze_time("2027-11-11 12:00:00"):
            period = self.lend(self.user_viewer, self.admin_group)
            self.env.invalidate_all()
            mine = self.user_viewer.with_user(self.user_viewer)
            admin = self.admin_group.with_user(self.user_viewer)
            for attempt in (
                lambda: mine.write({"group_ids": [Command.link(self.admin_group.id)]}),
                lambda: admin.write({"user_ids": [Command.link(mine.id)]}),
                lambda: period.with_user(self.user_viewer).write({"date_until": False}),
                lambda: period.with_user(self.user_viewer).copy({"date_until": "2030-01-01"}),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    attempt()
                self.env.invalidate_all()
                self.env.registry.clear_all_caches()
            self.user_developer.with_user(self.user_viewer).group_ids = [Command.link(self.accountant_group.id)]
            period.with_user(self.user_viewer).unlink()
            self.env.invalidate_all()
            self.assertFalse(self.user_viewer._sire_is_administrator())

    def test_who_manages_people_takes_nobodys_phone_and_factor(self):
        people = self.make_role_user("sire_test_plain_hr", "base.group_user,base.group_erp_manager")
        with self.assertRaises(AccessError):
            self.user_admin.with_user(people).sire_signin_phone = PHONE
        self.admin_group.sire_second_factor = True
        with self.assertRaises(AccessError):
            self.admin_group.with_user(people).sire_second_factor = False

    def test_a_role_that_somebody_had_for_a_period_is_deleted(self):
        with freeze_time("2027-11-11 12:00:00"):
            role = self.env.ref("sire_access.group_developer").with_user(self.user_admin)._sire_copy_role("Helper")
            self.lend(self.user_viewer, role)
            self.env.invalidate_all()
            self.assertTrue(self.user_viewer._sire_may("task.edit"))
            with self.assertRaises(UserError):
                role.sudo().unlink()

    def test_a_forbidden_pair_that_begins_tomorrow(self):
        self.env["sire.access.duty"].create(
            {
                "first_id": self.env.ref("sire_access.permission_quotation_approve").id,
                "second_id": self.env.ref("sire_access.permission_invoice_post").id,
                "level": "forbid",
            }
        )
        with freeze_time("2027-11-09 12:00:00"):
            self.lend(self.user_viewer)
            with self.assertRaises(ValidationError):
                self.lend(self.user_manager)
