import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SigninCommon


@tagged("post_install", "-at_install")
class TestSessions(SigninCommon):
    def signed_in(self, login="mary.wambui", count=2):
        """:return: browsers with a session that was used"""
        browsers = []
        for number in range(count):
            browser = self.browser(f"197.232.1.{number + 1}")
            browser.log_in(login)
            self.assertTrue(browser.is_in())
            browsers.append(browser)
        return browsers

    def call(self, browser, model, method, ids):
        """Press a button in the web client, the password having been asked for a moment ago."""
        data = {
            "jsonrpc": "2.0",
            "method": "call",
            "params": {"model": model, "method": method, "args": [ids], "kwargs": {}},
        }
        browser.headers["Content-Type"] = "application/json"
        answer = browser.open(f"/web/dataset/call_button/{model}/{method}", json.dumps(data)).json()
        del browser.headers["Content-Type"]
        return answer

    def test_sign_out_everywhere_leaves_this_one(self):
        one, other = self.signed_in()
        fresh = self.browser("197.232.1.9")
        fresh.log_in("mary.wambui")  # signed in, and has not asked for anything yet: the host does not know its device
        self.pretend_identity_was_checked()
        answer = self.call(one, "res.users", "action_revoke_all_devices", self.mary.ids)
        self.assertIn("result", answer, answer)
        self.assertTrue(one.is_in())
        self.assertFalse(other.is_in())
        self.assertFalse(fresh.is_in())

    def pretend_identity_was_checked(self):
        method = type(self.env["res.users"])._action_revoke_all_devices
        self.patch(type(self.env["res.users"]), "action_revoke_all_devices", lambda user: method(user))

    def test_the_password_is_asked_first(self):
        (one,) = self.signed_in(count=1)
        answer = self.call(one, "res.users", "action_revoke_all_devices", self.mary.ids)
        self.assertEqual(answer["result"]["res_model"], "res.users.identitycheck")

    def test_an_administrator_signs_somebody_out(self):
        one, other = self.signed_in()
        (boss,) = self.signed_in("boss.mwangi", 1)
        self.pretend_identity_was_checked()
        self.call(boss, "res.users", "action_revoke_all_devices", self.mary.ids)
        self.assertFalse(one.is_in())
        self.assertFalse(other.is_in())
        self.assertTrue(boss.is_in())

    def test_nobody_else_does(self):
        (boss,) = self.signed_in("boss.mwangi", 1)
        with self.assertRaises(AccessError):
            self.boss.with_user(self.mary)._action_revoke_all_devices()
        self.assertTrue(boss.is_in())

    def test_sessions_are_listed_for_their_user_and_administrators(self):
        self.signed_in()
        self.env.invalidate_all()
        devices = self.env["res.device"]
        self.assertEqual(len(devices.with_user(self.mary).search([("user_id", "=", self.mary.id)])), 2)
        self.assertEqual(len(devices.with_user(self.boss).search([("user_id", "=", self.mary.id)])), 2)
        stranger = self.make_user("stranger.kip")
        self.assertFalse(devices.with_user(stranger).search([("user_id", "=", self.mary.id)]))
        for view in ("base.view_users_form", "base.view_users_form_simple_modif"):
            arch = self.env["res.users"].with_user(self.boss).get_view(self.env.ref(view).id)["arch"]
            self.assertIn("Sign out everywhere", arch)
            self.assertIn("device_ids", arch)

    def test_deactivated_ends_sessions_at_once_and_for_good(self):
        one, other = self.signed_in()
        self.mary.active = False
        self.env.flush_all()
        self.assertFalse(one.is_in())
        self.mary.active = True
        self.env.flush_all()
        self.assertFalse(other.is_in())

    def test_deactivated_by_the_external_api(self):
        (one,) = self.signed_in(count=1)
        headers = {"Authorization": f"Bearer {self.make_api_key(self.boss)}", "Content-Type": "application/json"}
        self.opener.cookies.clear()
        answer = self.url_open(
            "/json/2/res.users/write",
            data=json.dumps({"ids": self.mary.ids, "vals": {"active": False}}),
            headers=headers,
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertFalse(one.is_in())

    def test_one_device_at_a_time_is_an_option(self):
        one, other = self.signed_in()
        self.assertTrue(one.is_in())
        self.params.set_param("sire_signin.single_device", "True")
        third, fourth = self.signed_in()
        for browser in (one, other, third):
            self.assertFalse(browser.is_in())
        self.assertTrue(fourth.is_in())
        (boss,) = self.signed_in("boss.mwangi", 1)
        self.assertTrue(fourth.is_in(), "of the same user only")
        self.assertTrue(boss.is_in())

    def test_nobody_writes_the_epoch(self):
        with self.assertRaises(AccessError):
            self.mary.with_user(self.boss).write({"sire_session_epoch": 7})
