from odoo.tests import tagged

from odoo.addons.sire_base.tests.json_2 import Json2Case

from .common import MpesaCommon


@tagged("post_install", "-at_install")
class TestExternalApi(MpesaCommon, Json2Case):
    """What an accountant with an API key can reach, and what not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.make_user("mpesa.api", "account.group_account_invoice")
        keys_sudo = cls.env["res.users.apikeys"].with_user(cls.accountant).sudo()  # only a system user's never ends
        cls.key = keys_sudo._generate("rpc", "test", None)

    def test_nothing_moves_money(self):
        tx = self.request()
        calls = [
            (
                "payment.transaction",
                "write",
                {"ids": tx.ids, "vals": {"state": "done", "provider_reference": "FORGED1234"}},
            ),
            ("payment.transaction", "write", {"ids": tx.ids, "vals": {"mpesa_checkout_request_id": "ws_CO_x"}}),
            ("payment.transaction", "write", {"ids": tx.ids, "vals": {"mpesa_paid_at": "2026-11-20 10:00:00"}}),
            ("payment.transaction", "_mpesa_take_result", {"ids": tx.ids}),
            ("payment.transaction", "_mpesa_request_payment", {"ids": tx.ids, "phone": "0712345678"}),
            ("payment.transaction", "_cron_mpesa_resolve", {}),
            ("payment.provider", "_mpesa_query", {"ids": self.provider.ids, "checkout_request_id": "ws_CO_1"}),
            ("payment.provider", "read", {"ids": self.provider.ids, "fields": ["mpesa_passkey"]}),
            (
                "payment.provider",
                "write",
                {"ids": self.provider.ids, "vals": {"mpesa_base_url": "http://evil.example"}},
            ),
            ("sire.mpesa.token", "search_read", {"domain": []}),
            ("payment.transaction", "read", {"ids": tx.ids, "fields": ["mpesa_callback_token"]}),
        ]
        for model, method, body in calls:
            with self.subTest(model=model, method=method):
                self.assertEqual(self.json_2(self.key, model, method, **body).status_code, 403)
        self.assertEqual((tx.state, tx.provider_reference), ("pending", False))
        self.assertEqual(self.provider.mpesa_base_url, "https://daraja.test")

    def test_asking_is_allowed(self):
        tx = self.request()
        self.daraja.query_result = ("paid", "0")
        response = self.json_2(self.key, "payment.transaction", "action_mpesa_query", ids=tx.ids)
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(tx.state, "done")

    def test_reading_shows_how_it_stands(self):
        tx = self.request()
        fields = ["mpesa_push_state", "mpesa_phone", "mpesa_result_code"]
        [values] = self.json_2(self.key, "payment.transaction", "read", ids=tx.ids, fields=fields).json()
        self.assertEqual(values["mpesa_push_state"], "sent")
