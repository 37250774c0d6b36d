import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PHONE, SigninCommon


@tagged("post_install", "-at_install")
class TestAccess(SigninCommon):
    """Counters and codes are nobody's business: not by form, not by JSON-2, not across companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.codes._ask(PHONE)

    def test_employees_see_and_do_nothing(self):
        for model in ("sire.signin.code", "sire.signin.counter"):
            records = self.env[model].with_user(self.mary)
            for call in (
                lambda records=records: records.search([]),
                lambda records=records: records.create({}),
                lambda records=records: records.browse(1).write({}),
                lambda records=records: records.browse(1).unlink(),
            ):
                with self.assertRaises(AccessError):
                    call()

    def test_administrators_look_and_change_nothing(self):
        codes = self.codes.with_user(self.boss).search([])
        self.assertTrue(codes)
        for call in (
            lambda: codes.write({"tries": 0}),
            lambda: codes.unlink(),
            lambda: codes.create({"phone": PHONE}),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_json_2_reaches_no_inner_method(self):
        headers = {"Authorization": f"Bearer {self.make_api_key(self.boss)}", "Content-Type": "application/json"}
        for method in ("_ask", "_redeem", "_cron_send", "_take", "_give_back"):
            for model in ("sire.signin.code", "sire.signin.counter"):
                answer = self.url_open(f"/json/2/{model}/{method}", data=json.dumps({}), headers=headers)
                self.assertIn(answer.status_code, (403, 404), (model, method, answer.text))
        for method in ("_sire_enrol", "_sire_end_sessions", "_sire_phone_owners", "_sire_check_password"):
            answer = self.url_open(f"/json/2/res.users/{method}", data=json.dumps({}), headers=headers)
            self.assertIn(answer.status_code, (403, 404), (method, answer.text))

    def test_an_employee_unlocks_nobody_by_json_2(self):
        headers = {"Authorization": f"Bearer {self.make_api_key(self.mary)}", "Content-Type": "application/json"}
        data = json.dumps({"ids": self.boss.ids})
        answer = self.url_open("/json/2/res.users/action_sire_unlock", data=data, headers=headers)
        self.assertEqual(answer.status_code, 403, answer.text)

    def test_the_numbers_of_colleagues(self):
        colleague = self.make_user("colleague.otieno")
        with self.assertRaises(AccessError):
            self.mary.with_user(colleague).read(["sire_signin_phone"])

    def test_who_may_change_contacts_does_not_take_over_a_login(self):
        """The mail that resets a password goes to the address of the contact."""
        clerk = self.make_user("clerk.achieng", "base.group_partner_manager")
        contact = self.boss.partner_id.with_user(clerk)
        with self.assertRaises(AccessError):  # the host's rule: a reset of passwords stands on it
            contact.email = "clerk@evil.example"
        self.boss.with_user(self.boss).email = "boss2@firm.example"
        self.assertEqual(self.boss.email, "boss2@firm.example")

    def test_a_code_of_another_company(self):
        """A user of a second company signs in the same way; the SMS is sent, and paid, by that company."""
        other = self.make_user("other.company", company=self.company_2)
        other.sire_signin_phone = "0722 555 666"
        self.params.set_param("sire_signin.sms", "True")
        companies = []
        company = type(self.company)
        original = company._get_sms_api_class
        self.patch(company, "_get_sms_api_class", lambda record: companies.append(record.id) or original(record))
        browser = self.browser()
        code = self.ask_code(browser, "0722 555 666")
        self.assertEqual(companies[-1], self.company_2.id)
        self.assertEqual(browser.send("/web/login/sms/code", code=code).status_code, 303)
