"""Reminders, statements and late fees beside clients that withhold: money is asked for, and what a certificate is to come for is
not. Neither room knows the other."""

from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged

from odoo.addons.sire_reminder.tests.late_fee_common import DECEMBER, LateFeeCommon
from odoo.addons.sire_withholding.tests.common import WithholdingCommon


@tagged("post_install", "-at_install")
class TestRemindersOfWithheld(LateFeeCommon, WithholdingCommon):
    """KSh 98,600, of which KSh 5,950 is withheld; due eight days ago."""

    def setUp(self):
        super().setUp()
        self.invoice = self.make_late()

    def make_late(self, amount=85000.0, due=-8, **values):
        return self.make_bill(amount=amount, due=due, invoice_date=self.today - timedelta(days=60), **values)

    def get_balance(self, date_to=None):
        """:return: of the client's statement: what is open, and what of it is said to be overdue"""
        values = {
            "client_id": self.client.id,
            "company_id": self.company.id,
            "partner_id": self.client.id,
            "date_from": self.day(-90),
            "date_to": date_to or self.day(0),
        }
        (balance,) = self.env["sire.statement.sending"].sudo().create(values)._sire_balances()
        return balance["closing"], balance["overdue"]

    def pay_on_account(self, amount):
        payment = self.env["account.payment"].create(
            {
                "amount": amount,
                "journal_id": self.company.bank_journal_ids[:1].id,
                "partner_id": self.client.id,
                "partner_type": "customer",
                "payment_type": "inbound",
            }
        )
        payment.action_post()

    # === REMINDERS === #

    def test_a_reminder_asks_for_the_money(self):
        self.assertEqual(self.plan(self.invoice), [(7, 92650, "")])
        with self.assertSends(1) as letter:
            self.assertEqual((letter.line_ids.amount, letter._sire_total()), (92650, "KSh 92,650"))
            self.assertNotIn("98,600", str(self.mails(letter).body_html))

    def test_one_letter_for_several(self):
        self.make_late(amount=10000.0)
        with self.assertSends(1) as letter:
            self.assertEqual(letter._sire_total(), "KSh 103,550")

    def test_after_a_part_of_the_money(self):
        self.take_cash(self.invoice, 50000)
        self.assertEqual(self.plan(self.invoice), [(7, 42650, "")])

    def test_nobody_is_reminded_of_a_certificate(self):
        self.take_cash(self.invoice, 92650)
        self.assertEqual((self.plan(self.invoice), self.invoice.sire_reminder_next), ([], "Nothing is left to pay"))
        with self.assertSends(0, days=30):
            pass

    def test_what_the_certificate_does_not_cover(self):
        """Of KSh 4,250 income tax KRA got 4,000: the rest is money again, and the client is reminded of it."""
        self.take_cash(self.invoice, 92650)
        certificate = self.record(self.invoice, 4000, kind="tax")
        self.assertEqual(self.plan(self.invoice), [(7, 250, "")])
        self.void(certificate)
        self.env.flush_all()  # its number is free again
        self.assertEqual(self.plan(self.invoice), [])
        self.record(self.invoice, 4000, kind="tax", is_last=False)
        self.assertEqual(self.plan(self.invoice), [], "another certificate is to come")

    def test_instalments(self):
        """What is withheld is taken from the first; each is reminded of for its own money."""
        terms = self.env["account.payment.term"].create(
            {
                "name": "30/70",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 30, "nb_days": 30}),
                    Command.create({"value": "percent", "value_amount": 70, "nb_days": 52}),
                ],
            }
        )
        invoice = self.make_late(invoice_date_due=False, invoice_payment_term_id=terms.id)
        self.assertEqual([row[1] for row in self.plan(invoice)], [23630, 69020])
        self.take_cash(invoice, 23630)
        self.assertEqual([row[1] for row in self.plan(invoice)], [69020])

    def test_credit_that_covers_the_money(self):
        self.pay_on_account(92650)
        self.assertIn("KSh 92,650 of credit", self.plan(self.invoice)[0][2])

    def test_a_promise_is_kept_with_the_money(self):
        pauses, other = self.env["sire.reminder.pause"], self.make_late()
        until = self.today + timedelta(days=2)
        kept, broken = (pauses._pause(move, "promise", self.company, until=until) for move in (self.invoice, other))
        self.take_cash(self.invoice, 92650)
        self.take_cash(other, 92649)
        with self.at(5):
            pauses._settle_promises(self.company)
        self.assertEqual((kept.state, broken.state), ("kept", "broken"))
        self.assertEqual(self.plan(other), [(7, 1, "")])

    # === STATEMENTS === #

    def test_a_statement_is_right_at_each_step(self):
        """What is open is in the ledger, certificates or not; overdue is the money alone."""
        self.assertEqual(self.get_balance(), ("KSh 98,600", "KSh 92,650"))
        self.take_cash(self.invoice, 92650)
        self.assertEqual(self.get_balance(), ("KSh 5,950", ""))
        self.record(self.invoice, 1700)
        self.assertEqual(self.get_balance(), ("KSh 4,250", ""))
        certificate = self.record(self.invoice, 4250, kind="tax", name="KRAWHT000001")
        self.assertEqual(self.get_balance(), ("KSh 0", ""))
        self.void(certificate)
        self.assertEqual(self.get_balance(), ("KSh 4,250", ""))

    def test_a_certificate_after_the_month(self):
        """The statement of the month before leaves later, and the certificate came meanwhile: it was not overdue then either."""
        self.take_cash(self.invoice, 92650)
        with self.at(13):
            self.record(self.invoice, 5950, kind="tax", date=date(2026, 12, 1))
            self.assertEqual(self.get_balance(date(2026, 11, 30)), ("KSh 5,950", ""))

    # === LATE FEES === #

    def test_a_late_fee_on_the_money(self):
        paid, partly = self.make_late(), self.make_late()
        self.take_cash(paid, 92650)
        self.take_cash(partly, 90000)
        self.charge()
        fees = [(self.fee(move).base, self.fee(move).amount) for move in (self.invoice, partly)]
        self.assertEqual(fees, [(92650, 1853), (2650, 53)])
        self.assertFalse(self.fee(paid))

    def test_no_late_fee_for_a_certificate_that_is_late(self):
        self.take_cash(self.invoice, 92650)
        self.assertFalse(self.charge() | self.charge(2027, 1, 1, 8, 0))
        self.assertFalse(self.invoice.sire_late_fee_ids)

    def test_a_late_fee_on_what_no_certificate_covers(self):
        self.take_cash(self.invoice, 92650)
        self.record(self.invoice, 4000, kind="tax")
        self.charge()
        self.charge(2027, 1, 1, 8, 0)
        self.assertEqual([self.fee(self.invoice, month).base for month in (date(2026, 11, 1), DECEMBER)], [250, 250])

    def test_what_a_prompt_for_the_money_holds(self):
        """The client is typing its PIN for the money: nothing is left to charge, or to remind of."""
        tx = (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": self.env.ref("sire_mpesa.payment_provider_mpesa").id,
                    "payment_method_id": self.env.ref("payment.payment_method_mpesa").id,
                    "amount": 92650,
                    "currency_id": self.invoice.currency_id.id,
                    "partner_id": self.client.id,
                    "reference": "tx-withheld",
                    "operation": "offline",
                    "invoice_ids": [Command.set(self.invoice.ids)],
                }
            )
        )
        tx._set_pending()
        self.assertEqual([row[1:] for row in self.plan(self.invoice) if not row[2]], [])
        self.assertFalse(self.charge())
        self.assertEqual((self.fee(self.invoice).state, self.fee(self.invoice).base), ("skipped", 0))
