import logging
import re
from contextlib import suppress
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.sire_signin.const import SMS_ADDRESS, SMS_NUMBER
from odoo.addons.sms.tools.sms_api import SmsApi

from .common import PASSWORD, PHONE, SigninCommon

WRONG = "This code is wrong, or its time is over."


@tagged("post_install", "-at_install")
class TestSms(SigninCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.params.set_param("sire_signin.sms", "True")

    def try_code(self, browser, code):
        return browser.send("/web/login/sms/code", code=code)

    def other(self, code):
        """:return: a code that is not this one"""
        return f"{(int(code) + 1) % 10**6:06d}"

    def test_a_number_a_code_and_in(self):
        browser = self.browser("197.232.1.1")
        page = browser.open("/web/login")
        self.assertIn('href="/web/login/sms"', page.text)
        code = self.ask_code(browser)
        self.assertIn("0712 345 678", browser.open("/web/login/sms/code").text)
        answer = self.try_code(browser, f" {code[:3]} {code[3:]} ")
        self.assertEqual((answer.status_code, answer.headers["Location"].endswith("/odoo")), (303, True))
        self.assertTrue(browser.is_in())

    def test_it_leads_where_one_wanted_to_go(self):
        browser = self.browser()
        self.assertIn(
            "/web/login/sms?redirect=%2Fodoo%2Faction-7", browser.open("/web/login?redirect=/odoo/action-7").text
        )
        page = browser.open("/web/login/sms?redirect=/odoo/action-7").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        values = {"phone": "0712 345 678", "csrf_token": token, "redirect": "/odoo/action-7"}
        code_page = browser.open("/web/login/sms", values).headers["Location"]
        self.assertIn("redirect=", code_page)
        body = self.send_codes()[0]["body"]
        answer = browser.open("/web/login/sms/code", {**values, "code": body[:6]})
        self.assertTrue(answer.headers["Location"].endswith("/odoo/action-7"))

    def test_it_speaks_the_browsers_language(self):
        for tag, words in (
            ("sw", "Ingia kwa msimbo"),
            ("sw-KE,en;q=0.5", "Ingia kwa msimbo"),
            ("en-GB", "Send the code"),
        ):
            browser = self.browser()
            browser.headers["Accept-Language"] = tag
            self.assertIn(words, browser.open("/web/login/sms").text)
        browser = self.browser()
        browser.headers["Accept-Language"] = "sw"
        browser.send("/web/login/sms", phone="0799 999 999")
        self.assertError(self.try_code(browser, "1"), "Msimbo huu si sahihi")

    def test_any_written_form_of_a_number(self):
        for number in ("0712345678", "+254 712 345 678", "254712345678", "712 345 678", "0712-345-678"):
            with self.subTest(number=number):
                self.counters.search([]).unlink()
                self.assertTrue(self.ask_code(self.browser(), number))
        for number in ("", "12", "mary", "+44 20 7946 0958", "020 222 2222"):
            with self.subTest(number=number):
                answer = self.browser().send("/web/login/sms", phone=number)
                self.assertError(answer, "number")
        self.assertFalse(self.codes.search([("phone", "!=", PHONE)]))

    def test_it_does_not_say_whether_a_number_is_known(self):
        pages = {}
        self.mary.sire_signin_phone = "0712 111 222"
        for number in ("0712 111 222", "0799 999 999"):
            browser = self.browser("197.232.1.1")
            answers = [browser.open("/web/login/sms"), browser.send("/web/login/sms", phone=number)]
            rows = self.codes.search([("phone", "=like", f"%{number[-3:]}")])
            before = [(row.state, row.tries, bool(row.code_hash), bool(row.user_id)) for row in rows]
            self.send_codes()
            answers += [browser.open("/web/login/sms/code"), *(self.try_code(browser, "12 34") for _ in range(7))]
            pages[number] = (before, [(answer.status_code, self.bare(answer, number)) for answer in answers])
        self.assertEqual(*pages.values())
        self.assertEqual(pages["0712 111 222"][0], [("waiting", 0, False, False)], "the request looks nothing up")

    def bare(self, answer, number):
        """:return: what a person and a program see of a page, without tokens and the number typed"""
        text = answer.text.replace(number, "NUMBER")
        text = re.sub(r'csrf_token"? ?[:=v][^,>]*|[0-9a-f]{40}o?[0-9]*|"nonce[^"]*"', "", text)
        headers = {
            name: value for name, value in answer.headers.items() if name not in ("Date", "Set-Cookie", "Server")
        }
        return text, headers.get("Location"), headers.get("Content-Type"), headers.get("Cache-Control")

    def test_nobody_costs_a_hash_too(self):
        seen = []
        code = type(self.codes)
        original = code._redeem
        self.patch(code, "_redeem", lambda model, *args: seen.append(args) or original(model, *args))
        for number in ("0712 345 678", "0799 999 999"):
            browser = self.browser()
            self.ask_code(browser, number)
            self.try_code(browser, "000000")
        self.assertEqual(len(seen), 2, "each try is looked at once, whoever has the number")

    def test_no_code_to_nobody_and_none_where_two_have_the_number(self):
        self.assertIsNone(self.ask_code(self.browser(), "0799 999 999"))
        twin = self.make_user("twin.wambui")
        twin.sire_signin_phone = PHONE
        self.assertIn("Another user", self.mary.sire_signin_phone_note)
        browser = self.browser()
        self.assertIsNone(self.ask_code(browser))
        self.assertError(self.try_code(browser, "123456"), WRONG)
        twin.active = False
        self.counters.search([]).unlink()
        self.assertTrue(self.ask_code(browser))

    def test_who_is_gone_or_no_employee_gets_none(self):
        self.mary.active = False
        self.assertIsNone(self.ask_code(self.browser()))
        portal = self.make_portal()
        portal.sire_signin_phone = "0722 000 111"
        self.assertIsNone(self.ask_code(self.browser(), "0722 000 111"))

    def make_portal(self):
        return self.env["res.users"].create(
            {
                "name": "Client",
                "login": "client@example.com",
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )

    def test_gone_between_code_and_sign_in(self):
        browser = self.browser()
        code = self.ask_code(browser)
        self.mary.active = False
        self.env.flush_all()
        self.assertError(self.try_code(browser, code), WRONG)

    def test_the_phone_of_a_contact_opens_nothing(self):
        """Its owner changes it in any session that is left open, and a finder would have a way in for good."""
        self.boss.partner_id.phone = "+254722000333"
        self.assertIsNone(self.ask_code(self.browser(), "0722 000 333"))

    def test_who_may_write_the_number(self):
        with self.assertRaises(AccessError):
            self.mary.with_user(self.mary).write({"sire_signin_phone": "0722 000 333"})
        self.assertEqual(self.mary.with_user(self.mary).sire_signin_phone, PHONE)
        self.mary.with_user(self.boss).sire_signin_phone = "0110 123 456"
        self.assertEqual(self.mary.sire_signin_phone, "+254110123456")
        for wrong in ("12", "020 222 2222"):
            with self.assertRaises(UserError):
                self.mary.with_user(self.boss).sire_signin_phone = wrong

    def test_another_number_ends_the_code(self):
        browser = self.browser()
        code = self.ask_code(browser)
        self.mary.sire_signin_phone = "0722 000 333"
        self.env.flush_all()
        self.assertError(self.try_code(browser, code), WRONG)

    def test_ten_minutes(self):
        browser = self.browser()
        code = self.ask_code(browser)
        self.let_time_pass(minutes=9, seconds=50)
        self.assertError(self.try_code(browser, self.other(code)), WRONG)
        self.assertEqual(self.try_code(browser, code).status_code, 303)
        browser = self.browser()
        self.counters.search([]).unlink()
        code = self.ask_code(browser)
        self.let_time_pass(minutes=10, seconds=1)
        self.assertError(self.try_code(browser, code), WRONG)
        self.codes._cron_send()
        self.assertFalse(self.codes.search([]), "nothing is kept")

    def test_five_tries(self):
        browser = self.browser()
        code = self.ask_code(browser)
        for _time in range(4):
            self.assertError(self.try_code(browser, self.other(code)), WRONG)
        self.assertEqual(self.try_code(browser, code).status_code, 303, "the fifth is a try")
        self.counters.search([]).unlink()
        browser = self.browser()
        code = self.ask_code(browser)
        for _time in range(5):
            self.try_code(browser, self.other(code))
        self.assertError(self.try_code(browser, code), WRONG)
        self.assertFalse(browser.is_in())

    def test_one_at_a_time(self):
        first, second = self.browser(), self.browser()
        old = self.ask_code(first)
        new = self.ask_code(second)
        self.assertEqual(self.codes.search_count([]), 1)
        self.assertError(self.try_code(first, old), WRONG)
        self.assertError(self.try_code(first, new), WRONG)
        self.assertEqual(self.try_code(second, new).status_code, 303)

    def test_it_opens_once_and_only_where_it_was_asked_for(self):
        browser, thief = self.browser(), self.browser()
        code = self.ask_code(browser)
        thief.send("/web/login/sms", phone="0799 999 999")
        self.assertError(self.try_code(thief, code), WRONG)
        kept = dict(browser.cookies)
        self.assertEqual(self.try_code(browser, code).status_code, 303)
        self.assertFalse(self.codes.search([("user_id", "=", self.mary.id)]))
        thief.cookies = kept
        self.assertFalse(thief.is_in())
        self.assertEqual(self.browser().open("/web/login/sms/code").headers["Location"].rpartition("/")[2], "sms")

    def test_neither_code_nor_token_is_stored_or_logged(self):
        with self.assertLogs(level=logging.DEBUG) as logs:
            browser = self.browser()
            code = self.ask_code(browser)
            self.try_code(browser, self.other(code))
            self.assertEqual(self.try_code(browser, code).status_code, 303)
        texts = [line for line in logs.output if "mockSMS" not in line and "odoo.sql_db" not in line]
        self.assertFalse([line for line in texts if re.search(rf"(?<!\d){code}(?!\d)", line)])
        code = self.ask_code(self.browser())
        row = self.codes.search([("code_hash", "!=", False)])
        self.assertRegex(row.code_hash, r"^\$argon2id\$")
        self.env.cr.execute("SELECT row(c)::text FROM sire_signin_code c")
        self.assertNotIn(code, re.sub(r"\+254\d+", "", str(self.env.cr.fetchall())).replace(row.code_hash, ""))
        self.assertFalse(self.env["sms.sms"].search([("body", "like", code)]), "the host's queue would keep the text")

    def test_codes_are_not_guessed_from_each_other(self):
        codes = set()
        for _time in range(8):
            self.counters.search([]).unlink()
            codes.add(self.ask_code(self.browser()))
        self.assertGreater(len(codes), 6)
        self.assertTrue(all(re.fullmatch(r"\d{6}", code) for code in codes))

    def test_a_number_gets_three_codes_then_waits_longer_and_longer(self):
        for number in ("0712 345 678", "0799 999 999"):
            for _time in range(SMS_NUMBER.free):
                self.assertEqual(self.browser().send("/web/login/sms", phone=number).status_code, 303)
            self.assertError(self.browser().send("/web/login/sms", phone=number), "Too many attempts")
            phone = "+254" + number.replace(" ", "")[1:]
            first = self.blocked_for(phone)
            self.let_time_pass(seconds=first + 1)
            self.assertEqual(self.browser().send("/web/login/sms", phone=number).status_code, 303)
            self.assertGreater(self.blocked_for(phone), first * 1.5)

    def test_an_address_gets_so_many(self):
        for number in range(SMS_ADDRESS.free):
            answer = self.browser("41.90.0.1").send("/web/login/sms", phone=f"0799 999 {number:03d}")
            self.assertEqual(answer.status_code, 303)
        self.assertError(self.browser("41.90.0.1").send("/web/login/sms", phone="0712 345 678"), "Too many attempts")
        self.assertEqual(self.browser("41.90.0.2").send("/web/login/sms", phone="0712 345 678").status_code, 303)

    def test_guessed_passwords_do_not_shut_this_door(self):
        browser = self.browser("197.232.1.1")
        for _time in range(6):
            browser.log_in("mary.wambui", "not this one")
        self.assertError(browser.log_in("mary.wambui"), "Too many attempts")
        self.assertEqual(self.try_code(browser, self.ask_code(browser)).status_code, 303)

    def test_a_second_factor_comes_after_it(self):
        self.env.cr.execute("UPDATE res_users SET totp_secret = 'JBSWY3DPEHPK3PXP' WHERE id = %s", [self.mary.id])
        self.env.registry.clear_cache()
        browser = self.browser()
        answer = self.try_code(browser, self.ask_code(browser))
        self.assertIn("/web/login/totp", answer.headers["Location"])
        self.assertFalse(browser.is_in())

    def test_a_login_form_cannot_pretend(self):
        browser = self.browser()
        self.ask_code(browser)
        answer = browser.send("/web/login", login="mary.wambui", password="x", type="sire_sms_code")
        self.assertError(answer, "Wrong login/password")
        self.assertFalse(browser.is_in())

    def test_off_means_not_there(self):
        self.params.set_param("sire_signin.sms", False)
        browser = self.browser()
        self.assertEqual(browser.open("/web/login/sms").status_code, 404)
        self.assertEqual(browser.open("/web/login/sms/code").status_code, 404)
        self.assertNotIn("/web/login/sms", browser.open("/web/login").text)

    def test_a_service_that_fails_says_nothing_to_the_page_and_keeps_no_code(self):
        for error in ("jsonrpc_exception", "credit"):
            with self.subTest(error=error):
                self.counters.search([]).unlink()
                browser = self.browser()
                browser.send("/web/login/sms", phone="0712 345 678")
                with self.assertLogs("odoo.addons.sire_signin", logging.WARNING) as logs:
                    self.send_codes(sim_error=error)
                self.assertIn("07•• ••• 678", logs.output[0])
                self.assertNotIn("345", logs.output[0])
                row = self.codes.search([])
                self.assertEqual((row.state, row.code_hash), ("failed", False))
                self.assertIn("a code is on its way", browser.open("/web/login/sms/code").text)

    def test_killed_before_it_is_sent_sends_nothing_twice(self):
        self.browser().send("/web/login/sms", phone="0712 345 678")
        with patch.object(SmsApi, "_send_sms_batch", side_effect=KeyboardInterrupt), suppress(KeyboardInterrupt):
            self.codes._cron_send()
        self.env.invalidate_all()
        self.assertEqual(self.codes.search([]).state, "sent", "it was begun")
        self.assertFalse(self.send_codes())

    def test_the_text_is_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("sw")
        self.mary.lang = "sw"
        self.browser().send("/web/login/sms", phone="0712 345 678")
        (message,) = self.send_codes()
        self.assertEqual(message["number"], PHONE)
        self.assertNotIn("is your code", message["body"])

    def test_the_password_still_works(self):
        self.assertEqual(self.browser().log_in("mary.wambui", PASSWORD).status_code, 303)
