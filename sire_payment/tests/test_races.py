"""Two at once, in connections of their own."""

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from .race_common import RaceCase


@tagged("post_install", "-at_install")
class TestRaces(RaceCase):
    def setUp(self):
        super().setUp()
        # "none" promises money without moving any: here it stands for a provider that does.
        self.patch(self.registry["payment.transaction"], "provider_code", property(lambda _tx: "card"))

    def pay_online(self, env):
        env["payment.transaction"].create(dict(self.tx_values))

    def assertOneRefused(self, results):
        self.assertEqual(results[0], "ok")
        self.assertRegex(results[1], "^Only KSh 400 is left to pay")
        with self.registry.cursor() as cr:
            invoice = api.Environment(cr, SUPERUSER_ID, {})["account.move"].browse(self.invoice_id)
            self.assertEqual(invoice._sire_get_payable(), 400)

    def test_two_transactions_at_once(self):
        self.assertOneRefused(self.run_both(self.pay_online, self.pay_online))

    def test_counter_while_online(self):
        self.assertOneRefused(self.run_both(self.pay_online, self.pay_at_the_counter))

    def test_two_counters_at_once(self):
        self.assertOneRefused(self.run_both(self.pay_at_the_counter, self.pay_at_the_counter))

    def test_old_snapshot_is_refused(self):
        """The case that a row lock alone lets through: the other one committed before we asked for the lock."""
        with self.registry.cursor() as old:
            old.execute("SELECT 1")
            with self.registry.cursor() as other:
                self.pay_online(api.Environment(other, SUPERUSER_ID, {}))
            with self.assertRaises(SerializationFailure):
                self.pay_online(api.Environment(old, SUPERUSER_ID, {}))
            old.rollback()
