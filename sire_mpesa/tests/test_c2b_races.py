"""Reports of one payment at once, in connections of their own: whoever is first, it is booked once."""

import json

from odoo import fields
from odoo.tests import tagged

from odoo.addons.sire_base.utils.eat import format_daraja_timestamp

from .common import sample
from .test_races import MpesaRaceCase

NUMBER = "NLJ7RT61SV"


class C2bRaceCase(MpesaRaceCase):
    def confirm(self, env, amount=600, number=NUMBER, account=None, **values):
        """A confirmation reaches the inbox."""
        data = sample(
            "c2b_confirmation",
            TransID=number,
            TransAmount=f"{amount}.00",
            BillRefNumber=account or env["account.move"].browse(self.invoice_id).mpesa_reference,
            TransTime=format_daraja_timestamp(fields.Datetime.now()),
            **values,
        )
        provider = env.ref("sire_mpesa.payment_provider_mpesa")
        provider._mpesa_receive_c2b(json.dumps(data).encode(), {}, "127.0.0.1", data)

    def book(self, env):
        """What waits has waited long enough."""
        env.cr.execute("UPDATE sire_mpesa_receipt SET next_try_at = create_date WHERE state = 'waiting'")
        env.cr.execute("UPDATE payment_transaction SET mpesa_requested_at = mpesa_requested_at - interval '200 seconds'"
                       " WHERE id IN (SELECT waiting_for_id FROM sire_mpesa_receipt)")  # fmt: skip
        env.invalidate_all()
        receipts = env["sire.mpesa.receipt"]
        for receipt in receipts.search(receipts._get_due_domain()):
            receipt._book()

    def assertBooked(self, residual, *numbers):
        """Each of these receipts, and no other, is booked once, and the invoice is paid by as much."""

        def check(env):
            receipts = env["sire.mpesa.receipt"].search([])
            self.assertEqual(set(receipts.mapped("name")), set(numbers))
            self.assertEqual(set(receipts.mapped("state")), {"booked"})
            for receipt in receipts:
                live = receipt.payment_ids.filtered(lambda payment: payment.state != "canceled")
                self.assertEqual(live.mapped("amount"), [receipt.amount], receipt.name)
            payments = env["account.payment"].search(
                [("partner_id", "=", self.partner_id), ("journal_id.code", "=", "MPESA"), ("state", "!=", "canceled")]
            )
            self.assertEqual(payments, receipts.payment_ids.filtered(lambda payment: payment.state != "canceled"))
            self.assertEqual(env["account.move"].browse(self.invoice_id).amount_residual, residual)
            self.assertFalse(env["sire.mpesa.day"].search([("difference", "!=", 0)]))

        self.read(check)


@tagged("post_install", "-at_install")
class TestC2bRaces(C2bRaceCase):
    def test_two_confirmations_at_once(self):
        self.read(self.confirm)
        self.read(lambda env: self.confirm(env, OrgAccountBalance="1.00"))
        self.run_both(self.work, self.work)
        self.settle()
        self.assertBooked(400, NUMBER)

    def test_two_payments_at_once(self):
        self.read(lambda env: self.confirm(env, number="AAAAAAA111"))
        self.read(lambda env: self.confirm(env, number="AAAAAAA112"))
        self.run_both(self.work, self.work)
        self.settle()
        self.assertBooked(0, "AAAAAAA111", "AAAAAAA112")

    def test_callback_and_confirmation_at_once(self):
        self.daraja.query_result = ("paid", "0")
        tx_id = self.prompt(600)
        self.read(lambda env: self.callback(env, tx_id))
        self.read(self.confirm)
        self.run_both(self.work, self.work)
        self.settle()
        self.assertBooked(400, NUMBER)
        self.read(lambda env: self.assertEqual(env["payment.transaction"].browse(tx_id).provider_reference, NUMBER))

    def test_query_and_confirmation_at_once(self):
        """Safaricom's answer names no number, the confirmation names no prompt, and neither sees the other's work."""
        self.daraja.query_result = ("paid", "0")
        tx_id = self.prompt(600)
        self.read(self.make_due)
        self.read(self.confirm)
        self.run_both(self.resolve, self.work)
        self.settle()
        self.read(self.book)
        self.assertBooked(400, NUMBER)
        self.read(lambda env: self.assertEqual(env["payment.transaction"].browse(tx_id).state, "done"))

    def test_late_query_and_confirmation_at_once(self):
        """A prompt that had failed is asked about by hand while its confirmation is handled."""
        tx_id = self.prompt(600)
        self.daraja.query_result = ("failed", "1032")
        self.read(self.make_due)
        self.read(self.resolve)
        self.daraja.query_result = ("paid", "0")
        self.read(self.confirm)
        self.run_both(self.work, lambda env: env["payment.transaction"].browse(tx_id).action_mpesa_query())
        self.settle()
        self.assertBooked(400, NUMBER)

    def test_cash_and_confirmation_at_once(self):
        self.read(self.confirm)
        self.run_both(self.work, self.pay_at_the_counter)
        self.settle()

        def check(env):
            invoice = env["account.move"].browse(self.invoice_id)
            payments = env["account.payment"].search([("partner_id", "=", self.partner_id)])
            cash = payments.filtered(lambda payment: not payment.sire_mpesa_receipt_id)
            self.assertEqual(sum((payments - cash).mapped("amount")), 600, "money that arrived is booked")
            self.assertEqual(invoice.amount_residual, 1000 - 600 - sum(cash.mapped("amount")) if not cash else 0)

        self.read(check)

    def test_assigned_twice_at_once(self):
        def lose(env):
            provider = env.ref("sire_mpesa.payment_provider_mpesa")
            data = sample("c2b_confirmation", TransID="AAAAAAA114", TransAmount="600", BillRefNumber="RENT")
            provider._mpesa_receive_c2b(json.dumps(data).encode(), {}, "127.0.0.1", data)

        self.read(lose)
        self.settle()

        def assign(env):
            invoice = env["account.move"].browse(self.invoice_id)
            receipt = env["sire.mpesa.receipt"].search([("name", "=", "AAAAAAA114")])
            receipt._assign([(invoice.partner_id, invoice, 600)])

        results = self.run_both(assign, assign)
        self.assertEqual(results[0], "ok")
        self.assertIn("somebody was faster", results[1])
        self.assertBooked(400, "AAAAAAA114")
