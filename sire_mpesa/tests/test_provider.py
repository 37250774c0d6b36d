import re
from pathlib import Path

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_path, mute_logger

from odoo.addons.sire_mpesa.hooks import post_init_hook, uninstall_hook

from .common import MpesaCommon


@tagged("post_install", "-at_install")
class TestProvider(MpesaCommon):
    def test_enabling_enables_the_method(self):
        self.env["payment.provider"].search([("name", "=", "Test Card")]).state = "disabled"
        self.provider.state = "disabled"
        self.assertFalse(self.method.active)
        self.provider.state = "enabled"
        self.assertTrue(self.method.active)
        self.assertEqual(self.provider.available_currency_ids.mapped("name"), ["KES"])

    def test_journal(self):
        line = self.provider.journal_id.inbound_payment_method_line_ids.filtered("payment_provider_id")
        self.assertEqual((self.provider.journal_id.code, self.provider.journal_id.type), ("MPESA", "bank"))
        self.assertTrue(line.payment_account_id.reconcile, "without an outstanding account an invoice is never partial")

    def test_second_company(self):
        self.load_kenyan_chart(self.company_2)
        post_init_hook(self.env)
        other = self.env["payment.provider"].search([("code", "=", "mpesa"), ("company_id", "=", self.company_2.id)])
        self.assertEqual(other.journal_id.company_id, self.company_2)
        self.assertFalse(other.mpesa_passkey, "credentials are not copied")
        values = {
            "mpesa_shortcode": "600999",
            "mpesa_consumer_key": "k2",
            "mpesa_consumer_secret": "s",
            "mpesa_passkey": "p",
        }
        other.write({**values, "state": "test"})
        providers = self.env["payment.provider"]
        self.assertEqual(providers._mpesa_for_company(self.company), self.provider)
        self.assertEqual(providers._mpesa_for_company(self.company_2), other)
        other.state = "disabled"
        self.assertFalse(providers._mpesa_for_company(self.company_2))

    def test_other_companys_transactions(self):
        """An accountant of one company neither reads nor asks about the prompts of another."""
        tx = self.request()
        accountant = self.make_user("mpesa.other", "account.group_account_invoice", company=self.company_2)
        self.assertFalse(self.env["payment.transaction"].with_user(accountant).search([("id", "=", tx.id)]))
        for call in (
            lambda: tx.with_user(accountant).read(["mpesa_phone"]),
            tx.with_user(accountant).action_mpesa_query,
        ):
            with self.assertRaises(AccessError):
                call()

    def test_company_without_accounts_yet(self):
        post_init_hook(self.env)
        other = self.env["payment.provider"].search([("code", "=", "mpesa"), ("company_id", "=", self.company_2.id)])
        self.assertFalse(other.journal_id)

    def test_settings_that_cannot_be(self):
        cases = [
            {"mpesa_shortcode": "17 4379"}, {"mpesa_shortcode": "12"}, {"mpesa_till": "abc"},
            {"mpesa_shortcode_type": "till", "mpesa_till": False}, {"mpesa_base_url": "safaricom"},
            {"mpesa_base_url": "ftp://x"}, {"mpesa_min_amount": 0}, {"mpesa_min_amount": 300000},
            {"mpesa_source_addresses": "196.201"}, {"mpesa_release_seconds": 5}, {"mpesa_passkey": False},
        ]  # fmt: skip
        for values in cases:
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.provider.write(values)

    def test_setup_warning(self):
        params = self.env["ir.config_parameter"]
        self.assertFalse(self.provider.mpesa_setup_warning)
        self.provider.mpesa_base_url = "https://api.safaricom.co.ke"
        params.set_param("sire_base.public_url", "http://pay.example.co.ke")
        self.provider.invalidate_recordset()
        self.assertIn("HTTPS", self.provider.mpesa_setup_warning)
        params.set_param("sire_base.public_url", "https://MPesa.example.co.ke")
        self.provider.invalidate_recordset()
        self.assertIn("mpesa", self.provider.mpesa_setup_warning)

    def test_secrets_are_the_administrators(self):
        accountant = self.make_user("mpesa.accountant", "account.group_account_manager")
        for name in ("mpesa_consumer_key", "mpesa_consumer_secret", "mpesa_passkey"):
            with self.assertRaises(AccessError):
                self.provider.with_user(accountant).read([name])
            self.assertNotIn(name, self.env["payment.provider"].with_user(accountant).fields_get())
        tx = self.request()
        self.assertNotIn("mpesa_callback_token", tx.with_user(accountant).fields_get())
        self.assertEqual(tx.with_user(accountant).read(["mpesa_phone"])[0]["mpesa_phone"], "+254712345678")

    def test_neutralized(self):
        self.request()
        self.env.flush_all()
        self.env.cr.execute(Path(file_path("sire_mpesa/data/neutralize.sql")).read_text())
        self.env.invalidate_all()
        self.assertFalse(self.provider.mpesa_consumer_key or self.provider.mpesa_consumer_secret)
        self.assertFalse(self.provider.mpesa_passkey)
        self.assertEqual(self.provider.state, "disabled")
        self.assertFalse(self.env["sire.mpesa.token"].search([]))
        self.assertFalse(
            self.env["payment.transaction"].search(self.env["payment.transaction"]._mpesa_get_due_domain())
        )

    def test_reset_credentials(self):
        self.provider.action_reset_credentials()
        self.assertFalse(self.provider.mpesa_passkey or self.provider.mpesa_consumer_secret)
        self.assertEqual(self.provider.state, "disabled")

    def test_uninstalling_loses_no_payment(self):
        tx = self.request()
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx))
        with self.assertRefused("cannot uninstall"):
            uninstall_hook(self.env)

    def test_database_refuses_doubles(self):
        first, second = self.request(), self.request()
        for name in ("mpesa_callback_token", "mpesa_checkout_request_id", "provider_reference"):
            first.provider_reference = "AAAAAAAAA1"
            with self.subTest(name=name), self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                second[name] = first[name]
                second.flush_recordset()

    def test_form_shows_no_secret(self):
        arch = self.provider.with_context(lang="en_US").get_view(view_type="form")["arch"]
        for name in ("mpesa_consumer_key", "mpesa_consumer_secret", "mpesa_passkey"):
            self.assertRegex(arch, rf'<field[^>]*name="{name}"[^>]*password="True"')
        self.assertTrue(re.search("mpesa_base_url", arch))
