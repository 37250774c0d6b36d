"""A part of an invoice that will not come as money: nobody is reminded of it, and it costs no late fee."""

from datetime import date

from odoo.tests import tagged

from .late_fee_common import LateFeeCommon


@tagged("post_install", "-at_install")
class TestWithheld(LateFeeCommon):
    """`sire_withholding` takes such a part out of `_sire_get_due_amounts`, the earliest first; here it is KSh 70 an invoice."""

    def setUp(self):
        super().setUp()
        moves = type(self.env["account.move"])
        stock = moves._sire_get_due_amounts

        def withhold(moves):
            result = stock(moves)
            for move, rows in result.items():
                left, result[move] = 70.0, []
                for day, amount in rows:
                    taken = min(left, amount)
                    left -= taken
                    if amount > taken:
                        result[move].append((day, amount - taken))
            return result

        self.patch(moves, "_sire_get_due_amounts", withhold)

    def test_a_reminder_asks_for_the_money(self):
        move = self.bill(due=-8)
        self.assertEqual(self.plan(move), [(7, 930.0, "")])
        with self.assertSends(1) as letter:
            self.assertEqual((letter.line_ids.amount, letter._sire_total()), (930, "KSh 930"))

    def test_a_statement_says_what_is_overdue_without_it(self):
        """Nor does it say that all is overdue when a certificate alone is to come."""
        self.bill(due=-8), self.bill(due=30)
        paid = self.bill(due=-8)
        self.take_cash(paid, 930)
        sending = self.env["sire.statement.sending"].sudo().create({
            "client_id": self.client.id, "company_id": self.company.id, "partner_id": self.client.id,
            "date_from": self.day(-60), "date_to": self.day(0),
        })  # fmt: skip
        (balance,) = sending._sire_balances()
        self.assertEqual((balance["closing"], balance["overdue"]), ("KSh 2,070", "KSh 930"))

    def test_none_when_the_money_came(self):
        move = self.bill(due=-8)
        self.take_cash(move, 930)
        self.assertEqual((move.payment_state, move.amount_residual), ("partial", 70))
        self.assertEqual(self.plan(move), [])
        self.assertEqual(move.sire_reminder_next, "Nothing is left to pay")
        with self.assertSends(0):
            pass

    def test_credit_that_covers_the_money(self):
        move = self.bill(due=-8)
        self.pay_on_account(930)
        self.assertIn("KSh 930 of credit", self.plan(move)[0][2])

    def test_a_promise_is_kept_with_the_money(self):
        move = self.bill(due=-8)
        pauses = self.env["sire.reminder.pause"]
        promise = pauses._pause(move, "promise", self.company, until=date(2026, 11, 20))
        self.take_cash(move, 930)
        with self.at(5):
            pauses._settle_promises(self.company)
        self.assertEqual(promise.state, "kept")
        self.assertFalse(move.activity_ids)

    def test_the_base_of_a_late_fee_is_the_money(self):
        move, paid = self.bill(due=-40), self.bill(due=-40)
        self.take_cash(paid, 930)
        self.charge()
        self.assertEqual((self.fee(move).base, self.fee(move).amount), (930, 18.6))
        self.assertFalse(self.fee(paid))

    def test_credit_counts_once_for_the_money(self):
        moves = self.bill(due=-40) | self.bill(due=-39)
        self.pay_on_account(1000)
        self.charge()
        self.assertEqual(moves.sire_late_fee_ids.sorted("id").mapped("base"), [0, 860])
