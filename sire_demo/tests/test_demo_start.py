from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.sire_mpesa.tools.daraja_client import DarajaClient, Reply

from .common import DemoCommon


@tagged("post_install", "-at_install")
class TestDemoStart(DemoCommon):
    """What a server takes from its environment when it starts."""

    def setUp(self):
        super().setUp()
        self.parameters = self.env["ir.config_parameter"]
        self.provider = self.env.ref("sire_demo.provider_mpesa")
        self.asked = []
        self.answer = Reply(never_left=True)

        def ask(_client, path, payload):
            self.asked.append((path, payload))
            return self.answer

        self.startPatcher(patch.object(DarajaClient, "ask", ask))

    def start(self, **variables):
        with self.environment(**variables):
            self.parameters._register_hook()
            self.env["payment.provider"]._register_hook()
        self.env.flush_all()

    def test_it_takes_the_addresses_it_is_started_with(self):
        self.start(SIRE_DEMO="1", SIRE_SANDBOX_URL="http://127.0.0.1:9999/", SIRE_PUBLIC_URL="http://sire.example:81/")
        self.assertEqual(self.provider.mpesa_base_url, "http://127.0.0.1:9999")
        self.assertEqual(self.parameters.get_param("web.base.url"), "http://sire.example:81")
        self.assertEqual(self.parameters._sire_public_url(), "http://sire.example:81")
        self.assertEqual(self.parameters.get_param("sms.endpoint"), "http://127.0.0.1:9999")

    def test_a_login_does_not_move_the_address(self):
        self.start(SIRE_DEMO="1", SIRE_PUBLIC_URL="http://sire.example:81")
        with self.environment(SIRE_DEMO="1"):
            self.env["res.users"].authenticate(
                {"type": "password", "login": "admin", "password": "admin"},
                {"interactive": True, "base_location": "http://elsewhere.example"},
            )
        self.assertEqual(self.parameters.get_param("web.base.url"), "http://sire.example:81")

    def test_the_same_address_again_writes_nothing(self):
        variables = {
            "SIRE_DEMO": "1",
            "SIRE_SANDBOX_URL": "http://127.0.0.1:9999",
            "SIRE_PUBLIC_URL": "http://a.example",
        }
        self.start(**variables)
        self.env.cr.execute("SELECT xmin::text FROM ir_config_parameter WHERE key = 'web.base.url'")
        before = self.env.cr.fetchone(), self.provider.mpesa_base_url
        with patch.object(type(self.provider), "_sire_demo_register_pay_bill"), self.assertQueryCount(10):
            self.start(**variables)
        self.env.cr.execute("SELECT xmin::text FROM ir_config_parameter WHERE key = 'web.base.url'")
        self.assertEqual((self.env.cr.fetchone(), self.provider.mpesa_base_url), before)

    def test_the_pay_bill_is_registered_at_each_start(self):
        """The sandbox forgets it when it is restarted."""
        self.provider.write({"mpesa_c2b_state": "none", "mpesa_c2b_registered_at": False})
        variables = {
            "SIRE_DEMO": "1",
            "SIRE_SANDBOX_URL": "http://127.0.0.1:9999",
            "SIRE_PUBLIC_URL": "http://a.example",
        }
        self.start(**variables)  # nobody answers
        self.assertNotEqual(self.provider.mpesa_c2b_state, "registered")
        self.answer = Reply(200, {"ResponseCode": "0", "ResponseDescription": "Success"})
        self.start(**variables)
        self.start(**variables)
        self.assertEqual((self.provider.mpesa_c2b_state, len(self.asked)), ("registered", 3))
        self.assertTrue(self.asked[-1][1]["ConfirmationURL"].startswith("http://a.example/sire/pay/c2b/"))

    def test_real_credentials_register_nothing(self):
        self.provider.write({"mpesa_consumer_key": "from-safaricom"})
        self.start(SIRE_DEMO="1", SIRE_SANDBOX_URL="http://127.0.0.1:9999")
        self.start(SIRE_DEMO=None, SIRE_SANDBOX_URL="http://127.0.0.1:9999")
        self.assertFalse(self.asked)

    def test_elsewhere_it_takes_nothing(self):
        before = self.provider.mpesa_base_url
        self.start(SIRE_DEMO=None, SIRE_SANDBOX_URL="http://127.0.0.1:9999", SIRE_PUBLIC_URL="http://a.example")
        self.assertEqual(self.provider.mpesa_base_url, before)
        self.assertNotEqual(self.parameters.get_param("web.base.url"), "http://a.example")
        self.assertNotEqual(self.parameters.get_param("sms.endpoint"), "http://127.0.0.1:9999")

    def test_real_credentials_keep_their_address(self):
        self.provider.write({"mpesa_consumer_key": "from-safaricom", "mpesa_base_url": "https://api.safaricom.co.ke"})
        self.start(SIRE_DEMO="1", SIRE_SANDBOX_URL="http://127.0.0.1:9999")
        self.assertEqual(self.provider.mpesa_base_url, "https://api.safaricom.co.ke")
