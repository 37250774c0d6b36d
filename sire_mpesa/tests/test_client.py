import logging
from unittest.mock import patch

from odoo import fields
from odoo.tests import BaseCase, tagged

from odoo.addons.sire_mpesa.tools.daraja_client import DarajaClient, Reply, classify_push, classify_query, fetch_token

from .common import DARAJA, FakeDaraja, MpesaCommon


@tagged("post_install", "-at_install")
class TestToken(MpesaCommon):
    def test_one_token_for_all(self):
        for _number in range(3):
            self.request(10)
        self.assertEqual(len(self.daraja.sent("oauth")), 1)
        token = self.env["sire.mpesa.token"].search([])
        self.assertEqual((len(token), token.access_token), (1, "token-1"))
        self.assertTrue(3300 < (token.expires_at - fields.Datetime.now()).total_seconds() < 3600)

    def test_expired_token_is_renewed(self):
        self.request(10)
        self.env["sire.mpesa.token"].search([]).expires_at = fields.Datetime.now()
        self.request(10)
        self.assertEqual([call[2] for call in self.daraja.sent("push")], ["Bearer token-1", "Bearer token-2"])

    def test_somebody_renewed_the_dead_token(self):
        """Our token is dead because another worker has a new one: take that, or ours would kill it."""
        tokens = self.env["sire.mpesa.token"]
        fetched = iter(["first", "second", "third"])

        def fetch():
            return next(fetched), 3599

        self.assertEqual(tokens._get(DARAJA, "k", fetch), "first")
        self.assertEqual(tokens._get(DARAJA, "k", fetch, dead="first"), "second")
        self.assertEqual(tokens._get(DARAJA + "/", "k", fetch, dead="first"), "second")
        self.assertEqual(tokens._get(DARAJA, "k", fetch), "second")
        self.assertEqual(tokens._get(DARAJA, "another", fetch), "third")

    def test_lifetime_in_any_form(self):
        for expires_in in (3599, "3599", "3599.0", None, "soon", -5, 0):
            self.daraja.next_is("oauth", (200, {"access_token": "t", "expires_in": expires_in}))
            token, lifetime = fetch_token(DARAJA, "k", "s")
            self.assertEqual(token, "t")
            self.assertIn(lifetime, (3599, 600, -5, 0))

    def test_nobody_reads_the_token(self):
        admin = self.make_user("mpesa.admin", "base.group_system")
        self.assertFalse(self.env["sire.mpesa.token"].with_user(admin).has_access("read"))

    def test_nothing_secret_is_logged(self):
        self.daraja.query_result = ("paid", "0")
        with self.assertLogs("odoo.addons", logging.DEBUG) as logs:
            tx = self.request()
            self.receive(tx, self.paid_callback(tx))
            self.daraja.next_is("push", (401, {"errorCode": "401.002.01", "errorMessage": "dead"}))
            self.request(10)
            self.daraja.next_is("push", RuntimeError("broken"))
            self.request(10)
        text = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in logs.records
                         if record.name.startswith(("odoo.addons.sire", "odoo.addons.payment")))  # fmt: skip
        self.assertIn("Daraja POST", text)
        password = self.daraja.sent("push")[0][1]["Password"]
        for secret in ("the-key", "the-secret", "the-passkey", "token-1", password, tx.mpesa_callback_token):
            self.assertNotIn(secret, text)


@tagged("post_install", "-at_install")
class TestClient(BaseCase):
    def test_no_redirect_is_followed(self):
        daraja = FakeDaraja()
        daraja.next_is("push", (302, ""))
        client = DarajaClient(DARAJA + "/", lambda dead: "t")

        def handle(session, request, **kwargs):
            self.assertFalse(kwargs["allow_redirects"])
            return daraja.handle(session, request)

        with patch.object(type(self), "_request_handler", handle):
            self.assertEqual(client.push({}).outcome, "unknown")
            self.assertEqual(client.push({}).outcome, "accepted")

    def test_wrong_address(self):
        for url in ("nonsense", "http://"):
            self.assertEqual(DarajaClient(url, lambda dead: "t").push({}).outcome, "refused", url)

    def test_nobody_listens(self):
        answer = DarajaClient("http://127.0.0.1:9", lambda dead: "t").push({})
        self.assertEqual((answer.outcome, answer.code), ("refused", "unreachable"))
        self.assertEqual(DarajaClient("http://127.0.0.1:9", lambda dead: "t").query({}), ("unknown", None))

    def test_empty_replies(self):
        self.assertEqual(classify_push(Reply()).outcome, "unknown")
        self.assertEqual(classify_query(Reply()), ("unknown", None))
        self.assertEqual(classify_query(Reply(never_left=True)), ("unknown", None))
