"""Money that goes back: asked for once, and in the books once, whatever the network does."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .command_common import CommandCommon, paid_parameters


class RefundCommon(CommandCommon):
    def refund(self, tx, amount=None, send=True):
        """The button of the payment, and the commit.

        :return: the refund and its command
        """
        tx.with_user(self.accountant).action_refund(amount_to_refund=amount)
        refund = tx.child_transaction_ids.sorted("id")[-1:]
        if send:
            self.send("reversal")
        return refund, self.get_commands("reversal")[-1:]

    def get_out(self, tx):
        """What went out by refunds of this payment."""
        return self.env["account.payment"].search([("source_payment_id", "=", tx.payment_id.id)])


@tagged("post_install", "-at_install")
class TestRefund(RefundCommon):
    def test_by_the_button(self):
        tx = self.make_paid(500)
        payment = tx.payment_id.with_user(self.accountant)
        self.assertEqual(payment.amount_available_for_refund, 500)
        action = payment.action_refund_wizard()
        wizard = Form(self.env[action["res_model"]].with_user(self.accountant).with_context(active_id=payment.id))
        self.assertEqual((wizard.support_refund, wizard.amount_to_refund), ("partial", 500))
        wizard.save().action_refund()
        command = self.send("reversal")
        body = self.daraja.sent("reversal")[0][1]
        self.assertEqual(
            {
                key: body[key]
                for key in ("CommandID", "TransactionID", "Amount", "ReceiverParty", "RecieverIdentifierType")
            },
            {
                "CommandID": "TransactionReversal",
                "TransactionID": "NLJ7RT61SV",
                "Amount": 500,
                "ReceiverParty": 174379,
                "RecieverIdentifierType": "11",
            },
        )
        refund = tx.child_transaction_ids
        self.assertEqual((refund.state, refund.amount, refund.operation), ("pending", -500, "refund"))
        self.assertFalse(self.get_out(tx), "asked for is not done")
        self.assertDayBalances(booked=500, reversed=0)
        self.report(command, "0", Amount="500", TransCompletedTime="20200101120000")
        self.assertEqual((refund.state, refund.provider_reference), ("done", "REV0000001"))
        out = self.get_out(tx)
        self.assertEqual((out.payment_type, out.amount, out.state), ("outbound", 500, "in_process"))
        receipt = tx.mpesa_receipt_ids
        self.assertEqual((receipt.state, receipt.reversed_amount, receipt.returning_id.id), ("reversed", 500, False))
        self.assertGreaterEqual(out.date, payment.date, "no clock is that wrong")
        self.assertDayBalances(seen=500, booked=0, reversed=500)
        self.assertEqual(payment.amount_available_for_refund, 0)

    def test_in_parts(self):
        tx = self.make_paid(500)
        refund, command = self.refund(tx, 200)
        self.report(command, 0, Amount="200")
        receipt = tx.mpesa_receipt_ids
        self.assertEqual((refund.state, receipt.state, receipt.reversed_amount), ("done", "booked", 200))
        self.assertDayBalances(seen=500, booked=300, reversed=200)
        with self.assertRaisesRegex(UserError, "Only KSh 300"):
            self.refund(tx, 301)
        with self.assertRaisesRegex(UserError, "Only KSh 300"):
            self.refund(tx)
        refund, command = self.refund(tx, 300)
        self.report(command, 0)
        self.assertEqual((receipt.state, receipt.reversed_amount), ("reversed", 500))
        self.assertEqual(sorted(self.get_out(tx).mapped("amount")), [200, 300])
        self.assertDayBalances(seen=500, booked=0, reversed=500)

    def test_credit_goes_first(self):
        """The client paid more than the invoice needed: what goes back is that."""
        invoice = self.make_invoice(500)
        tx = self.request(500, invoice)
        other = self.make_paid(300, "AAAAAAA111", self.make_invoice(300))
        self.daraja.query_result = ("failed", "1032")
        self.receive(tx, self.failed_callback(tx, 1032))
        self.provider.mpesa_confirm_c2b = "never"
        self.confirm("AAAAAAA112", "500", invoice.mpesa_reference)
        self.assertEqual(invoice.payment_state, "paid")
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="AAAAAAA113"))
        self.assertDayBalances(seen=1300, booked=800, credit=500)
        _refund, command = self.refund(tx, 200)
        self.report(command, 0)
        self.assertDayBalances(seen=1300, booked=800, credit=300, reversed=200)
        self.assertTrue(self.get_out(tx).is_reconciled)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(other.state, "done")

    def test_credit_note_is_matched(self):
        invoice = self.make_invoice(500)
        tx = self.make_paid(500, invoice=invoice)
        note = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        note.action_post()
        refund, command = self.refund(tx)
        self.assertEqual(refund.invoice_ids, note)
        self.report(command, 0)
        self.assertIn(note.payment_state, ("paid", "in_payment"))
        self.assertTrue(self.get_out(tx).is_reconciled)
        self.assertDayBalances(seen=500, reversed=500)

    def test_double_click(self):
        tx = self.make_paid(500)
        self.refund(tx, 200)
        with self.assertRaisesRegex(UserError, "on its way"):
            self.refund(tx, 200)
        self.assertEqual(len(self.daraja.sent("reversal")), 1)

    def test_no_amount(self):
        tx = self.make_paid(500)
        for wrong in (0, 0.0, -5, 0.5, 200.25, float("nan"), float("inf"), True, False, "200", 501, 10**400):
            with self.subTest(wrong=wrong), self.assertRaises(UserError):
                self.refund(tx, wrong)
        self.assertFalse(tx.child_transaction_ids)
        self.assertFalse(self.get_commands("reversal"))

    def test_what_cannot_go_back(self):
        tx = self.request(500)
        with self.assertRaises(ValidationError):
            tx.with_user(self.accountant).action_refund()
        self.daraja.query_result = ("paid", "0")
        self.age(tx, 30)
        self.resolve()
        self.assertEqual((tx.state, tx.provider_reference), ("done", False))
        with self.assertRaisesRegex(UserError, "not named the receipt"):
            self.refund(tx)
        other = self.make_paid(500, "AAAAAAA111")
        self.provider.mpesa_initiator_name = False
        with self.assertRaisesRegex(UserError, "initiator is not set up"):
            self.refund(other)
        reader = self.make_user("mpesa.reads", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            other.with_user(reader).action_refund()

    def test_already_reversed_is_done(self):
        tx = self.make_paid(500)
        refund, command = self.refund(tx)
        self.report(command, "R000001")
        self.assertEqual((refund.state, command.state), ("done", "done"))
        self.assertFalse(refund.provider_reference)
        self.assertEqual(tx.mpesa_receipt_ids.state, "reversed")
        self.assertIn("not from here", tx.mpesa_receipt_ids.message_ids[:1].body)
        self.assertDayBalances(seen=500, reversed=500)

    def test_part_of_what_is_reversed_outside(self):
        tx = self.make_paid(500)
        _refund, command = self.refund(tx, 200)
        self.report(command, "R000001")
        receipt = tx.mpesa_receipt_ids
        self.assertEqual((receipt.state, receipt.reversed_amount), ("booked", 200))
        self.assertIn("KSh 200 of KSh 500", receipt.flag)
        _refund, command = self.refund(tx, 300)
        self.report(command, "R000001")
        self.assertEqual((receipt.state, receipt.flag), ("reversed", False))
        self.assertDayBalances(seen=500, reversed=500)

    def test_refused(self):
        tx = self.make_paid(500)
        for code, words in (
            ("1", "not enough money"),
            (21, "role"),
            ("2028", "whole payment"),
            ("77", "did not do it"),
        ):
            refund, command = self.refund(tx, 200)
            self.report(command, code)
            self.assertEqual((refund.state, command.state), ("error", "failed"))
            self.assertIn(words, refund.state_message)
        self.assertFalse(self.get_out(tx))
        self.assertDayBalances(seen=500, booked=500, reversed=0)

    def test_not_reached(self):
        tx = self.make_paid(500)
        bad = (400, {"requestId": "r", "errorCode": "400.002.02", "errorMessage": "Bad Request - Invalid Amount"})
        self.daraja.next_is("reversal", bad)
        refund, command = self.refund(tx)
        self.assertEqual((refund.state, command.state), ("error", "failed"))
        refund, command = self.refund(tx)
        self.assertEqual((refund.state, command.state), ("pending", "sent"))

    def test_twice_and_late(self):
        tx = self.make_paid(500)
        refund, command = self.refund(tx)
        self.report(command, 0, Amount="500")
        self.report(command, "0", Amount="500.00")
        self.report(command, "R000001")
        self.report(command, "1")
        self.report(command, 1, late=True)
        self.assertEqual((refund.state, command.state, len(self.get_out(tx))), ("done", "done", 1))
        self.assertEqual(tx.mpesa_receipt_ids.reversed_amount, 500)

    def test_success_after_failure(self):
        """What moved is booked, whatever was said before."""
        tx = self.make_paid(500)
        refund, command = self.refund(tx)
        self.report(command, "1")
        self.report(command, 0, Amount="500")
        self.assertEqual((refund.state, command.state, len(self.get_out(tx))), ("done", "done", 1))
        self.assertDayBalances(seen=500, reversed=500)

    def test_timed_out_and_done(self):
        tx = self.make_paid(500)
        refund, command = self.refund(tx)
        self.report(command, 1, late=True)
        self.assertEqual((refund.state, command.state), ("pending", "sent"))
        question = self.send("status")
        self.assertEqual(
            self.daraja.sent("status")[-1][1]["OriginalConversationID"], command.originator_conversation_id
        )
        self.assertNotIn("TransactionID", self.daraja.sent("status")[-1][1])
        self.report(question, **paid_parameters("REV0000009", 500, ReasonType="Pay Bill Reversal"))
        self.assertEqual((refund.state, refund.provider_reference), ("done", "REV0000009"))
        self.report(command, 0, Amount="500")
        self.assertEqual(len(self.get_out(tx)), 1)
        self.assertDayBalances(seen=500, reversed=500)

    def test_timed_out_and_not_done(self):
        tx = self.make_paid(500)
        refund, command = self.refund(tx)
        self.report(command, 1, late=True)
        self.report(self.send("status"), "R000002")
        self.assertEqual(refund.state, "pending", "Safaricom's own systems need their time")
        self.overdue(command)
        self.step()
        self.report(self.send("status"), "R000002")
        self.assertEqual((refund.state, command.state), ("error", "failed"))
        self.assertIn("gave the request up", refund.state_message)
        self.assertFalse(tx.mpesa_receipt_ids.returning_id)

    def test_nothing_comes(self):
        tx = self.make_paid(500)
        refund, command = self.refund(tx)
        for _turn in range(12):
            self.overdue(command, 3600)
            self.step()
            self.report(self.send("status"), "R000002")
        self.assertEqual((refund.state, command.state), ("pending", "sent"), "nobody said that it was not done")
        self.assertIn("not said whether", command.fault)
        self.assertEqual(len(tx.mpesa_receipt_ids.activity_ids), 1)
        self.assertEqual(len(self.daraja.sent("reversal")), 1)
        command.with_user(self.accountant).action_not_returned()
        self.assertEqual((refund.state, command.state), ("error", "failed"))
        refund, second = self.refund(tx)
        self.report(second, 0)
        self.assertEqual((refund.state, len(self.get_out(tx))), ("done", 1))

    def test_given_up_and_counted_later(self):
        """Staff gave it up, the next request learnt that it was done, and then its own result comes."""
        tx = self.make_paid(500)
        refund, first = self.refund(tx)
        with self.assertRaisesRegex(UserError, "wait five minutes"):
            first.action_not_returned()
        self.overdue(first)
        first.with_user(self.accountant).action_not_returned()
        again, second = self.refund(tx)
        self.report(second, "R000001")
        self.assertEqual((refund.state, again.state), ("error", "done"))
        self.report(first, 0, Amount="500")
        self.assertEqual((refund.state, len(self.get_out(tx))), ("error", 1))
        self.assertIn("counted already", first.fault)
        self.assertDayBalances(seen=500, reversed=500)

    def test_given_up_and_done_all_the_same(self):
        """Both moved money: both are in the books."""
        tx = self.make_paid(500)
        refund, first = self.refund(tx, 200)
        self.overdue(first)
        first.action_not_returned()
        again, second = self.refund(tx, 200)
        self.report(first, 0, Amount="200")
        self.assertTrue(tx.mpesa_receipt_ids.returning_id, "the second one is still on its way")
        self.report(second, 0, Amount="200")
        self.assertEqual((refund.state, again.state, len(self.get_out(tx))), ("done", "done", 2))
        self.assertFalse(tx.mpesa_receipt_ids.returning_id)
        self.assertDayBalances(seen=500, booked=100, reversed=400)

    def test_provider_is_disabled_meanwhile(self):
        tx = self.make_paid(500)
        refund, command = self.refund(tx, send=False)
        self.provider.state = "disabled"
        command._send()
        self.assertEqual((refund.state, self.daraja.sent("reversal")), ("error", []))

    def test_lost_answer(self):
        """It may have been taken: it is not sent again, and a result is believed when Safaricom knows its number."""
        tx = self.make_paid(500)
        self.daraja.next_is("reversal", (503, ""))
        refund, command = self.refund(tx)
        self.assertEqual(command.state, "unknown")
        self.overdue(command)
        self.step()
        self.assertEqual(len(self.daraja.sent("reversal")), 1)
        self.report(command, 0, ids={"OriginatorConversationID": "o-9", "ConversationID": "AG_9"})
        self.assertEqual((refund.state, command.is_adopted), ("pending", True))
        question = self.send("status")
        self.assertEqual(self.daraja.sent("status")[-1][1]["OriginalConversationID"], "o-9")
        self.report(question, **paid_parameters("REV0000009", 500, ReasonType="Pay Bill Reversal"))
        self.assertEqual((refund.state, len(self.get_out(tx))), ("done", 1))

    def test_lost_answer_and_a_forged_result(self):
        tx = self.make_paid(500)
        self.daraja.next_is("reversal", (503, ""))
        refund, command = self.refund(tx)
        self.report(command, "1", ids={"OriginatorConversationID": "o-9", "ConversationID": "AG_9"})
        for _turn in range(3):
            self.report(self.send("status"), "R000002")
            self.overdue(command)
            self.step()
        self.assertEqual(refund.state, "pending", "nobody may be led to return it a second time")

    def test_another_amount(self):
        tx = self.make_paid(500)
        refund, command = self.refund(tx)
        self.report(command, 0, Amount="5")
        self.assertEqual(refund.state, "pending")
        self.assertIn("KSh 5 was returned", command.fault)
        self.report(self.send("status"), **paid_parameters("REV0000009", 500, ReasonType="Pay Bill Reversal"))
        self.assertEqual((refund.state, command.fault), ("done", False))

    def test_too_late_to_send(self):
        tx = self.make_paid(500)
        refund, command = self.refund(tx, send=False)
        self.overdue(command, 7200)
        self.step()
        self.assertEqual((refund.state, command.state), ("error", "failed"))
        self.assertEqual(self.daraja.sent("reversal"), [])

    def test_killed_before_sending(self):
        tx = self.make_paid(500)
        refund, command = self.refund(tx, send=False)
        self.overdue(command, 60)
        self.step()
        self.assertEqual((refund.state, command.state), ("pending", "sent"))
        self.assertEqual(len(self.daraja.sent("reversal")), 1)

    def test_what_went_back_stays(self):
        tx = self.make_paid(500)
        _refund, command = self.refund(tx)
        self.report(command, 0)
        out = self.get_out(tx)
        for call in (out.action_draft, out.action_cancel, out.move_id.button_draft):
            with self.assertRaisesRegex(UserError, "went back"):
                call()
        with self.assertRaises(UserError):
            out.amount = 5
