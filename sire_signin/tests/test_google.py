import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SigninCommon

CLIENT = "1234-abc.apps.googleusercontent.com"


@tagged("post_install", "-at_install")
class TestGoogle(SigninCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.google = cls.env.ref("auth_oauth.provider_google")
        cls.jane = cls.make_user("jane@firm.example")
        cls.save(auth_oauth_google_enabled=True, auth_oauth_google_client_id=f" {CLIENT} ")

    @classmethod
    def save(cls, **values):
        cls.env["res.config.settings"].create(values).execute()

    def come_back(self, *, provider=None, browser=None, **said):
        """Come back from Google with a token of which Google says this.

        :return: (browser, where the answer leads)
        """
        said = {"aud": CLIENT, "sub": "77", "email": "jane@firm.example", "email_verified": "true", **said}
        self.patch(type(self.env["res.users"]), "_auth_oauth_rpc", lambda _self, endpoint, token: dict(said))
        browser = browser or self.browser()
        state = json.dumps({"d": self.cr.dbname, "p": (provider or self.google).id, "r": "/odoo"})
        answer = browser.open("/auth_oauth/signin?" + self.query(state=state, access_token="t0ken"))
        return browser, answer.headers.get("Location", "")

    def query(self, **values):
        from urllib.parse import urlencode

        return urlencode(values)

    def test_one_form_sets_it_up(self):
        self.assertEqual((self.google.enabled, self.google.client_id), (True, CLIENT))
        self.assertIn("tokeninfo", self.google.validation_endpoint)
        page = self.browser().open("/web/login").text
        self.assertIn("accounts.google.com", page)
        self.assertIn(CLIENT, page)
        self.assertNotIn("Odoo.com", page, "nobody asked for that one")
        self.save(auth_oauth_google_enabled=False)
        self.assertNotIn("accounts.google.com", self.browser().open("/web/login").text)

    def test_a_client_id_that_cannot_work_is_refused(self):
        for wrong in ("", "1234", "https://example.com"):
            with self.subTest(wrong=wrong), self.assertRaises(UserError):
                self.save(auth_oauth_google_enabled=True, auth_oauth_google_client_id=wrong)
        with self.assertRaises(UserError):
            self.save(sire_google_domain="not a domain")

    def test_somebody_whose_login_is_the_address_comes_in(self):
        browser, where = self.come_back(email="Jane@Firm.example")
        self.assertTrue(where.endswith("/odoo"), where)
        self.assertTrue(browser.is_in())
        self.assertEqual(self.jane.oauth_uid, "77")

    def test_a_token_made_for_another_site_opens_nothing(self):
        self.come_back()
        for audience in ("9999-evil.apps.googleusercontent.com", "", None):
            browser, where = self.come_back(aud=audience)
            self.assertIn("oauth_error", where)
            self.assertFalse(browser.is_in())

    def test_an_address_that_google_has_not_verified_opens_nothing(self):
        for verified in ("false", False, None):
            browser, where = self.come_back(email_verified=verified)
            self.assertIn("oauth_error", where)
            self.assertFalse(browser.is_in())

    def test_nobody_is_created(self):
        before = self.env["res.users"].with_context(active_test=False).search_count([])
        browser, where = self.come_back(email="stranger@firm.example", sub="88")
        self.assertIn("oauth_error", where)
        self.assertEqual(self.env["res.users"].with_context(active_test=False).search_count([]), before)
        self.assertFalse(browser.is_in())

    def test_another_account_with_the_address_does_not_take_over(self):
        self.come_back()
        browser, where = self.come_back(sub="99")
        self.assertIn("oauth_error", where)
        self.assertFalse(browser.is_in())

    def test_a_sign_like_a_wildcard_is_none(self):
        browser, _where = self.come_back(email="j%@firm.example", sub="88")
        self.assertFalse(browser.is_in())
        self.assertFalse(self.jane.oauth_uid)

    def test_only_addresses_of_the_domain(self):
        self.save(sire_google_domain="@Other.example")
        browser, where = self.come_back()
        self.assertIn("oauth_error", where)
        self.assertFalse(browser.is_in())
        self.save(sire_google_domain="firm.example")
        browser, _where = self.come_back()
        self.assertTrue(browser.is_in())

    def test_who_is_gone_stays_out(self):
        self.come_back()
        self.jane.active = False
        browser, _where = self.come_back()
        self.assertFalse(browser.is_in())

    def test_a_role_asks_for_its_second_factor(self):
        self.env["res.groups"].create(
            {"name": "Treasurer", "sire_second_factor": True, "user_ids": [(4, self.jane.id)]}
        )
        browser, where = self.come_back()
        self.assertIn("/web/login/second-factor", where)
        self.assertFalse(browser.is_in())

    def test_a_provider_that_is_off_is_off(self):
        self.come_back()
        self.save(auth_oauth_google_enabled=False)
        browser, _where = self.come_back()
        self.assertFalse(browser.is_in())
