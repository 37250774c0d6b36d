"""What sire_access, sire_signin and sire_audit come to together: they do not know each other, and here they meet."""

import base64
import time
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.auth_totp.models.totp import hotp
from odoo.addons.sire_mpesa.utils import Sighting
from odoo.addons.sire_signin.tests.common import PHONE, Browser
from odoo.addons.sms.tests.common import MockSMS

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestPeople(MockSMS, BillingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = cls.env["sire.audit.entry"]
        cls.accountant_group = cls.env.ref("sire_access.group_accountant")
        cls.admin_group = cls.env.ref("sire_access.group_admin")

    def setUp(self):
        super().setUp()
        self.addCleanup(self.env.registry.clear_all_caches)

    def lend(self, user, role=None, first="2027-11-10", last="2027-11-12"):
        periods = self.env["sire.access.period"].with_user(self.user_admin)
        return periods.create(
            {
                "user_id": user.id,
                "role_id": (role or self.accountant_group).id,
                "date_from": first,
                "date_until": last,
            }
        )

    def opens(self, key):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["res.users.apikeys"]._check_credentials(scope="rpc", key=key) == self.user_viewer.id

    def entries(self, record, *domain):
        self.env.flush_all()
        self.log.invalidate_model()
        return self.log.search([("model", "=", record._name), ("res_id", "in", record.ids), *domain], order="id")

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

    # === THE LOG ===#

    def test_a_second_factor_switched_off_is_in_the_log(self):
        self.accountant_group.sire_second_factor = True
        self.accountant_group.with_user(self.user_admin).sire_second_factor = False
        found = self.entries(self.accountant_group)
        self.assertTrue(any("sire_second_factor" in (entry.after or "") for entry in found))
        self.assertEqual(found[-1].as_uid, self.user_admin.id)

    def test_the_phone_for_signing_in_is_in_the_log(self):
        self.user_viewer.with_user(self.user_admin).sire_signin_phone = "0712 345 678"
        found = self.entries(self.user_viewer)
        self.assertTrue(any("after.sire_signin_phone" in (entry.personal or {}) for entry in found))
        self.assertNotIn("712345678", "".join(f"{entry.before}{entry.after}{entry.digests}" for entry in found))

    def test_signing_out_and_unlocking_are_in_the_log(self):
        self.user_viewer.with_user(self.user_admin)._action_revoke_all_devices()
        self.assertIn("signout", self.entries(self.user_viewer).mapped("action"))
        self.user_viewer.with_user(self.user_admin).action_sire_unlock()
        self.assertIn("unlock", self.entries(self.user_viewer).mapped("action"))

    def test_a_key_made_and_ended_is_in_the_log_and_not_its_secret(self):
        key = self.make_api_key(self.user_accountant)
        self.env.flush_all()
        self.env.cr.execute("SELECT id, key FROM res_users_apikeys WHERE user_id = %s", [self.user_accountant.id])
        key_id, hashed = self.env.cr.fetchone()
        self.user_accountant.with_user(self.user_admin).group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        found = self.entries(self.env["res.users.apikeys"].browse(key_id))
        self.assertEqual(found.mapped("action"), ["create", "delete"])
        self.assertEqual(found.mapped("past_orm"), [False, False])
        self.assertEqual([entry.as_uid for entry in found], [self.user_accountant.id, self.user_admin.id])
        self.env.cr.execute("SELECT string_agg(e::text, ' ') FROM sire_audit_entry e")
        text = self.env.cr.fetchone()[0]
        for secret in (key, key[:8], hashed):
            self.assertNotIn(secret, text)

    def test_an_authenticator_app_is_in_the_log_as_work_of_ours(self):
        self.user_viewer.sudo().totp_secret = "JBSWY3DPEHPK3PXP"
        found = self.entries(self.user_viewer, ("past_orm", "=", True))
        self.assertFalse(found, "no SQL of a stranger")
        found = self.entries(self.user_viewer)
        self.assertTrue(any("totp_secret" in (entry.after or "") for entry in found))
        self.assertNotIn("JBSWY3DP", "".join(f"{entry.after}{entry.personal}" for entry in found))

    def test_duties_are_in_the_log(self):
        duty = self.env["sire.access.duty"].search([], limit=1).with_user(self.user_admin)
        duty.level = "off"
        self.assertTrue(any('"off"' in (entry.after or "") for entry in self.entries(duty)))

    def test_a_name_in_a_change_of_roles_can_be_erased(self):
        self.user_viewer.with_user(self.user_admin).group_ids = [Command.link(self.accountant_group.id)]
        self.env.flush_all()
        self.log.invalidate_model()
        found = self.log.search([("action", "=", "people")], limit=1)
        self.assertNotIn("Wanjiku", f"{found.name}{found.before}{found.after}{found.digests}")
        self.assertIn("Wanjiku", found.document)

    def test_the_ways_in_are_in_the_log(self):
        """A code by SMS, and a second factor: what was right, what was wrong, and neither code nor hash."""
        viewer = self.user_viewer.with_user(self.user_admin)
        viewer.sire_signin_phone = PHONE
        self.env["ir.config_parameter"].set_param("sire_signin.sms", "1")
        self.user_viewer.sudo().totp_secret = "JBSWY3DPEHPK3PXP"
        self.env.flush_all()
        browser = Browser(self)
        browser.send("/web/login/sms", phone=PHONE)
        with self.mockSMSGateway():
            self.env["sire.signin.code"]._cron_send()
            code = self._sms[-1]["body"][:6]
        self.env.invalidate_all()
        hashed = self.env["sire.signin.code"].search([]).code_hash
        self.assertTrue(hashed)
        self.assertIn("/web/login/totp", browser.send("/web/login/sms/code", code=code).headers["Location"])
        with patch.object(type(self.log), "_log_apart", self.log.__class__._log):  # in this transaction
            browser.send("/web/login/totp", totp_token="000000")
        right = f"{hotp(base64.b32decode('JBSWY3DPEHPK3PXP'), int(time.time() / 30)):06d}"
        browser.send("/web/login/totp", totp_token=right)
        self.assertTrue(browser.is_in())
        self.log.invalidate_model()
        said = self.log.search([("kind", "=", "signin"), ("uid", "=", self.user_viewer.id)], order="id")
        self.assertEqual(
            [(entry.action, entry.note) for entry in said],
            [("signin", "sms"), ("failed", "totp"), ("signin", "totp")],
        )
        self.env.cr.execute("SELECT string_agg(e::text, ' ') FROM sire_audit_entry e")
        text = self.env.cr.fetchone()[0]
        for secret in (hashed, "JBSWY3DP", "$argon2id"):
            self.assertNotIn(secret, text)
        self.assertNotIn(f'"{code}"', text)

    def test_receipts_of_mpesa_are_work_of_ours(self):
        """They are written by SQL; seen one by one, or many from a statement, they are not taken for somebody's."""
        provider = self.env.ref("sire_mpesa.payment_provider_mpesa").sudo()
        receipts = self.env["sire.mpesa.receipt"]
        one = receipts._see(provider, Sighting("UKL1AAAAA1", 600, "pull", "paybill"))
        one._book()
        many = receipts._see_new(
            [(provider, Sighting(f"UKL1AAAAB{number}", 100, "pull", "paybill")) for number in range(3)]
        )
        found = self.entries(one | many)
        self.assertEqual(set(found.mapped("res_id")), set((one | many).ids))
        self.assertEqual({(entry.past_orm, entry.as_uid) for entry in found}, {(False, self.env.uid)})

    # === THE READER OF THE LOG ===#

    def test_an_accountant_with_the_tick_reads_and_proves(self):
        matrix = self.env["sire.access.matrix"].with_user(self.user_admin)
        cells = self.env["sire.access.permission"].search([("code", "in", ["audit.read", "audit.export"])])
        changes = [
            {"role_id": self.accountant_group.id, "permission_id": cell.id, "scope": "all"} for cell in cells
        ]
        matrix.save(changes, matrix.preview(changes)["token"])
        menus = self.env["ir.ui.menu"].with_user(self.user_accountant)._visible_menu_ids()
        self.assertIn(self.env.ref("sire_audit.menu_sire_audit_proof").id, menus)
        log = self.log.with_user(self.user_accountant)
        self.env.flush_all()
        other = self.env["res.company"].create({"name": "Other Ltd"})
        hidden = self.log._log("note", company=other)
        self.assertTrue(log.search([], limit=1))
        self.assertFalse(log.search([("company_id", "=", other.id)]), hidden)
        for change in (lambda: log.browse(1).unlink(), lambda: log.create({}), lambda: log.browse(1).write({"note": "x"})):
            self.assertRaises(AccessError, change)
        wizard = self.env["sire.audit.proof.wizard"].with_user(self.user_accountant).create(
            {"which": "period", "date_from": "2026-01-01", "date_to": "2027-01-01"}
        )
        self.assertTrue(wizard.has_access("write"))

    def test_a_reader_of_the_log_finds_nothing_out_about_people(self):
        """The log is searched by person: not by what only administrators, or nobody, may read of that person."""
        matrix = self.env["sire.access.matrix"].with_user(self.user_admin)
        cell = self.env.ref("sire_access.permission_audit_read")
        developer = self.env.ref("sire_access.group_developer")
        changes = [{"role_id": developer.id, "permission_id": cell.id, "scope": "all"}]
        matrix.save(changes, matrix.preview(changes)["token"])
        self.user_viewer.sudo().write({"sire_signin_phone": PHONE, "oauth_access_token": "hunter2"})
        self.env.flush_all()
        log = self.log.with_user(self.user_developer)
        self.assertTrue(log.search([("user_id.name", "ilike", self.env.user.name)], limit=1))
        self.assertTrue(log.search([("user_id", "ilike", self.env.user.login)], limit=1))
        for path in ("sire_signin_phone", "oauth_access_token", "partner_id.invoice_ids.amount_total"):
            with self.subTest(path), self.assertRaises(AccessError):
                log.search([(f"user_id.{path}", "!=", False)], limit=1)

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


#: Who may read and who may change what came with M-Pesa, links, statements, sign-in, rights and the log; an administrator beside.
READERS = {
    "sire.mpesa.receipt": {"accountant", "viewer"},
    "sire.mpesa.receipt.evidence": {"accountant", "viewer"},
    "sire.mpesa.day": {"accountant", "viewer"},
    "sire.mpesa.alert": {"accountant", "viewer"},
    "sire.mpesa.command": {"accountant", "viewer"},
    "sire.mpesa.assign.wizard": {"accountant"},
    "sire.mpesa.statement.wizard": {"accountant"},
    "sire.mpesa.request.wizard": {"accountant"},
    "sire.mpesa.qr": set(),
    "sire.mpesa.token": set(),
    "sire.mpesa.setup": set(),
    "sire.client.claim": set(),
    "sire.client.link": {"accountant", "manager", "viewer"},
    "sire.statement.wizard": {"accountant", "manager", "viewer"},
    "sire.cash.payment.wizard": {"accountant"},
    "sire.quotation.approve.wizard": {"manager"},
    "sire.signin.code": set(),
    "sire.signin.counter": set(),
    "sire.webhook.event": set(),
    "sire.access.resource": set(),
    "sire.access.action": set(),
    "sire.access.permission": set(),
    "sire.access.gate": set(),
    "sire.access.grant": set(),
    "sire.access.period": set(),
    "sire.access.duty": set(),
    "sire.access.change": set(),
    "sire.access.why": set(),
    "sire.audit.entry": set(),
    "sire.audit.checkpoint": set(),
    "sire.audit.erasure": set(),
    "sire.audit.erase.wizard": set(),
    "sire.audit.proof.wizard": set(),
}
#: Lines of wizards above.
PARTS = {"sire.mpesa.assign.line", "sire.mpesa.assign.suggestion", "sire.mpesa.statement.line"}


@tagged("post_install", "-at_install")
class TestModels(BillingCommon, HttpCase):
    def test_who_reads_and_who_changes(self):
        everybody = {
            **{name: user for name, user in self.roles.items() if name != "admin"},
            "portal": new_test_user(self.env, "sire_test_portal", groups="base.group_portal"),
            "public": self.env.ref("base.public_user"),
        }
        for model, readers in READERS.items():
            for operation in ("read", "write", "create", "unlink"):
                found = {
                    name for name, user in everybody.items() if self.env[model].with_user(user).has_access(operation)
                }
                expected = readers if operation == "read" or self.env[model]._transient else set()
                with self.subTest(model, operation=operation):
                    self.assertEqual(found, expected)

    def test_every_model_of_ours_is_in_the_table(self):
        """A model that comes later is thought about."""
        ours = {
            name
            for name in self.env.registry
            if name.startswith("sire.") and not self.env[name]._abstract and name not in READERS
        }
        self.assertLessEqual(ours, {"sire.project.document", "sire.project.finish.wizard"} | PARTS)

    def test_a_developer_meets_no_amount_in_any_model(self):
        developer, found = self.user_developer, []
        for name in self.env.registry:
            model = self.env[name].with_user(developer)
            if model._abstract or model._transient or not model.has_access("read"):
                continue
            found += [f"{name}.{field}" for field, about in model.fields_get().items() if about["type"] == "monetary"]
        self.assertEqual(found, ["account.payment.term.example_amount"], "a made-up figure, the same for everybody")
