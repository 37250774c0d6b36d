"""What opens Safaricom's doors is for administrators, wherever one may look, and is not in a copy of the database."""

import base64
import logging
from pathlib import Path

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_path

from odoo.addons.sire_base.tests.json_2 import Json2Case
from odoo.addons.sire_mpesa.tools.daraja_client import Reply

from .command_common import initiator_values
from .common import MpesaCommon

PASSKEY = "bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919"
PROVIDER_SECRETS = (
    "mpesa_consumer_key", "mpesa_consumer_secret", "mpesa_passkey", "mpesa_c2b_token", "mpesa_initiator_name",
    "mpesa_initiator_password", "mpesa_initiator_certificate", "mpesa_checks",
)  # fmt: skip
SECRETS = {
    "payment.provider": PROVIDER_SECRETS,
    "payment.transaction": ("mpesa_callback_token",),
    "sire.mpesa.command": ("token", "result_body"),
    "sire.mpesa.token": ("access_token", "key_digest"),
    "sire.mpesa.receipt.evidence": ("body",),
}
# what a user who is no administrator reaches the provider through
PATHS = ("provider_id", "transaction_id.provider_id", "payment_ids.payment_transaction_id.provider_id")


class SecretsCommon(MpesaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.write({**initiator_values(), "mpesa_passkey": PASSKEY})
        cls.provider._mpesa_get_c2b_addresses()
        cls.accountant = cls.make_user("mpesa.secrets", "account.group_account_manager", "base.group_allow_export")


@tagged("post_install", "-at_install")
class TestSecrets(SecretsCommon):
    def setUp(self):
        super().setUp()
        self.tx = self.request()
        self.receive(self.tx, self.paid_callback(self.tx))
        self.daraja.query_result = ("paid", "0")
        self.process_webhooks(retries=True)
        self.receipt = self.tx.mpesa_receipt_ids
        self.assertTrue(self.receipt)
        self.command = self.provider._mpesa_ask_balance()

    def test_every_secret_is_marked(self):
        """A field that is added and forgotten here is found by its name."""
        for model, names in SECRETS.items():
            fields = self.env[model]._fields
            for name in names:
                self.assertEqual(fields[name].groups, "base.group_system", f"{model}.{name}")
            for name, field in fields.items():
                if name.startswith("mpesa_") or model.startswith("sire.mpesa"):
                    is_secret = any(part in name for part in ("secret", "passkey", "password", "token", "certificate"))
                    self.assertEqual(is_secret and name not in names, False, f"{model}.{name} is not in this test")
                    self.assertFalse(is_secret and field.related, f"{model}.{name} shows another field")

    def test_nobody_else_reads_them(self):
        for model, names in SECRETS.items():
            records = self.env[model].with_user(self.accountant)
            shown = records.fields_get() if records.has_access("read") else {}
            for name in names:
                with self.subTest(model=model, name=name):
                    self.assertNotIn(name, shown)
                    self.assertHidden(records.search_read, [], [name])
                    self.assertHidden(records.search, [(name, "!=", False)])
                    self.assertHidden(records.search, [(name, "=like", "a%")])
                    self.assertHidden(records.search, [], order=name)
                    self.assertHidden(records.formatted_read_group, [], [name], ["__count"])
                    self.assertHidden(self.all_of(records).export_data, [name])
                    self.assertHidden(self.all_of(records).read, [name])

    def test_not_by_way_of_what_one_may_read(self):
        """Letter by letter, a search through the receipts would tell a key."""
        receipts = self.env["sire.mpesa.receipt"].with_user(self.accountant)
        receipt = receipts.search([("id", "=", self.receipt.id)])
        self.assertTrue(receipt)
        for name in PROVIDER_SECRETS:
            for path in PATHS:
                with self.subTest(path=path, name=name):
                    self.assertHidden(receipts.search, [(f"{path}.{name}", "=like", "b%")])
                    self.assertHidden(receipts.formatted_read_group, [], [f"{path}.{name}"], ["__count"])
                    self.assertHidden(receipt.export_data, [f"{path.replace('.', '/')}/{name}"])
            self.assertHidden(receipts.search, [], order=f"provider_id.{name}")
            self.assertHidden(receipt.web_read, {"provider_id": {"fields": {name: {}}}})

    def all_of(self, records):
        """:return: every record of a model, in the hands of the user"""
        return records.sudo().search([]).with_user(records.env.user)

    def assertHidden(self, look, *args, **kwargs):
        """Expect a refusal."""
        try:
            seen = look(*args, **kwargs)
        except (AccessError, ValueError, NotImplementedError):
            return
        self.fail(f"this can be seen: {str(seen)[:200]}")

    def test_neutralized(self):
        self.env["sire.mpesa.token"]._get("https://daraja.test", "k", lambda: ("token-9", 3599))
        self.provider._mpesa_run_check("keys")
        command = self.command
        tokens = [self.tx.mpesa_callback_token, self.provider.mpesa_c2b_token, command.token]
        self.env.flush_all()
        self.env.cr.execute(Path(file_path("sire_mpesa/data/neutralize.sql")).read_text())
        self.env.invalidate_all()
        for name in PROVIDER_SECRETS:
            self.assertFalse(self.provider[name], name)
        self.assertEqual((self.provider.state, self.provider.mpesa_c2b_state), ("disabled", "none"))
        self.assertFalse(self.provider.mpesa_pull_registered_at)
        self.assertFalse(self.env["sire.mpesa.token"].search([]))
        self.assertNotIn(command.state, command._LIVE)
        self.env.cr.execute("SELECT to_jsonb(p)::text FROM payment_provider p WHERE id = %s", [self.provider.id])
        kept = self.env.cr.fetchone()[0]
        for secret in ("the-key", "the-secret", PASSKEY, "s3cret", tokens[1]):
            self.assertNotIn(secret, kept)
        self.assertNotIn(self.tx.mpesa_callback_token, tokens)
        self.assertNotIn(command.token, tokens)

    def test_what_daraja_repeats_is_covered(self):
        """Real Daraja writes the token, or the number, that it refuses into its error."""
        token = "c9SQxWWhmdVRlyh0zh8gZDTkubVF"
        for message, secret in (
            (f"Error Occurred - Invalid Access Token - {token}", token),
            (f"Bad Request - Invalid Password {PASSKEY}", PASSKEY),
            ("Bad Request - Invalid PhoneNumber 254712345678", "712345"),
            ("{'Password': 9988776655, 'PartyA': 254712345678}", "99887766"),
        ):
            self.daraja.next_is("push", (400, {"errorCode": "400.002.02", "errorMessage": message}))
            self.daraja.next_is("register", (400, {"errorCode": "400.002.02", "errorMessage": message}))
            with self.assertLogs("odoo.addons", logging.DEBUG) as logs:
                tx = self.request(10)
                self.provider.action_mpesa_register_c2b()
            text = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in logs.records)
            with self.subTest(message=message):
                self.assertNotIn(secret, text)
                self.assertNotIn(secret, tx.mpesa_result_description or "")
                self.assertNotIn(secret, self.provider.mpesa_c2b_message)
                self.assertIn("•••", self.provider.mpesa_c2b_message)
                self.assertNotIn(secret, Reply(400, {"errorMessage": message}).get_words())


@tagged("post_install", "-at_install")
class TestSecretsOverTheWire(SecretsCommon, Json2Case):
    def test_json_2(self):
        tx = self.request()
        for model, names in SECRETS.items():
            for name in names:
                for method, body in (
                    ("search_read", {"domain": [], "fields": [name]}),
                    ("search_count", {"domain": [[name, "!=", False]]}),
                    ("formatted_read_group", {"domain": [], "groupby": [name], "aggregates": ["__count"]}),
                ):
                    with self.subTest(model=model, name=name, method=method):
                        self.assertIn(self.json_2(self.accountant, model, method, **body).status_code, (403, 422))
        everything = self.json_2(self.accountant, "payment.transaction", "read", ids=tx.ids).text
        for secret in (tx.mpesa_callback_token, PASSKEY, "the-secret"):
            self.assertNotIn(secret, everything)

    def test_the_certificate_is_no_download(self):
        self.authenticate("mpesa.secrets", "mpesa.secrets")
        response = self.url_open(f"/web/content/payment.provider/{self.provider.id}/mpesa_initiator_certificate")
        self.assertNotEqual(response.status_code, 200)
        self.assertNotIn(base64.b64decode(self.provider.mpesa_initiator_certificate), response.content)
