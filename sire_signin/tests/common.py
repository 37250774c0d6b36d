"""A browser, or several, at the login page."""

import re
from datetime import timedelta
from unittest.mock import patch

import requests

from odoo import fields
from odoo.tests import HttpCase
from odoo.tools import config

from odoo.addons.sire_base.tests.common import SireCommon
from odoo.addons.sms.tests.common import MockSMS

PASSWORD = "kahawa na chai"
PHONE = "+254712345678"


class Browser:
    """Cookies of its own, and no script."""

    def __init__(self, case, address=None):
        self.case = case
        self.cookies = {}
        self.headers = {"X-Forwarded-For": address, "X-Forwarded-Host": "sire.example"} if address else {}

    def open(self, path, data=None, *, follow=False):
        """:return: the answer; a form is sent when there is data"""
        opener = self.case.opener
        opener.cookies.clear()
        opener.cookies.update(self.cookies)
        answer = self.case.url_open(path, data=data, headers=self.headers, allow_redirects=follow)
        self.cookies = {**self.cookies, **requests.utils.dict_from_cookiejar(opener.cookies)}
        return answer

    def send(self, path, **values):
        """Open the page of a form and send it.

        :return: the answer to the form
        """
        page = self.open(path)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        self.case.assertTrue(token, f"{path} has no form: {page.status_code} {page.headers.get('Location')}")
        return self.open(path, {**values, "csrf_token": token[1]})

    def log_in(self, login, password=PASSWORD):
        return self.send("/web/login", login=login, password=password, type="password")

    def is_in(self):
        """:return: whether this browser has a session"""
        return self.open("/odoo").status_code == 200


class SigninCommon(MockSMS, SireCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.params = cls.env["ir.config_parameter"].sudo()
        cls.counters = cls.env["sire.signin.counter"]
        cls.codes = cls.env["sire.signin.code"]
        cls.mary = cls.make_user("mary.wambui")
        cls.mary.write({"password": PASSWORD, "sire_signin_phone": "0712 345 678"})
        cls.boss = cls.make_user("boss.mwangi", "base.group_system")
        cls.boss.password = PASSWORD

    def setUp(self):
        super().setUp()
        self.addCleanup(self.env.registry.clear_all_caches)  # they remember groups of what is rolled back
        # the browser's address is the one that the proxy names
        self.startPatcher(patch.dict(config.options, {"proxy_mode": True}))
        self.assertTrue(config["proxy_mode"])

    def browser(self, address=None):
        return Browser(self, address)

    def assertError(self, answer, words):
        shown = re.search(r'class="alert alert-danger"[^>]*>\s*(.*?)\s*</p>', answer.text, re.DOTALL)
        self.assertTrue(shown, f"no error on the page ({answer.status_code})")
        self.assertIn(words, shown[1])
        return shown[1]

    def let_time_pass(self, **duration):
        """Move what is stored into the past."""
        self.env.flush_all()
        delta = timedelta(**duration)
        for row in self.counters.search([]):
            row.write(
                {
                    "last_at": row.last_at and row.last_at - delta,
                    "blocked_until": row.blocked_until and row.blocked_until - delta,
                }
            )
        for code in self.codes.search([]):
            code.expires_at -= delta
        self.env.flush_all()

    def blocked_for(self, subject):
        """:return: seconds that the longest wait of a login or number takes from now"""
        self.env.invalidate_all()
        rows = self.counters.search(
            [("subject", "=", self.counters._digest("", subject)), ("blocked_until", "!=", False)]
        )
        return max((round((row.blocked_until - fields.Datetime.now()).total_seconds()) for row in rows), default=0)

    def send_codes(self, **gateway):
        """Run the job.

        :return: the messages that left, newest last
        """
        self.env.flush_all()
        with self.mockSMSGateway(**gateway):
            self.codes._cron_send()
            sent = list(self._sms)
        self.env.invalidate_all()
        return sent

    def ask_code(self, browser, number="0712 345 678"):
        """:return: the code that was sent, None without one"""
        answer = browser.send("/web/login/sms", phone=number)
        self.assertEqual(answer.status_code, 303, answer.text[-500:])
        sent = self.send_codes()
        return re.match(r"\d{6}", sent[-1]["body"])[0] if sent else None
