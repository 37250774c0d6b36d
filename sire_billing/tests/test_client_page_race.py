"""Two phones at once, in connections of their own: what one test transaction cannot show."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.sire_billing.controllers.client_page_content import ClientPage
from odoo.addons.sire_billing.controllers.client_page_pay import start_payment
from odoo.addons.sire_payment.tests.race_common import RaceCase

PUSHERS = "odoo.addons.sire_mpesa.models.payment_transaction_push._pushes.threads"
CREDENTIALS = {
    "mpesa_shortcode": "174379",
    "mpesa_consumer_key": "race-key",
    "mpesa_consumer_secret": "race-secret",
    "mpesa_passkey": "race-passkey",
    "state": "test",
}


class ClientPageRaceCase(RaceCase):
    """The race's invoice behind a link, and an M-Pesa provider from which no prompt leaves."""

    def setUp(self):
        super().setUp()
        self.pushed = self.enterContext(patch(PUSHERS)).submit
        with self.registry.cursor() as cr:
            provider = self.make_env(cr).ref("sire_mpesa.payment_provider_mpesa")
            self.before = {name: provider[name] for name in CREDENTIALS}
            provider.write(CREDENTIALS)

    def clean_up(self):
        super().clean_up()
        with self.registry.cursor() as cr:
            provider = self.make_env(cr).ref("sire_mpesa.payment_provider_mpesa")
            provider.state = "disabled"
            provider.write(self.before)

    def pay(self, amount, env):
        link = env["sire.client.link"]._for(env["account.move"].browse(self.invoice_id))
        values = {"invoice": str(self.invoice_id), "amount": amount, "phone": "0712345678"}
        start_payment(ClientPage(link), values)
        return "ok"

    def make_link(self, env):
        return env["sire.client.link"]._for(env["account.move"].browse(self.invoice_id)).id


@tagged("post_install", "-at_install")
class TestClientPageRace(ClientPageRaceCase):
    def count_live(self):
        with self.registry.cursor() as cr:
            invoice = self.make_env(cr)["account.move"].browse(self.invoice_id)
            return invoice.transaction_ids.filtered(lambda tx: tx.state == "pending").mapped("amount")

    def test_two_pay_forms_open_one_prompt(self):
        with self.registry.cursor() as cr:
            self.make_link(self.make_env(cr))
        for amount in ("1000", "300"):  # 300 twice would still fit into the invoice
            results = self.run_all(*[lambda env, amount=amount: self.pay(amount, env)] * 2)
            self.assertEqual(results, ["ok", "ok"])
            self.assertEqual(self.count_live(), [float(amount)])
            self.assertEqual(self.pushed.call_count, 1)
            self.pushed.reset_mock()
            with self.registry.cursor() as cr:
                self.make_env(cr)["account.move"].browse(self.invoice_id).transaction_ids._set_canceled()

    def test_a_link_is_made_once(self):
        results = self.run_all(*[self.make_link] * 3)
        self.assertIsInstance(results[0], int)
        self.assertEqual(len(set(results)), 1, results)
