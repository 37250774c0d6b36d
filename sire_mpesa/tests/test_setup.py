import base64
import json
import logging
from unittest.mock import patch

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.sire_base.tests.json_2 import Json2Case
from odoo.addons.sire_mpesa import const

from .command_common import PASSWORD, initiator_values
from .common import DARAJA, MpesaCommon

KEYS = {"consumer_key": "new-key", "consumer_secret": "new-secret"}


class SetupCommon(MpesaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.make_user("mpesa.setup", "base.group_system")
        cls.admin.partner_id.phone = "+254712345678"

    def open_setup(self, user=None):
        """What the button opens."""
        action = self.provider.with_user(user or self.admin).action_mpesa_setup()
        return self.env[action["res_model"]].with_user(user or self.admin).browse(action["res_id"])

    def empty(self):
        """The provider as it is before anybody set it up."""
        self.provider.state = "disabled"
        self.provider.write(dict.fromkeys(
            ("mpesa_shortcode", "mpesa_consumer_key", "mpesa_consumer_secret", "mpesa_passkey"), False
        ))  # fmt: skip

    def step(self, setup, key):
        setup.invalidate_recordset(["steps"])
        return next(step for step in setup.steps if step["key"] == key)

    def unreachable(self, error):
        return requests.exceptions.ConnectionError(type("Retries", (Exception,), {"reason": error})())


@tagged("post_install", "-at_install")
class TestSetup(SetupCommon):
    def test_from_nothing_to_a_paid_shilling(self):
        self.empty()
        setup = self.open_setup()
        self.assertEqual(setup.step, "account")
        with self.assertRefused("Fill in the number"):
            setup.action_next()
        with Form(setup) as form:
            form.mpesa_shortcode = "600100"
        setup.action_next()
        self.assertEqual((setup.step, self.step(setup, "account")["state"]), ("keys", "done"))
        setup.write(KEYS)
        setup.action_next()
        self.assertEqual(setup.step, "passkey")
        setup.passkey = " the-new-passkey\n"
        setup.action_next()
        self.assertEqual(self.provider.mpesa_passkey, "the-new-passkey")
        self.assertEqual(setup.step, "address")
        setup.public_url = "https://shop.example.co.ke"
        setup.action_next()
        self.assertEqual(setup.step, "c2b")
        setup.action_register_c2b()
        self.assertEqual(self.step(setup, "c2b")["state"], "done")
        setup.action_next()
        setup.mpesa_pull_phone = "0712345678"
        setup.action_register_pull()
        self.assertEqual(self.step(setup, "pull")["state"], "done")
        setup.action_next()
        self.assertEqual((setup.step, setup.test_phone), ("test", "0712 345 678"))
        setup.action_test()
        self.assertEqual(self.provider.state, "test")
        tx = self.provider.mpesa_test_transaction_id
        tx._mpesa_send_push()
        [(_name, push, _auth)] = self.daraja.sent("push")
        self.assertEqual((push["Amount"], push["BusinessShortCode"]), (1, 600100))
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx, Amount=1))
        self.assertEqual(setup.get_status()["state"], "paid")
        self.assertEqual(self.step(setup, "test")["state"], "done")
        setup.action_next()
        with self.assertRefused("play money"):
            setup.action_go_live()
        self.assertEqual(self.provider.state, "test")
        with patch.object(const, "PRODUCTION_URL", DARAJA):
            setup.action_go_live()
        self.assertEqual((self.provider.state, self.provider.is_published), ("enabled", True))
        setup.invalidate_recordset(["steps"])
        self.assertEqual({step["state"] for step in setup.steps if step["key"] != "initiator"}, {"done"})

    def test_the_shilling_is_in_the_books(self):
        setup = self.pay_test()
        payment = self.provider.mpesa_test_transaction_id.payment_id
        self.assertEqual((payment.amount, payment.state), (1, "in_process"))
        self.assertEqual(payment.partner_id, self.admin.partner_id)
        self.assertEqual(payment.sire_mpesa_receipt_id.state, "booked")
        self.env.flush_all()
        [day] = self.env["sire.mpesa.day"].search([("provider_id", "=", self.provider.id)])
        self.assertEqual((day.seen, day.credit, day.difference), (1, 1, 0))
        self.assertEqual(setup.action_open_payment()["res_id"], payment.id)

    def test_confirmation_and_callback_are_one_shilling(self):
        setup = self.ready()
        setup.action_test()
        tx = self.provider.mpesa_test_transaction_id
        tx._mpesa_send_push()
        self.daraja.query_result = ("paid", "0")
        account = tx.mpesa_account_reference
        self.confirm("TESTSHILL1", "1.00", account, MSISDN="254712345678")
        self.receive(tx, self.paid_callback(tx, Amount=1, MpesaReceiptNumber="TESTSHILL1"))
        receipt = self.get_receipt("TESTSHILL1")
        self.assertEqual((receipt.state, len(receipt.payment_ids), receipt.payment_ids.amount), ("booked", 1, 1))

    def test_paid_and_not_reported(self):
        """The prompt worked, and Safaricom cannot reach this server: that is what the test is for."""
        setup = self.ready()
        setup.action_test()
        tx = self.provider.mpesa_test_transaction_id
        tx._mpesa_send_push()
        self.daraja.query_result = ("paid", "0")
        self.age(tx, 30)
        self.resolve()
        self.assertEqual(tx.state, "done")
        step = self.step(setup, "test")
        self.assertEqual(step["state"], "fault")
        self.assertIn("no report reached this server", step["words"])

    def test_a_test_that_fails_can_be_repeated(self):
        setup = self.ready()
        setup.action_test()
        first = self.provider.mpesa_test_transaction_id
        first._mpesa_send_push()
        with self.assertRefused("open already"):
            setup.action_test()
        self.receive(first, self.failed_callback(first, 2001))
        step = self.step(setup, "test")
        self.assertEqual(step["state"], "fault")
        self.assertIn("PIN was wrong", step["words"])
        setup.action_test()
        self.assertNotEqual(self.provider.mpesa_test_transaction_id, first)
        self.assertEqual(first.state, "error")

    def test_no_test_before_the_rest_is_right(self):
        self.provider.mpesa_consumer_secret = "another"
        setup = self.open_setup()
        with self.assertRefused("Keys first"):
            setup.action_test()
        self.assertFalse(self.provider.mpesa_test_transaction_id)
        self.assertFalse(self.daraja.sent("push"))

    def test_left_and_taken_up_again(self):
        self.provider._mpesa_run_check("keys")
        setup = self.open_setup()
        self.assertEqual(setup.step, "passkey")
        setup.action_back()
        setup.action_back()
        setup.unlink()
        self.assertEqual(self.open_setup().step, "passkey")

    def test_what_is_wrong_with_the_keys(self):
        cases = [
            ((400, {"errorCode": "400.008.01", "errorMessage": "Invalid Authentication passed"}), "does not accept"),
            ((401, ""), "does not accept"),
            ((404, "<html/>"), "no Daraja"),
            ((200, "<html/>"), "no Daraja"),
            ((503, ""), "busy"),
            ((500, {"errorCode": "500.003.02", "errorMessage": "Spike Arrest"}), "busy"),
            (self.unreachable(NameResolutionError("daraja.test", None, Exception())), "no Daraja"),
            (self.unreachable(NewConnectionError(None, "refused")), "does not answer"),
            (requests.exceptions.ReadTimeout("slow"), "does not answer"),
        ]
        setup = self.open_setup()
        for answer, words in cases:
            setup.step = "keys"
            self.daraja.next_is("oauth", answer)
            setup.action_next()
            with self.subTest(words=words, answer=answer):
                self.assertEqual(setup.step, "keys")
                self.assertEqual(self.step(setup, "keys")["state"], "fault")
                self.assertIn(words, self.step(setup, "keys")["words"])
        for values, words in (
            ({"consumer_key": "same", "consumer_secret": "same"}, "same text"),
            ({"consumer_key": "two words", "consumer_secret": "s"}, "blank"),
        ):
            setup.write(values)
            calls = len(self.daraja.sent("oauth"))
            setup.action_next()
            self.assertIn(words, self.step(setup, "keys")["words"])
            self.assertEqual(len(self.daraja.sent("oauth")), calls)

    def test_a_known_token_proves_nothing(self):
        """A changed secret has to be tried although the token of the old one is still alive."""
        self.provider._mpesa_get_token()
        self.daraja.next_is("oauth", (400, {"errorCode": "400.008.01", "errorMessage": "Invalid"}))
        self.provider.mpesa_consumer_secret = "wrong"
        self.assertFalse(self.provider._mpesa_run_check("keys"))

    def test_what_is_wrong_with_the_passkey(self):
        def error(message, status=500, code="500.001.1001"):
            return status, {"requestId": "r", "errorCode": code, "errorMessage": message}

        cases = [
            (error("Wrong credentials"), "fault", "does not belong"),
            (error("Merchant does not exist"), "fault", "does not know"),
            ((200, "<html/>"), "fault", "did not say"),
            ((429, {"fault": {"faultstring": "Spike arrest"}}), "fault", "did not say"),
            (requests.exceptions.ReadTimeout("slow"), "fault", "did not say"),
            (error("The transaction is being processed"), "done", "accepts"),
            (error("No transaction found", 404, "404.001.01"), "done", "accepts"),
        ]
        setup = self.open_setup()
        for answer, state, words in cases:
            self.daraja.next_is("query", answer)
            self.provider._mpesa_run_check("passkey")
            with self.subTest(words=words, answer=answer):
                self.assertEqual(self.step(setup, "passkey")["state"], state)
                self.assertIn(words, self.step(setup, "passkey")["words"])

    def test_addresses(self):
        cases = [
            ("https://pay.example.co.ke", None),
            ("https://pay.example.co.ke:443", None),
            ("https://pay.example.co.ke:8443", "Leave out the port"),
            ("http://pay.example.co.ke", "HTTPS"),
            ("https://lipa-na-mpesa.example.co.ke", "“mpesa”"),
            ("https://EXEcutive.example.co.ke", "“exe”"),
            ("https://mysql.example.co.ke", "“sql”"),
            ("https://192.168.1.20", "inside your own network"),
            ("https://localhost", "inside your own network"),
            ("https://pay.example.co.ke/shop", "ends with the host name"),
        ]
        for base_url in ("https://api.safaricom.co.ke", "https://sandbox.safaricom.co.ke"):
            self.provider.mpesa_base_url = base_url
            for url, words in cases:
                fault = self.provider._mpesa_find_address_fault(url)
                with self.subTest(url=url):
                    self.assertIn(words, fault) if words else self.assertIsNone(fault)
        self.provider.mpesa_base_url = "http://127.0.0.1:8070"
        self.assertIsNone(self.provider._mpesa_find_address_fault("http://localhost:8069"))

    def test_bad_input_changes_nothing(self):
        setup = self.open_setup()
        before = self.env["ir.config_parameter"]._sire_public_url()
        for values in (
            {"mpesa_shortcode": "12 34"},
            {"public_url": "ftp://x"},
            {"mpesa_shortcode_type": "till", "mpesa_till": "abc"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                setup.write(values)
        self.env.invalidate_all()
        self.assertEqual(self.provider.mpesa_shortcode, "174379")
        self.assertEqual(self.env["ir.config_parameter"]._sire_public_url(), before)

    def test_other_settings_are_not_checked_yet(self):
        """What Safaricom said about one key says nothing about another; another number is not registered."""
        for key in ("keys", "passkey"):
            self.assertTrue(self.provider._mpesa_run_check(key) or key == "passkey")
        self.provider.action_mpesa_register_c2b()
        self.provider.write({"mpesa_consumer_secret": "the-secret", "mpesa_shortcode": "174379"})
        self.assertIn("keys", self.provider.mpesa_checks, "nothing changed")
        self.provider.mpesa_consumer_secret = "another"
        self.assertNotIn("keys", self.provider.mpesa_checks or {})
        self.assertEqual(self.provider.mpesa_c2b_state, "registered")
        self.provider.mpesa_shortcode = "600100"
        self.assertEqual((self.provider.mpesa_c2b_state, self.provider.mpesa_c2b_registered_at), ("none", False))
        self.provider.write({"mpesa_shortcode": "174379", "mpesa_c2b_state": "registered"})
        self.assertEqual(self.provider.mpesa_c2b_state, "registered", "whoever writes both knows")

    def test_second_company(self):
        self.load_kenyan_chart(self.company_2)
        both = self.make_user("mpesa.both", "base.group_system", companies=self.company | self.company_2)
        provider = self.env["payment.provider"].with_user(both).with_company(self.company_2)
        setup = self.env["sire.mpesa.setup"].browse(provider.action_mpesa_setup()["res_id"])
        self.assertEqual(setup.provider_id.company_id, self.company_2)
        self.assertNotEqual(setup.provider_id, self.provider)
        self.assertFalse(setup.provider_id.mpesa_consumer_key)
        again = self.env["sire.mpesa.setup"].browse(provider.action_mpesa_setup()["res_id"])
        self.assertEqual(again.provider_id, setup.provider_id)
        with self.assertRaises(AccessError):  # not an administrator of that company
            setup.provider_id.with_user(self.admin).write({"mpesa_shortcode": "600100"})

    def test_initiator(self):
        setup = self.open_setup()
        self.assertEqual(self.step(setup, "initiator")["state"], "optional")
        setup.mpesa_initiator_name = "testapi"
        self.assertEqual(self.step(setup, "initiator")["state"], "fault")
        with self.assertRefused("not Safaricom's certificate"):
            setup.initiator_certificate = base64.b64encode(b"no certificate")
        setup.write({
            "initiator_password": PASSWORD,
            "initiator_certificate": initiator_values()["mpesa_initiator_certificate"],
        })  # fmt: skip
        self.assertTrue(self.provider._mpesa_has_initiator())
        self.env.invalidate_all()
        self.assertFalse(setup.initiator_password or setup.initiator_certificate)
        self.assertTrue(setup.has_initiator and setup.has_certificate)
        self.assertEqual(self.step(setup, "initiator")["state"], "open")
        setup.action_try_initiator()
        self.assertEqual(self.step(setup, "initiator")["state"], "waiting")
        command = self.env["sire.mpesa.command"].search([("provider_id", "=", self.provider.id)], limit=1)
        command.state = "done"
        self.provider.write({"mpesa_balance": 1200, "mpesa_balance_at": fields.Datetime.now()})
        self.assertIn("KSh 1,200", self.step(setup, "initiator")["words"])
        self.provider.mpesa_initiator_password = "another"
        self.assertEqual(self.step(setup, "initiator")["state"], "open", "another password was not tried")

    # === HELPERS === #

    def ready(self):
        setup = self.open_setup()
        self.provider._mpesa_run_check("keys")
        self.daraja.next_is("query", (404, {"errorCode": "404.001.01", "errorMessage": "No such"}))
        self.provider._mpesa_run_check("passkey")
        return setup

    def pay_test(self):
        setup = self.ready()
        setup.action_test()
        tx = self.provider.mpesa_test_transaction_id
        tx._mpesa_send_push()
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx, Amount=1))
        return setup


@tagged("post_install", "-at_install")
class TestSetupSecrets(SetupCommon, Json2Case):
    """Whoever may not set up cannot, and what was typed is nowhere to be read but at the provider."""

    def test_administrators_only(self):
        accountant = self.make_user("mpesa.notadmin", "account.group_account_manager")
        key = self.make_api_key(accountant)
        setup = self.open_setup()
        calls = [
            ("payment.provider", "action_mpesa_setup", {}),
            ("payment.provider", "action_mpesa_setup", {"ids": self.provider.ids}),
            ("sire.mpesa.setup", "create", {"vals_list": [{"provider_id": self.provider.id}]}),
            ("sire.mpesa.setup", "write", {"ids": setup.ids, "vals": {"consumer_key": "evil"}}),
            ("sire.mpesa.setup", "read", {"ids": setup.ids, "fields": ["steps"]}),
            *(("sire.mpesa.setup", name, {"ids": setup.ids}) for name in (
                "action_next", "action_test", "action_go_live", "action_register_c2b", "action_register_pull",
                "action_open_payment", "get_status",
            )),
            ("payment.provider", "_mpesa_test", {"ids": self.provider.ids, "phone": "0712345678"}),
        ]  # fmt: skip
        for model, method, body in calls:
            with self.subTest(model=model, method=method):
                self.assertEqual(self.json_2(key, model, method, **body).status_code, 403)
        self.assertEqual(self.provider.mpesa_consumer_key, "the-key")
        self.assertFalse(self.daraja.calls)

    def test_typed_and_never_shown(self):
        setup = self.open_setup()
        secrets = {"consumer_key": "typed-key", "consumer_secret": "typed-secret", "passkey": "typed-passkey"}
        with self.assertLogs("odoo.addons", logging.DEBUG) as logs:
            setup.write(secrets)
            setup.step = "keys"
            setup.action_next()
            self.daraja.next_is("oauth", (400, {"errorCode": "400.008.01", "errorMessage": "bad secret typed-secret"}))
            setup.action_next()
            setup.step = "keys"
            setup.action_next()
        self.assertEqual(self.provider.mpesa_consumer_secret, "typed-secret")
        self.env.flush_all()
        self.env.invalidate_all()
        key = self.make_api_key(self.admin)
        shown = self.json_2(key, "sire.mpesa.setup", "read", ids=setup.ids).text
        self.env.cr.execute("SELECT to_jsonb(s)::text FROM sire_mpesa_setup s WHERE id = %s", [setup.id])
        stored = self.env.cr.fetchone()[0]
        logged = "\n".join(record.getMessage() for record in logs.records if "sire" in record.name)
        for secret in secrets.values():
            self.assertNotIn(secret, shown)
            self.assertNotIn(secret, stored)
            self.assertNotIn(secret, logged)
            self.assertNotIn(secret, json.dumps(self.provider.mpesa_checks))

    def test_two_at_once_are_one_prompt(self):
        """Both write the provider's row, so the later one starts over and finds the prompt."""
        written = []
        original = type(self.provider).write

        def write(provider, vals):
            written.append(set(vals))
            return original(provider, vals)

        self.provider._mpesa_run_check("keys")
        with patch.object(type(self.provider), "write", write):
            self.provider.with_user(self.admin)._mpesa_test("0712345678")
        self.assertIn({"mpesa_test_transaction_id"}, written)
