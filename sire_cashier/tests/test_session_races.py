"""One drawer, two at once, in connections of their own."""

from odoo.tests import tagged

from odoo.addons.sire_billing import gate
from odoo.addons.sire_payment.tests.race_common import RaceCase


@tagged("post_install", "-at_install")
class TestSessionRaces(RaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            env.company._sire_setup_cash()
            self.drawer_id = env["account.journal"].create({"name": "Race Drawer", "type": "cash", "code": "RACE"}).id
            env.company._sire_setup_cash()

    def delete_all(self, env):
        env["sire.cash.payment.wizard"].search([("move_id", "=", self.invoice_id)]).unlink()
        payments = gate.opened(env["account.payment"].search([("partner_id", "=", self.partner_id)]))
        payments.move_id.line_ids.remove_move_reconcile()
        moves = payments.move_id
        payments.write({"state": "draft", "sire_session_id": False})
        moves.button_draft()
        payments.unlink()
        env.cr.execute("DELETE FROM sire_cashier_session WHERE journal_id = %s", [self.drawer_id])
        env.invalidate_all()
        env["account.journal"].browse(self.drawer_id).unlink()
        super().delete_all(env)

    def open(self, env):
        return env["sire.cashier.session"].action_sire_open(self.drawer_id, 0)

    def take(self, env):
        env["sire.cash.payment.wizard"].create(
            {"move_id": self.invoice_id, "amount": 400, "journal_id": self.drawer_id}
        ).action_confirm()

    def test_opened_twice_at_once(self):
        results = self.run_both(self.open, self.open)
        self.assertEqual(results[0], "ok")
        self.assertIn("is open already", results[1])
        with self.registry.cursor() as cr:
            sessions = self.make_env(cr)["sire.cashier.session"].search([("journal_id", "=", self.drawer_id)])
            self.assertEqual(sessions.mapped("number"), [1])

    def test_cash_while_it_is_counted(self):
        """Either the receipt is in the count, or it is in no session: never in one that did not count it."""
        with self.registry.cursor() as cr:
            session_id = self.open(self.make_env(cr))
        results = self.run_both(
            lambda env: env["sire.cashier.session"].browse(session_id).action_sire_count(400), self.take
        )
        self.assertEqual(results, ["ok", "ok"])
        with self.registry.cursor() as cr:
            session = self.make_env(cr)["sire.cashier.session"].browse(session_id)
            self.assertEqual(session.expected, sum(session.payment_ids.mapped("amount")))

    def test_signed_off_twice_at_once(self):
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            session_id = self.open(env)
            env["sire.cashier.session"].browse(session_id).action_sire_count(0)

        def sign(env):
            env["sire.cashier.session"].browse(session_id).action_sire_sign_off()

        results = self.run_both(sign, sign)
        self.assertEqual(results[0], "ok")
        self.assertIn("Only a counted drawer", results[1])
