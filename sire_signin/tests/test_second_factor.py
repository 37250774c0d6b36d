import base64
import re
import time
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessDenied
from odoo.tests import tagged

from odoo.addons.auth_totp.models.totp import TOTP, hotp

from .common import PASSWORD, SigninCommon

ENROL = "/web/login/second-factor"


@tagged("post_install", "-at_install")
class TestSecondFactor(SigninCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.env["res.groups"].create(
            {"name": "Treasurer", "sire_second_factor": True, "user_ids": [Command.link(cls.mary.id)]}
        )

    def token(self, secret, step=0):
        return f"{hotp(base64.b32decode(secret), int(time.time() / 30) + step):06d}"

    def secret_on(self, page):
        return re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page.text)[1].replace(" ", "")

    def enrol(self, browser):
        secret = self.secret_on(browser.open(ENROL))
        self.assertEqual(browser.send(ENROL, code=self.token(secret)).status_code, 303)
        return secret

    def test_who_has_none_sets_it_up_between_password_and_session(self):
        browser = self.browser()
        self.assertIn(ENROL, browser.log_in("mary.wambui").headers["Location"])
        self.assertFalse(browser.is_in())
        page = browser.open(ENROL)
        self.assertIn("data:image/png;base64,iVBOR", page.text)
        self.assertNotIn(self.secret_on(page), page.url)
        self.assertError(browser.send(ENROL, code="12"), "six digits")
        wrong = self.token(self.secret_on(page), 100)
        self.assertError(browser.send(ENROL, code=wrong), "does not fit")
        self.assertFalse(browser.is_in())
        self.assertFalse(self.mary.totp_enabled)
        secret = self.enrol(browser)
        self.assertTrue(browser.is_in())
        self.env.invalidate_all()
        self.assertTrue(self.mary.totp_enabled)

        later = self.browser()
        self.assertIn("/web/login/totp", later.log_in("mary.wambui").headers["Location"])
        self.assertFalse(later.is_in())
        later.send("/web/login/totp", totp_token=self.token(secret, 1))
        self.assertTrue(later.is_in())
        self.assertNotEqual(later.open(ENROL).status_code, 200, "it is set up once")

    def test_the_page_is_for_nobody_else(self):
        self.assertEqual(self.browser().open(ENROL).status_code, 303)
        browser = self.browser()
        browser.log_in("boss.mwangi")
        self.assertTrue(browser.is_in())
        self.assertEqual(browser.open(ENROL).status_code, 303)

    def test_an_app_that_is_there_is_not_replaced(self):
        first, second = self.browser(), self.browser()
        first.log_in("mary.wambui")
        second.log_in("mary.wambui")
        second.open(ENROL)
        self.enrol(first)
        self.assertEqual(second.open(ENROL).status_code, 303)
        with self.assertRaises(AccessDenied):
            self.mary._sire_enrol("JBSWY3DPEHPK3PXP", 0)

    def test_every_other_way_round_is_shut(self):
        """A code by e-mail, a browser that was trusted for it, the app's page, the external API with a password."""
        self.params.set_param("auth_totp.policy", "all_required")
        browser = self.browser()
        self.assertIn(ENROL, browser.log_in("mary.wambui").headers["Location"])
        device = self.env["auth_totp.device"].with_user(self.mary).sudo()
        with patch.object(type(self.mary), "_sire_must_enrol", lambda _self: False):
            browser.cookies["td_id"] = device._generate("browser", "Old one", None)
        browser.open("/web/login/totp")
        self.assertFalse(browser.is_in())
        browser.send("/web/login/totp", totp_token="000000")
        self.assertFalse(browser.is_in())
        self.assertFalse(self.xmlrpc_common.authenticate(self.cr.dbname, "mary.wambui", PASSWORD, {}))
        key = self.make_api_key(self.mary)
        self.assertTrue(self.xmlrpc_common.authenticate(self.cr.dbname, "mary.wambui", key, {}))

    def test_who_has_a_passkey_uses_it(self):
        self.env["auth.passkey.key"].with_user(self.mary).sudo().create(
            {"name": "Phone", "credential_identifier": "abc", "public_key": "key"}
        )
        browser = self.browser()
        browser.log_in("mary.wambui")
        page = browser.open(ENROL)
        self.assertIn("You have a passkey", page.text)
        self.assertNotIn("data:image/png", page.text)
        with self.assertRaises(AccessDenied):
            self.mary._sire_enrol("JBSWY3DPEHPK3PXP", 0)
        original = type(self.mary)._check_credentials

        def passkey(user, credential, env):
            if credential["type"] == "webauthn":
                return {"uid": user.env.uid, "auth_method": "passkey", "mfa": "skip"}
            return original(user, credential, env)

        self.patch(type(self.mary), "_check_credentials", passkey)
        answer = browser.send(
            "/web/login", login="mary.wambui", password="", type="webauthn", webauthn_response='{"id": "abc"}'
        )
        self.assertTrue(browser.is_in(), answer.text)

    def test_a_code_by_sms_is_one_factor(self):
        self.params.set_param("sire_signin.sms", "True")
        browser = self.browser()
        answer = browser.send("/web/login/sms/code", code=self.ask_code(browser))
        self.assertIn(ENROL, answer.headers["Location"])
        self.assertFalse(browser.is_in())

    def test_from_now_on_is_at_once(self):
        self.role.sire_second_factor = False
        without, app = self.browser(), self.browser()
        without.log_in("mary.wambui")
        boss = self.browser()
        boss.log_in("boss.mwangi")
        self.assertTrue(without.is_in() and boss.is_in())
        self.role.user_ids += self.boss
        with self.with_user("boss.mwangi"):
            self.env["res.groups"].browse(self.role.id).sire_second_factor = True
        self.env.flush_all()
        self.assertFalse(without.is_in())
        self.assertTrue(boss.is_in(), "who switches it on sees what it does")
        app.log_in("mary.wambui")
        self.enrol(app)
        self.role.write({"sire_second_factor": False})
        self.role.write({"sire_second_factor": True})
        self.env.flush_all()
        self.assertTrue(app.is_in(), "who has the app stays")

    def test_given_the_role_is_at_once_too(self):
        browser = self.browser()
        browser.log_in("boss.mwangi")
        self.assertTrue(browser.is_in())
        self.boss.group_ids += self.role
        self.env.flush_all()
        self.assertFalse(browser.is_in())

    def test_a_role_that_contains_it_requires_it(self):
        above = self.env["res.groups"].create({"name": "Head", "implied_ids": [Command.link(self.role.id)]})
        self.boss.group_ids += above
        self.assertTrue(self.boss._sire_factor_required())

    def test_gone_between_password_and_second_factor(self):
        first = self.browser()
        first.log_in("mary.wambui")
        secret = self.enrol(first)
        half, unset = self.browser(), self.browser()
        half.log_in("mary.wambui")
        with patch.object(type(self.mary), "totp_enabled", False):
            unset.log_in("mary.wambui")
        self.mary.active = False
        self.env.flush_all()
        half.send("/web/login/totp", totp_token=self.token(secret, 1))
        self.assertFalse(half.is_in())
        self.assertFalse(unset.is_in())

    def test_no_role_no_factor(self):
        browser = self.browser()
        self.assertEqual(browser.log_in("boss.mwangi").headers["Location"].rpartition("/")[2], "odoo")

    def test_the_hosts_algorithm_is_the_one_that_is_shown(self):
        secret = "JBSWY3DPEHPK3PXP"
        self.assertIsNotNone(TOTP(base64.b32decode(secret)).match(int(self.token(secret))))
