"""What nobody can place goes back to whoever paid it, and nobody gets it meanwhile."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_refund import RefundCommon


@tagged("post_install", "-at_install")
class TestReturn(RefundCommon):
    def setUp(self):
        super().setUp()
        self.provider.mpesa_confirm_c2b = "never"

    def test_two_clicks(self):
        receipt = self.lost()
        self.assertTrue(receipt.with_user(self.accountant).can_ask)
        receipt.with_user(self.accountant).action_return()
        self.assertEqual((receipt.state, receipt.to_return, bool(receipt.returning_id)), ("suspense", True, True))
        self.assertBooks()
        command = self.send("reversal")
        self.report(command, "0", Amount="500")
        self.assertEqual((receipt.state, receipt.reversed_amount, receipt.to_return), ("reversed", 500, False))
        self.assertEqual(self.get_balance(self.company._mpesa_get_suspense_account()), 0)
        self.assertEqual(self.get_balance(receipt._get_incoming_account()), 0)
        self.assertTrue(receipt.suspense_line_id.reconciled)
        self.assertDayBalances(seen=500, suspense=0, reversed=500)
        self.assertBooks()
        self.report(command, 0)
        self.assertBooks()
        for move in (receipt.return_move_id, receipt.suspense_line_id.move_id):
            with self.assertRaises(UserError):
                move.button_draft()

    def test_nobody_gets_it_meanwhile(self):
        invoice = self.make_invoice(500, partner=self.other)
        receipt = self.lost()
        receipt.action_return()
        with self.assertRaisesRegex(UserError, "on its way back"):
            receipt._assign([(self.other, invoice, 500)])
        with self.assertRaisesRegex(UserError, "on its way back"):
            receipt.action_return()
        self.assertEqual(invoice._mpesa_claim_receipt(receipt.name)["state"], "taken")
        self.report(self.send("reversal"), "21")
        self.assertFalse(receipt.returning_id)
        self.assertIn("not returned. The initiator may not do this", receipt.reason)
        self.assertEqual(len(receipt.activity_ids), 1)
        receipt._assign([(self.other, invoice, 500)])
        self.assertEqual(receipt.state, "booked")
        with self.assertRaisesRegex(UserError, "take it back first"):
            receipt.action_return()
        receipt.action_take_back()
        receipt.action_return()
        self.report(self.send("reversal"), 0)
        self.assertEqual(receipt.state, "reversed")
        self.assertBooks()

    def test_given_up_and_done_all_the_same(self):
        """Staff gave the return up and assigned the money, and then Safaricom says that it went back."""
        invoice = self.make_invoice(500, partner=self.other)
        receipt = self.lost()
        receipt.action_return()
        command = self.send("reversal")
        self.overdue(command)
        command.with_user(self.accountant).action_not_returned()
        receipt._assign([(self.other, invoice, 500)])
        self.assertEqual((receipt.state, invoice.amount_residual), ("booked", 0))
        self.report(command, 0, Amount="500")
        self.assertEqual((receipt.state, receipt.reversed_amount), ("reversed", 500))
        self.assertEqual(invoice.amount_residual, 500, "nobody paid it any more")
        self.assertEqual(self.get_balance(receipt._get_incoming_account()), 0)
        self.assertEqual(self.get_balance(self.company._mpesa_get_suspense_account()), 0)
        self.assertDayBalances(seen=500, reversed=500)
        self.assertBooks()

    def test_named_by_a_prompt_meanwhile(self):
        """It goes back, and then a prompt turns out to be paid by it: the books know both."""
        tx = self.request(500)
        receipt = self.lost("NLJ7RT61SV")
        receipt.action_return()
        command = self.send("reversal")
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="NLJ7RT61SV"))
        self.assertEqual((tx.state, receipt.transaction_id, receipt.state), ("done", tx, "booked"))
        self.report(command, 0)
        self.assertEqual((receipt.state, tx.child_transaction_ids.state), ("reversed", "done"))
        self.assertEqual(self.get_out(tx).amount, 500)
        self.assertDayBalances(seen=500, reversed=500)

    def test_who_may(self):
        receipt = self.lost()
        reader = self.make_user("mpesa.looks", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            receipt.with_user(reader).action_return()
        with self.assertRaises(AccessError):
            receipt.with_user(self.accountant).write({"reversed_amount": 500})
        outsider = self.make_user("mpesa.other", "account.group_account_invoice", company=self.company_2)
        with self.assertRaises(AccessError):
            receipt.with_user(outsider).action_return()
        command = self.env["sire.mpesa.command"]
        receipt.action_return()
        command = self.get_commands("reversal")
        with self.assertRaises(AccessError):
            command.with_user(outsider).action_not_returned()
        with self.assertRaises(AccessError):
            command.with_user(reader).action_check()

    def test_without_initiator(self):
        receipt = self.lost()
        self.provider.mpesa_initiator_name = False
        self.env.invalidate_all()
        self.assertFalse(receipt.can_ask)
        with self.assertRaisesRegex(UserError, "initiator is not set up"):
            receipt.action_return()
        self.assertFalse(receipt.to_return)

    def test_commands_by_sudo(self):
        """Nobody smuggles a command into another record."""
        receipt = self.lost()
        with self.assertRaises(AccessError):
            receipt.with_user(self.accountant).write({"command_ids": [Command.create({"kind": "reversal"})]})
