from odoo import fields
from odoo.exceptions import AccessDenied, UserError
from odoo.tests import HttpCase, tagged

from ..hooks import pre_init_hook, uninstall_hook
from .common import LOGINS, DemoCommon


@tagged("post_install", "-at_install")
class TestDemoLogins(DemoCommon):
    def test_every_login_is_its_password_on_a_demo_server(self):
        with self.environment(SIRE_DEMO="1"):
            for login in LOGINS:
                with self.subTest(login=login):
                    self.assertEqual(self.log_in(login)["uid"], self.users.filtered(lambda u: u.login == login).id)  # noqa: B023

    def test_every_login_is_refused_elsewhere(self):
        for value in (None, "0", "", "yes"):
            with self.environment(SIRE_DEMO=value):
                for login in LOGINS:
                    with self.subTest(login=login, value=value), self.assertRaisesRegex(AccessDenied, "demo login"):
                        self.log_in(login)

    def test_a_login_that_is_no_demo_user_is_let_in_everywhere(self):
        self.env["res.users"].create({"name": "Real", "login": "real-person", "password": "a-long-password"})
        with self.environment(SIRE_DEMO=None):
            self.assertTrue(self.log_in("real-person", "a-long-password")["uid"])

    def test_api_keys_of_demo_users_are_refused_elsewhere(self):
        keys = self.env["res.users.apikeys"]
        accountant = self.env.ref("sire_demo.user_accountant")
        soon = fields.Datetime.add(fields.Datetime.now(), hours=1)
        key = keys.with_user(accountant)._generate("rpc", "test", soon)
        with self.environment(SIRE_DEMO="1"):
            self.assertEqual(keys._check_credentials(scope="rpc", key=key), accountant.id)
        with self.environment(SIRE_DEMO=None):
            self.assertFalse(keys._check_credentials(scope="rpc", key=key))

    def test_a_session_ends_with_the_demo(self):
        viewer = self.env.ref("sire_demo.user_viewer")
        with self.environment(SIRE_DEMO="1"):
            self.assertTrue(viewer._compute_session_token("s" * 84))
        with self.environment(SIRE_DEMO=None):
            self.assertFalse(viewer._compute_session_token("s" * 84))

    def test_it_does_not_install_elsewhere(self):
        with self.environment(SIRE_DEMO=None), self.assertRaisesRegex(UserError, "SIRE_DEMO=1"):
            pre_init_hook(self.env)
        with self.environment(SIRE_DEMO="1"):
            pre_init_hook(self.env)

    def test_no_known_password_is_left_when_it_goes(self):
        uninstall_hook(self.env)
        left = self.env["ir.model.data"].search([("module", "=", "sire_demo"), ("model", "=", "payment.provider")])
        self.assertFalse(left, "what stands in the books is no longer the module's to delete")
        with self.environment(SIRE_DEMO="1"):
            for login in LOGINS:
                with self.subTest(login=login), self.assertRaises(AccessDenied):
                    self.log_in(login)


@tagged("post_install", "-at_install")
class TestDemoLoginsOverHttp(HttpCase, DemoCommon):
    def test_the_login_form_and_json2_refuse_elsewhere(self):
        manager = self.env.ref("sire_demo.user_manager")
        soon = fields.Datetime.add(fields.Datetime.now(), hours=1)
        key = self.env["res.users.apikeys"].with_user(manager)._generate("rpc", "test", soon)
        ask = {
            "url": "/json/2/res.partner/search_count",
            "json": {"domain": []},
            "headers": {"Authorization": f"Bearer {key}"},
        }
        with self.environment(SIRE_DEMO="1"):
            self.assertEqual(self.url_open(**ask).status_code, 200)
        with self.environment(SIRE_DEMO=None):
            self.assertEqual(self.url_open(**ask).status_code, 401)
            self.authenticate(None, None)
            page = self.url_open("/web/login")
            token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
            answer = self.url_open("/web/login", data={"login": "manager", "password": "manager", "csrf_token": token})
            self.assertIn("This is a demo login", answer.text)
            self.assertFalse(self.session.uid if hasattr(self.session, "uid") else None)
