"""An invoice of late fees that an ordinary credit note gives back: what is decided for the month follows it, and stays decided."""

from odoo import Command
from odoo.tests import tagged

from .late_fee_common import DECEMBER, LateFeeCommon


@tagged("post_install", "-at_install")
class TestLateFeeCredited(LateFeeCommon):
    """Two invoices of KSh 1,000 are late: KSh 20 for each, on one invoice of fees that the client has."""

    def setUp(self):
        super().setUp()
        self.first, self.second = self.bill(due=-40), self.bill(due=-40)
        self.made = self.charge()
        self.made.invoice_date = self.today
        self.made.action_post()

    def credit(self, *keep, user=None, post=True):
        """A credit note by the host's wizard: for all, or for the lines of these late invoices only."""
        wizard = self.env["account.move.reversal"].with_user(user or self.user_accountant)
        wizard = wizard.with_context(active_model="account.move", active_ids=self.made.ids).create(
            {"journal_id": self.made.journal_id.id, "reason": "Agreed on the phone"}
        )
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        if keep:
            lines = note.invoice_line_ids.filtered(lambda line: not any(one.name in line.name for one in keep))
            note.invoice_line_ids = [Command.delete(line.id) for line in lines]
        if post:
            note.action_post()
        return note

    def states(self):
        return [self.fee(move).state for move in (self.first, self.second)]

    def test_all_of_it(self):
        note = self.credit(post=False)
        self.assertEqual(self.states(), ["charged", "charged"], "a draft gives nothing back")
        note.action_post()
        self.assertEqual(self.states(), ["credited", "credited"])
        self.assertEqual(self.fee(self.first).reason, f"Credited by {note.name}")
        self.assertEqual((self.fee(self.first).amount, self.fee(self.first).fee_move_id), (20, self.made))
        self.assertEqual(self.first.sire_late_fee_said, "None")
        self.assertIn(f"No late fee for November 2026: Credited by {note.name}", str(self.first.message_ids[0].body))

    def test_the_month_stays_decided(self):
        self.credit()
        self.assertFalse(self.charge(2026, 12, 2, 8, 0))
        with self.assertRefused("There is no late fee on"):
            self.env["sire.late.fee"].with_user(self.user_accountant)._waive(self.first, self.made.date, "Again")
        later = self.charge(2027, 1, 1, 8, 0)
        self.assertEqual((later.amount_untaxed, self.fee(self.first, DECEMBER).state), (40, "charged"))

    def test_one_of_its_lines(self):
        self.credit(self.second)
        self.assertEqual(self.states(), ["charged", "credited"])
        self.credit(self.first)
        self.assertEqual(self.states(), ["credited", "credited"])

    def test_a_part_of_a_line(self):
        """Half a fee is a fee; two halves given back are none."""
        for state in ("charged", "credited"):
            note = self.credit(self.second, post=False)
            note.invoice_line_ids.price_unit = 10
            note.action_post()
            self.assertEqual(self.states(), ["charged", state])

    def test_after_it_was_paid(self):
        self.take_cash(self.made)
        self.credit()
        self.assertEqual(self.states(), ["credited", "credited"])

    def test_what_is_given_back_is_not_counted_with_the_most(self):
        self.rule(most=2)
        self.credit(self.first)
        later = self.charge(2027, 1, 1, 8, 0)
        self.assertEqual((later.amount_untaxed, self.fee(self.second, DECEMBER).state), (20, "skipped"))

    def test_a_credit_note_that_is_taken_back(self):
        note = self.credit()
        note.line_ids.remove_move_reconcile()
        note.button_draft()
        self.assertEqual(self.states(), ["charged", "charged"])
        self.assertFalse(self.fee(self.first).reason)
        self.assertIn("November 2026 is charged again", str(self.first.message_ids[0].body))
        note.action_post()
        self.assertEqual(self.states(), ["credited", "credited"])

    def test_void_is_waived(self):
        self.made._sire_void("Never ordered")
        self.assertEqual(self.states(), ["waived", "waived"])
        self.assertEqual(self.fee(self.first).reason, "Never ordered")
        self.assertNotIn("Credited by", str(self.first.message_ids.mapped("body")))

    def test_a_late_invoice_that_is_void_afterwards(self):
        self.credit()
        self.first._sire_void("Never ordered")
        self.assertEqual(self.states(), ["credited", "credited"])
        self.assertNotIn("stays on", str(self.first.message_ids.mapped("body")))
