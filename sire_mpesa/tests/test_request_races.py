"""Two members of staff, or two tabs, at once: in connections of their own."""

from odoo import Command
from odoo.tests import tagged

from odoo.addons.sire_mpesa.utils import Sighting

from .test_races import MpesaRaceCase


@tagged("post_install", "-at_install")
class TestRequestRaces(MpesaRaceCase):
    def setUp(self):
        super().setUp()
        self.second_id = self.read(lambda env: self.make_second(env).id)

    def make_second(self, env):
        invoice = env["account.move"].browse(self.invoice_id).copy({"invoice_date": "2026-11-20"})
        invoice.action_post()
        return invoice

    def delete_all(self, env):
        env["payment.transaction"].search([("partner_id", "=", self.partner_id)]).unlink()
        payments = env["account.payment"].search([("partner_id", "=", self.partner_id)])
        payments.move_id.line_ids.remove_move_reconcile()
        payments.action_draft()
        payments.unlink()
        second = env["account.move"].browse(self.second_id)
        second.button_draft()
        second.with_context(force_delete=True).unlink()
        super().delete_all(env)

    def ask(self, amount, phone, *invoice_ids):
        """A member of staff asks for a payment of these invoices, in this order."""
        return lambda env: env["account.move"].browse(invoice_ids)._mpesa_request(amount, phone)

    def assertOneAsked(self, results, words):
        self.assertEqual(results[0], "ok")
        self.assertIn(words, results[1])
        self.wait_for_senders()
        found = self.read(lambda env: env["payment.transaction"].search_count([("partner_id", "=", self.partner_id)]))
        self.assertEqual((found, len(self.daraja.sent("push"))), (1, 1))

    def test_two_members_of_staff(self):
        """Also when both amounts would fit together: one live prompt a document."""
        ask = self.ask(100, "0712345678", self.invoice_id), self.ask(200, "0799000000", self.invoice_id)
        self.assertOneAsked(self.run_both(*ask), "is open on 07")

    def test_all_invoices_at_once_in_both_orders(self):
        """Neither waits for the other for ever, whichever order their lists have."""
        both = (self.invoice_id, self.second_id)
        ask = self.ask(2000, "0712345678", *both), self.ask(2000, "0799000000", *reversed(both))
        self.assertOneAsked(self.run_both(*ask), "is open on 07")

    def test_one_invoice_and_all_of_them(self):
        ask = (
            self.ask(1000, "0712345678", self.second_id),
            self.ask(2000, "0799000000", self.invoice_id, self.second_id),
        )
        self.assertOneAsked(self.run_both(*ask), "is open on 07")

    def test_two_tabs_of_the_portal(self):
        """Two forms of all overdue invoices: both drafts may be made, one prompt leaves."""

        def tab(phone):
            def pay(env):
                values = {**self.tx_values, "amount": 2000}
                values["invoice_ids"] = [Command.set([self.invoice_id, self.second_id])]
                tx = env["payment.transaction"].create(values)
                number = tx._mpesa_parse_phone(phone)
                tx.provider_id._mpesa_check_wait(number, tx.amount, tx.invoice_ids)
                tx._mpesa_request_payment(number)

            return pay

        results = self.run_both(tab("0712345678"), tab("0799000000"))
        self.assertEqual(results[0], "ok")
        self.assertIn("Nothing more can be paid", results[1])
        self.wait_for_senders()
        self.assertEqual(len(self.daraja.sent("push")), 1)

    def test_two_claims_of_one_receipt(self):
        """A client's two tabs, or two clients, name the same code: it counts once."""

        def report(env):
            provider = env["payment.provider"].browse(self.tx_values["provider_id"])
            sighting = Sighting("RACEC0DE01", 600.0, "c2b", "paybill", reference="WRONG")
            return env["sire.mpesa.receipt"]._take(provider, sighting).state

        self.assertEqual(self.read(report), "suspense")
        answers = []

        def claim(invoice_id):
            return lambda env: answers.append(env["account.move"].browse(invoice_id)._mpesa_claim_receipt("RACEC0DE01"))

        results = self.run_both(claim(self.invoice_id), claim(self.second_id))
        self.assertEqual(results, ["ok", "ok"])
        self.assertEqual({answer["state"] for answer in answers}, {"paid"})  # of one client, so both are told so

        def count(env):
            receipt = env["sire.mpesa.receipt"].search([("name", "=", "RACEC0DE01")])
            invoices = env["account.move"].browse([self.invoice_id, self.second_id])
            return sum(receipt.payment_ids.mapped("amount")), sum(invoices.mapped("amount_residual"))

        self.assertEqual(self.read(count), (600, 1400))

    def test_the_counter_and_a_prompt(self):
        results = self.run_both(self.ask(2000, "0712345678", self.invoice_id, self.second_id), self.pay_at_the_counter)
        self.assertEqual(results[0], "ok")
        self.assertRegex(results[1], "left to pay|can be paid")
