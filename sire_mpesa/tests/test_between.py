"""Where flows meet: what one of them has booked, another one's late answer does not unmake."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
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

    def concluded(self):
        """A prompt that Safaricom calls paid without naming a receipt, and a receipt that is taken for its own.

        :return: both
        """
        self.provider.mpesa_confirm_c2b = "never"
        invoice = self.make_invoice(500)
        tx = self.request(500, invoice)
        self.daraja.query_result = ("paid", "0")
        tx._mpesa_ask()
        self.confirm("UKL7XQ2M4P", "500", invoice.mpesa_reference)
        return tx, self.get_receipt()

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
        tx, receipt = self.concluded()
        self.assertEqual((receipt.transaction_id, receipt.is_inferred), (tx, True))
        _refund, command = self.refund(tx, 200)
        self.report(command, 0)
        self.assertEqual(receipt.reversed_amount, 200)
        self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="UKLOTHER11"))
        self.assertEqual(
            (receipt.state, receipt.transaction_id.id, tx.provider_reference), ("booked", False, "UKLOTHER11")
        )
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

    def test_refund_of_no_amount(self):
        """What JSON-2 can send instead of an amount."""
        tx = self.make_paid(500)
        for amount in (float("nan"), float("inf"), -500, 0, 0.5, 10**400, True, "500", [500], {}):
            with self.assertRaises(UserError, msg=repr(amount)):
                tx.with_user(self.accountant).action_refund(amount_to_refund=amount)
        self.assertFalse(tx.child_transaction_ids)
        self.assertFalse(self.get_commands("reversal"))

    def test_batch_and_a_number_that_was_only_claimed(self):
        """A pay bill report names the number of a prompt before its callback; two callbacks come at once; then
        Safaricom denies the number: what the prompt said itself stays."""
        first, second = (self.request(500, phone=f"071234567{digit}") for digit in "12")
        self.confirm("UKLCLAIM11", "900", "NOBODY")
        question = self.send("status")
        receipt = self.get_receipt("UKLCLAIM11")
        self.assertEqual((receipt.state, receipt.confirmation), ("waiting", "asked"))
        self.daraja.query_result = ("paid", "0")
        for tx, number in ((first, "UKLCLAIM11"), (second, "UKLPLAIN11")):
            self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber=number), handle=False)
        self.process_webhooks()
        self.assertEqual((first | second).mapped("state"), ["done", "done"])
        self.assertEqual((receipt.state, receipt.amount, receipt.transaction_id), ("booked", 500, first))
        self.report(question, "R000002")
        self.assertEqual((receipt.state, receipt.transaction_id), ("booked", first))
        self.assertDayBalances(seen=1000, booked=1000)

    def test_batch_and_a_number_that_goes_back(self):
        """A callback names what is on its way back out of suspense; the return ends after it."""
        self.provider.mpesa_confirm_c2b = "never"
        receipt = self.lost("UKLGOBACK1")
        receipt.with_user(self.accountant).action_return()
        command = self.send("reversal")
        first, second = (self.request(500, phone=f"071234567{digit}") for digit in "12")
        self.daraja.query_result = ("paid", "0")
        for tx, number in ((first, "UKLGOBACK1"), (second, "UKLPLAIN11")):
            self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber=number), handle=False)
        self.process_webhooks()
        self.assertEqual((receipt.state, receipt.transaction_id), ("booked", first))
        with self.assertRaises(UserError):  # "on its way back", and nothing is left of it
            first.with_user(self.accountant).action_refund()
        self.report(command, 0)
        self.assertEqual((receipt.state, receipt.reversed_amount), ("reversed", 500))
        self.assertEqual(first.child_transaction_ids.mapped("state"), ["done"])
        self.assertDayBalances(seen=1000, booked=500, suspense=0, reversed=500)
        self.assertBooks()

    def test_wizards_show_no_other_companys_money(self):
        other = self.env["res.company"].create({"name": "Other Firm", "currency_id": self.company.currency_id.id})
        self.provider.mpesa_confirm_c2b = "never"
        receipt, invoice = self.lost(), self.make_invoice(700)
        user = self.make_user("mpesa.elsewhere", "account.group_account_invoice")
        user.write({"company_id": other.id, "company_ids": [Command.set(other.ids)]})
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            wizard = self.env["sire.mpesa.assign.wizard"].with_user(user).create({"receipt_id": receipt.id})
            wizard.invalidate_recordset()
            self.fail(wizard.read(["amount", "reference", "paid_at"]))
        for model in ("line", "suggestion"):
            lines = self.env[f"sire.mpesa.assign.{model}"].with_user(user)
            mine = self.env["sire.mpesa.assign.wizard"].create({"receipt_id": receipt.id})
            with self.assertRaises(AccessError):
                lines.create(
                    {"wizard_id": mine.id, "partner_id": self.other.id, "invoice_id": invoice.id, "amount": 1}
                    if model == "line"
                    else {"wizard_id": mine.id, "partner_id": self.other.id, "invoice_id": invoice.id}
                )
        with self.assertRaises(AccessError):
            self.env["sire.mpesa.request.wizard"].with_user(user).create({"invoice_ids": [Command.set(invoice.ids)]})

    def test_request_with_another_companys_invoice(self):
        """Beside an own one: what may be paid on it is not shown by the sum."""
        other = self.env["res.company"].create({"name": "Other Firm", "currency_id": self.company.currency_id.id})
        own, foreign = self.make_invoice(100), self.make_invoice(700)
        self.env.cr.execute("UPDATE account_move SET company_id = %s WHERE id = %s", [other.id, foreign.id])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            wizard = (
                self.env["sire.mpesa.request.wizard"]
                .with_user(self.accountant)
                .create({"invoice_ids": [Command.set((own | foreign).ids)]})
            )
            self.fail(wizard.amount)

    def test_on_its_way_back_is_not_taken_back(self):
        """A refund is under way when the receipt turns out not to be the prompt's: it stays until that has its end."""
        tx, receipt = self.concluded()
        _refund, command = self.refund(tx)
        event = self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="UKLOTHER11"))
        self.assertEqual((receipt.state, receipt.transaction_id.id), ("booked", False), event.error)
        with self.assertRaisesRegex(UserError, "on its way back"):
            receipt.with_user(self.accountant).action_take_back()
        self.report(command, 0)
        self.assertEqual((receipt.state, receipt.reversed_amount), ("reversed", 500))
        self.assertDayBalances(seen=1000, suspense=0, reversed=500)
        self.assertBooks()

    def test_denied_and_asked_about_again(self):
        """Whether new reports are believed at once or not: what Safaricom denied waits for its other answer."""
        invoice = self.make_invoice(500)
        self.confirm("UKL7XQ2M4P", "500", invoice.mpesa_reference)
        receipt = self.get_receipt()
        self.report_paid(self.send("status"), "UKL7XQ2M4P", 500, CreditPartyName="999999 - Somebody Else")
        self.assertEqual(receipt.state, "denied")
        self.provider.mpesa_confirm_c2b = "never"
        receipt.with_user(self.accountant).action_ask_safaricom()
        question = self.send("status")
        self.env.flush_all()
        self.env.cr.execute("UPDATE sire_mpesa_receipt SET next_try_at = now() AT TIME ZONE 'UTC'")
        self.env.invalidate_all()
        receipt._book()
        self.confirm("UKL7XQ2M4P", "500", invoice.mpesa_reference, LastName="AGAIN")
        self.assertEqual((receipt.state, invoice.payment_state), ("waiting", "not_paid"))
        self.report_paid(question, "UKL7XQ2M4P", 500)
        self.assertEqual((receipt.state, receipt.confirmation), ("booked", "confirmed"))
        self.assertEqual(invoice.payment_state, "paid")
