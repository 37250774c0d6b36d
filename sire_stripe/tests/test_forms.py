"""Card forms in several tabs, and the set-up."""

import logging
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.payment.models.payment_provider import _logger
from odoo.addons.sire_stripe import const

from .common import SECRET, StripeCommon


@tagged("post_install", "-at_install")
class TestForms(StripeCommon):
    def get_status(self, tx):
        return self.stripe.things[tx.provider_reference]["status"]

    def test_the_second_tab_closes_the_first(self):
        first = self.begin()
        second = self.begin(invoice=first.invoice_ids)
        self.assertEqual((first.state, self.get_status(first)), ("cancel", "canceled"))
        self.assertEqual((second.state, self.get_status(second)), ("draft", "requires_payment_method"))
        self.succeed(second)
        self.assertEqual(second.invoice_ids.amount_residual, 0)

    def test_the_first_tab_is_paid_in_that_moment(self):
        """Its report is still on its way when the second tab wants to pay: Stripe knows, and nothing is paid twice."""
        first = self.begin()
        self.stripe.pay(first.provider_reference)
        second = self.begin(invoice=first.invoice_ids)
        self.assertEqual((first.state, second.state, second.provider_reference), ("done", "error", False))
        self.assertIn("KSh 1,160 has just been paid", second.state_message)
        self.tell(self.event(first, "payment_intent.succeeded"))
        self.assertEqual((first.invoice_ids.amount_residual, len(first.invoice_ids.matched_payment_ids)), (0, 1))

    def test_two_that_fit_stay_open(self):
        first = self.begin(500)
        second = self.begin(660, invoice=first.invoice_ids)
        self.assertEqual((self.get_status(first), self.get_status(second)), ("requires_payment_method",) * 2)
        self.succeed(first)
        self.succeed(second)
        self.assertEqual(first.invoice_ids.amount_residual, 0)

    def test_form_of_an_invoice_that_is_paid_in_cash(self):
        tx = self.begin()
        self.settle()
        self.assertEqual(self.get_status(tx), "requires_payment_method")
        self.make_wizard(tx.invoice_ids, amount=1000)._create_payments()
        self.settle()
        self.assertEqual((tx.state, self.get_status(tx)), ("cancel", "canceled"))

    @mute_logger("odoo.addons.sire_stripe.models.sire_stripe_movement")
    def test_form_whose_cancelling_nobody_answers(self):
        tx = self.begin()
        self.make_wizard(tx.invoice_ids)._create_payments()
        self.no_answer(2)
        self.settle()
        self.assertEqual(tx.state, "draft")
        self.settle()
        self.assertEqual(tx.state, "cancel")

    # === SET-UP === #

    def make_setup(self, **keys):
        self.provider.write(
            {"state": "disabled", "stripe_webhook_secret": False, "stripe_test_transaction_id": False, **keys}
        )
        return self.env["sire.stripe.setup"].browse(self.provider.action_stripe_setup()["res_id"])

    def get_state(self, key):
        return next(step for step in self.provider._stripe_get_steps() if step["key"] == key)

    def test_setup(self):
        setup = self.make_setup()
        self.assertEqual(setup.step, "keys")
        setup.new_secret_key = " sk_test_typed "
        setup.invalidate_recordset()
        self.assertEqual((self.provider.stripe_secret_key, setup.new_secret_key), ("sk_test_typed", False))
        setup.action_next()
        self.assertEqual((setup.step, self.provider.state), ("webhook", "test"))
        with self.assertRefused("Not registered yet"):
            setup.action_next()
        setup.action_register()
        setup.action_register()
        hooks = [thing for thing in self.stripe.things.values() if thing["object"] == "webhook_endpoint"]
        self.assertEqual([hook["url"] for hook in hooks], ["https://pay.example.co.ke/payment/stripe/webhook"])
        self.assertEqual(self.provider.stripe_webhook_secret, SECRET)
        setup.invalidate_recordset()
        setup.action_next()
        setup.action_next()
        self.assertEqual(setup.step, "test")
        setup.action_test()
        tx = self.provider.stripe_test_transaction_id
        self.assertEqual((tx.state, tx.payment_id.amount, self.get_state("test")["state"]), ("done", 150, "fault"))
        self.assertIn("no report reached", self.get_state("test")["words"])
        self.tell(self.event(tx, "payment_intent.succeeded"))
        self.assertEqual(self.get_state("test")["state"], "done")
        with self.assertRefused("play money"):
            setup.action_go_live()
        self.provider.write({"stripe_secret_key": "sk_live_x", "stripe_publishable_key": "pk_live_x"})
        with self.assertRefused("Keys first"):
            setup.action_go_live()
        self.assertTrue(self.provider._stripe_check_keys())
        setup.action_go_live()
        self.assertEqual((self.provider.state, self.provider.is_published), ("enabled", True))
        with self.assertRefused("your own card"):
            setup.action_test()

    def test_empty_lists_say_what_to_do_first(self):
        boss = self.make_user("stripe-empty-boss", "account.group_account_manager")
        for model in ("sire.stripe.movement", "sire.stripe.dispute"):
            with self.subTest(model):
                rows = self.env[model].with_company(self.company)
                self.provider.state = "test"
                self.assertEqual(rows.get_empty_list_help("<p>None yet</p>"), "<p>None yet</p>")
                self.assertEqual(rows.with_user(boss).get_empty_list_help("<p>None yet</p>"), "<p>None yet</p>")
                self.provider.state = "disabled"
                self.assertIn('href="/odoo/sire-stripe-setup"', rows.get_empty_list_help("<p>None yet</p>"))
                self.assertIn("An administrator", rows.with_user(boss).get_empty_list_help("<p>None yet</p>"))

    def test_steps_are_said_to_who_sees_no_colours(self):
        setup = self.make_setup()
        self.assertEqual((setup.steps_shown.count("<li"), setup.steps_shown.count("bg-200")), (5, 1))
        setup.action_next()
        self.assertIn(">Done<", setup.steps_shown)
        self.assertNotIn(">Needs attention<", setup.steps_shown)
        setup = self.make_setup(stripe_publishable_key="pk_test_x", stripe_secret_key="sk_live_x")
        setup.action_next()
        self.assertIn(">Needs attention<", setup.steps_shown)

    def test_events_that_are_asked_for(self):
        self.make_setup().provider_id.action_stripe_create_webhook()
        body = self.stripe.sent("POST", "webhook_endpoints")[0]
        self.assertIn("charge.dispute.funds_withdrawn", const.EVENTS)
        self.assertEqual(body[2]["api_version"], "2019-05-16")

    def test_wrong_keys(self):
        for public, secret, words in (
            ("sk_test_x", "sk_test_x", "publishable key begins"),
            ("pk_test_x", "pk_test_x", "secret key begins"),
            ("pk_test_x", "sk_live_x", "One key is for tests"),
        ):
            with self.subTest(words):
                setup = self.make_setup(stripe_publishable_key=public, stripe_secret_key=secret)
                setup.action_next()
                self.assertEqual((setup.step, setup.step_state), ("keys", "fault"))
                self.assertIn(words, setup.step_words)
        setup = self.make_setup(stripe_publishable_key="pk_test_x", stripe_secret_key="sk_test_x")
        self.stripe.script.append((401, {"error": {"message": "Invalid API Key provided"}}))
        setup.action_next()
        self.assertIn("Invalid API Key", setup.step_words)
        self.no_answer()
        setup.action_next()
        self.assertIn("Stripe does not answer", setup.step_words)

    def test_addresses(self):
        setup = self.make_setup()
        for url, words in (
            ("http://pay.example.co.ke", "HTTPS only"),
            ("https://pay.example.co.ke:8443", "Leave out the port"),
            ("https://192.168.1.4", "inside your own network"),
        ):
            self.env["ir.config_parameter"].set_param("sire_base.public_url", url)
            with self.subTest(url), self.assertRefused(words):
                setup.action_register()
        self.assertFalse(self.stripe.sent("POST", "webhook_endpoints"))

    def test_only_administrators(self):
        boss = self.make_user("stripe-setup-boss", "account.group_account_manager")
        for name in ("action_stripe_setup", "action_stripe_create_webhook"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(self.provider.with_user(boss), name)()
        with self.assertRaises(AccessError):
            self.provider.with_user(boss).read(["stripe_secret_key"])
        with self.assertRaises(AccessError):
            self.env["sire.stripe.setup"].with_user(boss).create({"provider_id": self.provider.id})

    def test_where_requests_go(self):
        """No setting of the database can send keys and questions elsewhere, and the stand-in only takes test keys."""
        real = "https://api.stripe.com/v1/balance"
        for url, state, key, expected in (
            ("http://127.0.0.1:9/", "test", "sk_test_x", "http://127.0.0.1:9/v1/balance"),
            ("http://localhost:9", "test", "sk_test_x", "http://localhost:9/v1/balance"),
            ("http://127.0.0.1:9", "enabled", "sk_test_x", real),
            ("http://127.0.0.1:9", "test", "sk_live_x", real),
            ("http://127.0.0.1.evil.example", "test", "sk_test_x", real),
            ("http://evil.example/127.0.0.1", "test", "sk_test_x", real),
            ("", "test", "sk_test_x", real),
        ):
            self.provider.write({"state": state, "stripe_secret_key": key})
            with self.subTest(url=url, state=state, key=key), self.patched_environ(url):
                self.assertEqual(self.provider._build_request_url("balance"), expected)
        self.env["ir.config_parameter"].set_param(const.STAND_IN_VARIABLE, "http://127.0.0.1:9")
        self.assertEqual(self.provider._build_request_url("balance"), real)

    @staticmethod
    def patched_environ(url):
        return patch.dict("os.environ", {const.STAND_IN_VARIABLE: url})

    def test_secrets_are_not_logged(self):
        """The host logs each answer of Stripe; the one to a new webhook holds its secret."""
        record = _logger.makeRecord(
            "x", logging.INFO, "x", 1, "%(data)s", ({"data": f'{{"secret": "{SECRET}"}}'},), None
        )
        for log_filter in _logger.filters:
            log_filter.filter(record)
        self.assertIn("REDACTED", record.getMessage())
        self.assertNotIn(SECRET, record.getMessage())
        body = self.env["sire.stripe.setup"].fields_get(["new_secret_key"])["new_secret_key"]
        self.assertFalse(body["store"])
