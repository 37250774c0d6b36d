"""Where flows meet: what one of them has booked, another one's late answer does not unmake."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_refund import RefundCommon


@tagged("post_install", "-at_install")
class TestBetween(RefundCommon):
    def booked_without_an_answer(self, account=None):
        """Safaricom was asked about a payment; before it answered, questions were turned off, and it was booked.

        :return: the receipt and the question
        """
        self.confirm("UKL7XQ2M4P", "500", account or self.make_invoice(500).mpesa_reference)
        question = self.send("status")
        receipt = self.get_receipt()
        self.provider.mpesa_confirm_c2b = "never"
        self.env.cr.execute(
            "UPDATE sire_mpesa_receipt SET next_try_at = now() AT TIME ZONE 'UTC' WHERE id = %s", [receipt.id]
        )
        self.env.invalidate_all()
        receipt._book()
        return receipt, question

    def test_denied_after_it_was_booked(self):
        receipt, question = self.booked_without_an_answer()
        self.assertEqual(receipt.state, "booked")
        self.report_paid(question, "UKL7XQ2M4P", 500, CreditPartyName="999999 - Somebody Else")
        self.assertEqual(receipt.state, "booked", "its payment is in the books")
        self.assertIn("no payment to us", receipt.flag)
        self.assertDayBalances(seen=500, booked=500)

    def test_denied_in_suspense(self):
        receipt, question = self.booked_without_an_answer("RENT")
        self.report_paid(question, "UKL7XQ2M4P", 500, CreditPartyName="999999 - Somebody Else")
        self.assertEqual(receipt.state, "suspense", "its entry is in the books")
        self.assertBooks()

    def test_another_amount_after_it_was_booked(self):
        receipt, question = self.booked_without_an_answer()
        self.report_paid(question, "UKL7XQ2M4P", 400)
        self.assertEqual((receipt.state, receipt.amount, receipt.payment_ids.amount), ("booked", 500, 500))
        self.assertIn("KSh 400", receipt.flag)
        self.assertDayBalances(seen=500, booked=500)

    def test_confirmed_after_it_was_booked(self):
        receipt, question = self.booked_without_an_answer()
        self.report_paid(question, "UKL7XQ2M4P", 500)
        self.assertEqual((receipt.state, receipt.confirmation, receipt.flag), ("booked", "confirmed", False))
        self.assertDayBalances(seen=500, booked=500)

    def test_claim_of_what_staff_return(self):
        """Staff want it to go back, perhaps by hand at Safaricom: a client's code does not get it meanwhile."""
        self.provider.mpesa_confirm_c2b = "never"
        receipt, invoice = self.lost(), self.make_invoice(500, partner=self.other)
        receipt.with_user(self.accountant).action_toggle_return()
        self.assertEqual(invoice._mpesa_claim_receipt(receipt.name)["state"], "taken")
        self.assertEqual((receipt.state, invoice.payment_state), ("suspense", "not_paid"))
        receipt.with_user(self.accountant).action_toggle_return()
        self.assertEqual(invoice._mpesa_claim_receipt(receipt.name)["state"], "paid")

    def test_part_went_back_and_then_another_receipt_is_named(self):
        """What is left of it can be placed anew, and no shilling of what went back."""
        self.provider.mpesa_confirm_c2b = "never"
        invoice = self.make_invoice(500)
        tx = self.request(500, invoice)
        self.daraja.query_result = ("paid", "0")
        tx._mpesa_ask()
        self.confirm("UKL7XQ2M4P", "500", invoice.mpesa_reference)
        receipt = self.get_receipt()
        self.assertEqual((receipt.transaction_id, receipt.is_inferred), (tx, True))
        _refund, command = self.refund(tx, 200)
        self.report(command, 0)
        self.assertEqual(receipt.reversed_amount, 200)
        self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="UKLOTHER11"))
        self.assertEqual((receipt.state, receipt.transaction_id.id, tx.provider_reference), ("booked", False, "UKLOTHER11"))
        self.assertDayBalances(seen=1000, reversed=200)
        with self.assertRaisesRegex(UserError, "went back"):
            receipt.with_user(self.accountant).action_take_back()
        self.assertBooks()

    def test_refund_for_several_invoices(self):
        """One prompt for two invoices, both credited: the whole goes back, and both credit notes are settled."""
        first, second = self.make_invoice(300), self.make_invoice(200)
        self.daraja.query_result = ("paid", "0")
        tx = (first | second)._mpesa_request(500, "0712345678")
        tx._mpesa_send_push()
        self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="UKLBOTH111"))
        self.assertEqual((first | second).mapped("payment_state"), ["paid", "paid"])
        notes = (first | second)._reverse_moves([{"invoice_date": move.invoice_date} for move in (first, second)])
        notes.action_post()
        refund, command = self.refund(tx)
        self.assertEqual(refund.invoice_ids, notes)
        self.report(command, 0)
        self.assertEqual(notes.mapped("amount_residual"), [0, 0])
        self.assertDayBalances(seen=500, booked=0, credit=0, reversed=500)
