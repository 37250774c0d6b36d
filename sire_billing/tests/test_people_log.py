"""What sire_access and sire_signin do is in the log of sire_audit, and who reads it finds out nothing else."""

import base64
import time
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.auth_totp.models.totp import hotp
from odoo.addons.sire_mpesa.utils import Sighting
from odoo.addons.sire_signin.tests.common import PHONE, Browser

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestPeopleLog(PeopleCase):
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
        changes = [{"role_id": self.accountant_group.id, "permission_id": cell.id, "scope": "all"} for cell in cells]
        matrix.save(changes, matrix.preview(changes)["token"])
        menus = self.env["ir.ui.menu"].with_user(self.user_accountant)._visible_menu_ids()
        self.assertIn(self.env.ref("sire_audit.menu_sire_audit_proof").id, menus)
        log = self.log.with_user(self.user_accountant)
        self.env.flush_all()
        other = self.env["res.company"].create({"name": "Other Ltd"})
        hidden = self.log._log("note", company=other)
        self.assertTrue(log.search([], limit=1))
        self.assertFalse(log.search([("company_id", "=", other.id)]), hidden)
        for change in (
            lambda: log.browse(1).unlink(),
            lambda: log.create({}),
            lambda: log.browse(1).write({"note": "x"}),
        ):
            self.assertRaises(AccessError, change)
        wizard = (
            self.env["sire.audit.proof.wizard"]
            .with_user(self.user_accountant)
            .create({"which": "period", "date_from": "2026-01-01", "date_to": "2027-01-01"})
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
