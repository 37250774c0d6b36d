import re
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.sire_signin.const import PASSWORD_LOGIN, PASSWORD_PLACE, Policy
from odoo.addons.sire_signin.utils import address_network

from .common import PASSWORD, SigninCommon

WRONG = "Wrong login/password"
WAIT = "Too many attempts. Try again in"


@tagged("post_install", "-at_install")
class TestLockout(SigninCommon):
    def guess(self, browser, login, times, password="not this one"):
        return [browser.log_in(login, password) for _time in range(times)]

    def test_after_five_wrong_passwords_the_right_one_waits_too(self):
        browser = self.browser("197.232.1.1")
        for answer in self.guess(browser, "mary.wambui", 5):
            self.assertError(answer, WRONG)
        self.assertError(browser.log_in("mary.wambui"), WAIT)
        self.assertFalse(browser.is_in())
        self.let_time_pass(seconds=61)
        self.assertEqual(browser.log_in("mary.wambui").status_code, 303)
        self.assertTrue(browser.is_in())

    def test_the_wait_doubles_and_has_an_end(self):
        browser, waits = self.browser("197.232.1.1"), []
        self.guess(browser, "mary.wambui", 4)
        for _round in range(9):
            self.guess(browser, "mary.wambui", 1)
            waits.append(self.blocked_for("login:mary.wambui"))
            self.let_time_pass(seconds=waits[-1] + 1)
        self.assertEqual([round(wait / 60) for wait in waits], [1, 2, 4, 8, 16, 32, 60, 60, 60])

    def test_what_waits_is_not_counted(self):
        browser = self.browser("197.232.1.1")
        self.guess(browser, "mary.wambui", 5)
        before = self.blocked_for("login:mary.wambui")
        self.guess(browser, "mary.wambui", 3)
        self.assertLessEqual(self.blocked_for("login:mary.wambui"), before)

    def test_a_right_password_begins_anew(self):
        browser = self.browser("197.232.1.1")
        self.guess(browser, "mary.wambui", 4)
        self.assertEqual(browser.log_in("mary.wambui").status_code, 303)
        stranger = self.browser("197.232.1.1")
        for answer in self.guess(stranger, "mary.wambui", 5):
            self.assertError(answer, WRONG)

    def test_nobody_and_somebody_are_told_the_same(self):
        somebody = self.guess(self.browser("197.232.1.1"), "mary.wambui", 7)
        nobody = self.guess(self.browser("197.232.1.2"), "no.such.person", 7)
        for one, other in zip(somebody, nobody, strict=True):
            self.assertEqual(one.status_code, other.status_code)
            words = WAIT if WAIT in one.text else WRONG
            self.assertError(one, words)
            self.assertError(other, words)

    def test_nobody_costs_a_hash_too(self):
        users = type(self.env["res.users"])
        original, asked = users._sire_nobodys_hash, []
        self.patch(users, "_sire_nobodys_hash", lambda user: asked.append(user) or original(user))
        self.guess(self.browser("197.232.1.1"), "mary.wambui", 1)
        self.assertFalse(asked, "her own hash was looked at")
        self.guess(self.browser("197.232.1.1"), "no.such.person", 1)
        self.assertEqual(len(asked), 1)
        self.assertRegex(original(self.mary), r"^\$argon2id\$v=19\$m=47104,t=2,p=1\$")

    def test_from_many_addresses_a_login_waits_a_quarter_of_an_hour_at_most(self):
        for number in range(PASSWORD_LOGIN.free):
            self.guess(self.browser(f"41.90.0.{number}"), "mary.wambui", 1)
        self.assertError(self.browser("41.90.1.1").log_in("mary.wambui"), WAIT)
        for number in range(8):
            self.let_time_pass(minutes=16)
            self.guess(self.browser(f"41.90.2.{number}"), "mary.wambui", 1)
            self.assertLessEqual(self.blocked_for("login:mary.wambui"), 15 * 60)

    def test_strangers_do_not_shut_out_who_signed_in_here_before(self):
        """Administration cannot be locked: the administrator's own browser has attempts of its own."""
        own = self.browser("197.232.1.1")
        self.assertEqual(own.log_in("boss.mwangi").status_code, 303)
        own.open("/web/session/logout")
        for number in range(PASSWORD_LOGIN.free + 5):
            self.guess(self.browser(f"41.90.0.{number % 250}"), "boss.mwangi", 1)
        self.guess(self.browser("197.232.1.1"), "boss.mwangi", 6)  # from behind the same address
        self.assertError(self.browser("197.232.1.1").log_in("boss.mwangi"), WAIT)
        self.assertFalse(own.is_in())
        self.assertEqual(own.log_in("boss.mwangi").status_code, 303)
        self.assertTrue(own.is_in())

    def test_a_known_browser_does_not_guess_for_ever_and_knows_one_login(self):
        own = self.browser("197.232.1.1")
        own.log_in("mary.wambui")
        own.open("/web/session/logout")
        self.guess(own, "mary.wambui", 5)
        self.assertError(own.log_in("mary.wambui"), WAIT)
        self.guess(own, "boss.mwangi", 5)
        self.assertError(self.browser("197.232.1.1").log_in("boss.mwangi"), WAIT)

    def test_a_forged_or_borrowed_mark_is_worth_nothing(self):
        own = self.browser("197.232.1.1")
        own.log_in("mary.wambui")
        (name,) = [name for name in own.cookies if name.startswith("sire_known_")]
        for value in ("", ".", "x.y", own.cookies[name][:-1] + "!"):
            stranger = self.browser("197.232.1.9")
            stranger.cookies[name] = value
            self.guess(stranger, "mary.wambui", 1)
        rows = self.counters.search([("subject", "=", self.counters._digest("", "login:mary.wambui"))])
        self.assertEqual(max(rows.mapped("count")), 4, "all four were counted as a stranger's")

    def test_one_address_with_many_logins(self):
        self.patch(self.env.registry["res.users"]._sire_buckets.__globals__["PASSWORD_ADDRESS"].__class__, "wait_after",
                   lambda policy, count: 60 if policy.free == 100 and count >= 6 else 0)  # fmt: skip
        browser = self.browser("197.232.1.1")
        for number in range(6):
            self.assertError(browser.log_in(f"person{number}"), WRONG)
        self.assertError(browser.log_in("mary.wambui"), WAIT)
        self.assertEqual(self.browser("197.232.1.2").log_in("mary.wambui").status_code, 303)

    def test_it_is_in_the_database_and_says_no_login(self):
        """A restart, and another worker, know what this process counted."""
        self.guess(self.browser("197.232.1.1"), "mary.wambui", 5)
        self.assertFalse(getattr(self.env.registry, "_login_failures", None), "the host's memory is not used")
        self.env.cr.execute("SELECT bucket, subject FROM sire_signin_counter")
        stored = str(self.env.cr.fetchall())
        self.assertNotIn("mary", stored)
        self.assertNotIn("197.232", stored)
        self.env.registry.clear_all_caches()
        self.assertError(self.browser("197.232.1.1").log_in("mary.wambui"), WAIT)

    def test_the_external_api_counts_too(self):
        for _time in range(PASSWORD_LOGIN.free):
            self.assertFalse(self.xmlrpc_common.authenticate(self.cr.dbname, "mary.wambui", "not this one", {}))
        self.assertFalse(self.xmlrpc_common.authenticate(self.cr.dbname, "mary.wambui", PASSWORD, {}))
        self.assertEqual(self.browser().log_in("mary.wambui").status_code, 303, "the login page is another door")
        self.let_time_pass(seconds=61)
        uid = self.xmlrpc_common.authenticate(self.cr.dbname, "mary.wambui", PASSWORD, {})
        self.assertEqual(uid, self.mary.id)

    def test_an_administrator_opens_it_at_once(self):
        browser = self.browser("197.232.1.1")
        self.guess(browser, "mary.wambui", 5)
        with self.assertRaises(AccessError):
            self.boss.with_user(self.mary).action_sire_unlock()
        action = self.mary.with_user(self.boss).action_sire_unlock()
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(browser.log_in("mary.wambui").status_code, 303)
        self.assertEqual(self.mary.with_user(self.boss).action_sire_unlock()["params"]["type"], "info")

    def test_reset_says_nothing_about_logins_and_mails_no_flood(self):
        answers = {}
        with patch.object(type(self.mary), "action_reset_password", lambda users: sent.append(users.login)):
            for login in ("mary.wambui", "no.such.person"):
                sent, answers[login] = [], []
                for _time in range(5):
                    answer = self.browser().send("/web/reset_password", login=login)
                    found = re.search(
                        r'class="alert alert-(\w+)"[^>]*>\s*(.*?)[\d]* ?(?:seconds|minutes)?\.?\s*</p>', answer.text
                    )
                    answers[login].append((answer.status_code, found[1], found[2]))
                self.assertEqual(sent, [login] * 3 if login == "mary.wambui" else [])
        self.assertEqual(*answers.values())

    def test_settings(self):
        settings = self.env["res.config.settings"]
        settings.create({"sire_login_attempts": 2, "sire_login_wait": 10}).execute()
        browser = self.browser("197.232.1.1")
        self.guess(browser, "mary.wambui", 2)
        self.assertError(browser.log_in("mary.wambui"), WAIT)
        self.assertLessEqual(self.blocked_for("login:mary.wambui"), 10)
        for wrong in ({"sire_login_attempts": 0}, {"sire_login_attempts": 3, "sire_login_wait": -1}):
            with self.assertRaises(UserError):
                settings.create(wrong).execute()

    def test_the_hosts_parameter_switches_it_off(self):
        self.params.set_param("base.login_cooldown_after", "0")
        for answer in self.guess(self.browser("197.232.1.1"), "mary.wambui", 12):
            self.assertError(answer, WRONG)

    def test_nonsense_in_the_parameters_is_the_default(self):
        self.params.set_param("base.login_cooldown_after", "many")
        self.assertEqual(self.env["res.users"]._sire_place_policy(), PASSWORD_PLACE)


@tagged("post_install", "-at_install")
class TestPolicy(SigninCommon):
    def test_growth(self):
        policy = Policy(free=3, first=60, longest=3600)
        self.assertEqual([policy.wait_after(count) for count in range(1, 11)],
                         [0, 0, 60, 120, 240, 480, 960, 1920, 3600, 3600])  # fmt: skip
        self.assertEqual(policy.wait_after(10**9), 3600)
        self.assertEqual(Policy(free=0, first=60, longest=60).wait_after(99), 0)

    def test_what_is_one_address(self):
        for address, network in {
            "197.232.1.1": "197.232.1.1",
            "::ffff:197.232.1.1": "197.232.1.1",
            "2c0f:fe38:2184:1::7": "2c0f:fe38:2184:1::/64",
            "2c0f:fe38:2184:1:ffff::1": "2c0f:fe38:2184:1::/64",
            "nonsense": "unknown",
            None: "unknown",
        }.items():
            self.assertEqual(address_network(address), network)

    def test_old_counters_are_forgotten(self):
        self.counters._take_here([("x", "login:x", Policy(free=2, first=60, longest=60))] * 1)
        self.let_time_pass(days=2)
        self.counters._gc_counters()
        self.assertFalse(self.counters.search([("subject", "=", self.counters._digest("", "login:x"))]))
