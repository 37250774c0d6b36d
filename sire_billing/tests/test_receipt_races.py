"""Receipts, two at once, in connections of their own."""

from functools import partial

from odoo.tests import tagged

from odoo.addons.sire_payment.tests.race_common import RaceCase

from .. import gate


@tagged("post_install", "-at_install")
class TestReceiptRaces(RaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            self.make_env(cr).company._sire_setup_cash()

    def delete_all(self, env):
        env["sire.cash.payment.wizard"].search([("move_id", "=", self.invoice_id)]).unlink()
        payments = gate.opened(env["account.payment"].search([("partner_id", "=", self.partner_id)]))
        entries = payments.sire_clearing_move_id | payments.move_id
        entries |= entries.reversal_move_ids
        entries.line_ids.remove_move_reconcile()
        payments.write({"sire_clearing_move_id": False, "state": "draft"})
        gate.opened(entries).button_draft()
        payments.unlink()
        gate.opened(entries.exists()).with_context(force_delete=True).unlink()
        super().delete_all(env)

    def take(self, amount, instrument, env, number="1"):
        values = {"instrument": instrument}
        if instrument == "cheque":
            values.update(cheque_number=number, cheque_bank="KCB", cheque_date="2026-11-20")
        wizard = env["sire.cash.payment.wizard"].create({"move_id": self.invoice_id, "amount": amount, **values})
        return env["account.payment"].browse(wizard.action_confirm()["res_id"])

    def make_receipt(self, amount=400, instrument="cash"):
        with self.registry.cursor() as cr:
            return self.take(amount, instrument, self.make_env(cr)).id

    def act(self, payment_id, method, *args):
        return lambda env: getattr(env["account.payment"].browse(payment_id), method)(*args)

    def read(self, payment_id):
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            payment = env["account.payment"].browse(payment_id)
            entries = payment.move_id | payment.sire_clearing_move_id
            residual = env["account.move"].browse(self.invoice_id).amount_residual
            return payment.sire_receipt_state, len(entries.reversal_move_ids), residual

    def test_voided_twice_at_once(self):
        payment_id = self.make_receipt()
        void = self.act(payment_id, "action_sire_void", "Typing error")
        results = self.run_both(void, void)
        self.assertEqual(results[0], "ok")
        self.assertIn("cannot be voided: it is “Void”", results[1])
        self.assertEqual(self.read(payment_id), ("void", 1, 1000))

    def test_cleared_while_it_is_returned(self):
        """Either the clearing is refused, or both entries are taken back: the books never show a part."""
        payment_id = self.make_receipt(instrument="cheque")
        self.run_both(
            self.act(payment_id, "action_sire_clear"), self.act(payment_id, "action_sire_return", "Refer to drawer")
        )
        state, reversals, residual = self.read(payment_id)
        self.assertEqual((state, residual), ("returned", 1000))
        with self.registry.cursor() as cr:
            payment = self.make_env(cr)["account.payment"].browse(payment_id)
            self.assertEqual(reversals, 2 if payment.sire_clearing_move_id else 1)
            lines = (payment.move_id | payment.sire_clearing_move_id).line_ids
            self.assertTrue(all(lines.filtered("account_id.reconcile").mapped("reconciled")))

    def test_voided_while_the_rest_is_paid(self):
        payment_id = self.make_receipt(400)
        results = self.run_both(
            self.act(payment_id, "action_sire_void", "Typing error"), lambda env: self.take(600, "cash", env)
        )
        self.assertEqual(results, ["ok", "ok"])
        self.assertEqual(self.read(payment_id), ("void", 1, 400))

    def test_one_cheque_on_two_tables_at_once(self):
        results = self.run_both(partial(self.pay_cheque, 400), partial(self.pay_cheque, 300))
        self.assertEqual(results[0], "ok")
        self.assertIn("was received already", results[1])

    def pay_cheque(self, amount, env):
        self.take(amount, "cheque", env, number="778")

    def test_numbers_of_all_kinds_are_gapless(self):
        with self.registry.cursor() as cr:
            before = self.take(1, "cash", self.make_env(cr)).sire_receipt_number
        results = self.run_both(lambda env: self.take(100, "cash", env), partial(self.pay_cheque, 200))
        self.assertEqual(results, ["ok", "ok"])
        with self.registry.cursor() as cr:
            after = self.take(1, "cash", self.make_env(cr))
            numbers = (
                self.make_env(cr)["account.payment"]
                .search([("partner_id", "=", self.partner_id)])
                .mapped("sire_receipt_number")
            )
            counters = sorted(int(number.rsplit("/", 1)[1]) for number in numbers)
            first = int(before.rsplit("/", 1)[1])
            self.assertEqual(counters, list(range(first, first + 4)))
            self.assertEqual(int(after.sire_receipt_number.rsplit("/", 1)[1]), first + 3)
