from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import MpesaCommon, sample


@tagged("post_install", "-at_install")
class TestResolver(MpesaCommon):
    def test_no_callback_then_paid_by_query(self):
        invoice = self.make_invoice()
        tx = self.request(1160, invoice)
        self.resolve()
        self.assertFalse(self.daraja.sent("query"), "the callback has some seconds first")
        self.daraja.query_result = ("paid", "0")
        self.age(tx, 21)
        self.resolve()
        self.assertEqual((tx.state, invoice.payment_state, tx.provider_reference), ("done", "paid", False))
        self.assertIn("receipt number follows", tx._mpesa_status()["message"])
        self.assertFalse(tx.mpesa_next_query_at)
        event = self.receive(tx, self.paid_callback(tx))  # late: it brings the receipt and no second payment
        self.assertEqual(event.state, "done")
        self.assertEqual((tx.provider_reference, invoice.sire_mpesa_receipts), ("NLJ7RT61SV", "NLJ7RT61SV"))
        self.assertEqual(len(self.get_payments(invoice)), 1)
        self.assertIn("NLJ7RT61SV", tx.payment_id.memo)
        event = self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="OTHER12345"))
        self.assertEqual(event.state, "parked")

    def test_failed_by_query(self):
        tx = self.request()
        self.daraja.query_result = ("failed", "1032")
        self.age(tx, 30)
        self.resolve()
        self.assertEqual((tx.state, tx.mpesa_next_query_at), ("cancel", False))

    def test_a_failure_is_asked_about_once(self):
        tx = self.request()
        self.receive(tx, self.failed_callback(tx, 1032))
        self.assertEqual((tx.state, self.daraja.sent("query")), ("cancel", []))
        self.daraja.query_result = ("failed", "1032")
        self.age(tx, 30)
        self.resolve()
        self.assertEqual((tx.state, tx.mpesa_next_query_at), ("cancel", False))
        self.receive(tx, self.failed_callback(tx, 1032, ResultDesc="again"))
        self.assertFalse(tx.mpesa_next_query_at, "Safaricom has said so itself")
        self.assertEqual(len(self.daraja.sent("query")), 1)

    def test_a_failure_that_is_a_lie(self):
        """Somebody who knows the address and both ids says that it failed; the payer pays; no callback ever comes."""
        invoice = self.make_invoice()
        tx = self.request(500, invoice)
        self.receive(tx, self.failed_callback(tx, 1032))
        self.assertEqual((tx.state, invoice._sire_get_payable()), ("cancel", 1160))
        self.age(tx, 30)
        self.resolve()  # Safaricom does not know yet
        self.assertEqual(tx.state, "cancel")
        self.assertTrue(tx.mpesa_next_query_at, "nobody has answered")
        self.receive(tx, self.failed_callback(tx, 2001))
        self.assertTrue(tx.mpesa_next_query_at)
        self.daraja.query_result = ("paid", "0")
        self.age(tx, 60)
        self.resolve()
        self.assertEqual((tx.state, tx.payment_id.amount, invoice.amount_residual), ("done", 500, 660))
        self.assertIn("arrived after the prompt had ended", " ".join(invoice.message_ids.mapped("body")))

    def test_a_failure_where_callbacks_are_believed(self):
        self.provider.mpesa_confirm_callbacks = False
        tx = self.request()
        self.receive(tx, self.failed_callback(tx, 1032))
        self.assertEqual((tx.state, tx.mpesa_next_query_at), ("cancel", False))

    def test_nothing_else_declares_failure(self):
        answers = [
            (500, sample("error_pending")),
            (500, sample("gateway_spike")),
            (429, sample("gateway_spike")),
            (200, "<html/>"),
            (503, ""),
            (200, {"ResponseCode": "0", "ResultCode": "4999", "ResultDesc": "still under processing"}),
            (200, {"ResponseCode": "0", "ResultCode": "31337", "CheckoutRequestID": "ws_CO_1"}),
            (200, {"ResponseCode": "1", "ResultCode": "1032"}),
            (200, {"ResponseCode": "0", "ResultCode": True}),
            (400, sample("error_bad_field")),
            (200, {"ResponseCode": "0", "ResultCode": "0", "CheckoutRequestID": "ws_CO_another"}),
            TimeoutError(),
        ]
        for answer in answers:
            with self.subTest(answer=answer):
                self.daraja.prompts = 0
                tx = self.request()
                self.age(tx, 30)
                self.daraja.next_is("query", answer)
                if isinstance(answer, Exception):
                    with self.assertLogs("odoo.addons.sire_mpesa.models.payment_transaction_resolver", "ERROR"):
                        self.resolve()
                else:
                    self.resolve()
                self.assertEqual(tx.state, "pending")
                tx.mpesa_checkout_request_id = False

    def test_release_and_late_truth(self):
        invoice = self.make_invoice()
        tx = self.request(1160, invoice)
        self.age(tx, 170)
        self.resolve()
        self.assertEqual((tx.state, invoice._sire_get_payable()), ("pending", 0))
        self.assertLessEqual(tx.mpesa_next_query_at, tx.mpesa_requested_at + timedelta(seconds=180))
        self.age(tx, 181)
        self.resolve()
        self.assertEqual((tx.state, invoice._sire_get_payable()), ("error", 1160), "never left locked")
        status = tx._mpesa_status()
        self.assertEqual((status["state"], status["retry"]), ("failed", True))
        self.assertIn("could not confirm", status["message"])
        self.assertIn("do not pay again", status["message"])
        self.assertTrue(tx.mpesa_next_query_at, "and the question stays open")
        self.daraja.query_result = ("paid", "0")
        self.age(tx, 4000)
        self.resolve()
        self.assertEqual((tx.state, invoice.payment_state), ("done", "paid"))
        self.assertIn("arrived after", " ".join(invoice.message_ids.mapped("body")))

    def test_released_then_failed(self):
        tx = self.request()
        self.age(tx, 200)
        self.resolve()
        self.daraja.query_result = ("failed", "1037")
        self.age(tx, 300)
        self.resolve()
        self.assertEqual((tx.state, tx.mpesa_next_query_at), ("error", False))
        self.assertIn("could not be reached", tx._mpesa_status()["message"])

    def test_unknown_push_waits_then_is_released(self):
        self.daraja.next_is("push", (503, ""))
        tx = self.request()
        self.age(tx, 60)
        self.resolve()
        self.assertEqual(tx.state, "pending")
        self.age(tx, 181)
        self.resolve()
        self.assertEqual((tx.state, tx.mpesa_result_code, tx.mpesa_next_query_at), ("error", "unconfirmed", False))
        self.assertFalse(self.daraja.sent("query"))
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx))
        self.assertEqual(tx.state, "done")

    def test_killed_while_sending(self):
        """The claim is committed and the answer is not: the prompt may have rung."""
        tx = self.request(send=False)
        tx._mpesa_claim_push()
        self.age(tx, 60)
        self.resolve()
        self.assertFalse(tx._mpesa_send_push())
        self.assertEqual((tx.state, tx.mpesa_push_state), ("pending", "sending"))
        self.age(tx, 181)
        self.resolve()
        self.assertEqual(tx.state, "error")
        self.assertFalse(self.daraja.sent("push"))

    def test_killed_before_sending(self):
        tx = self.request(send=False)
        self.age(tx, 25)
        self.resolve()
        self.assertEqual((tx.state, tx.mpesa_push_state), ("pending", "sent"))
        self.assertEqual(len(self.daraja.sent("push")), 1)
        late = self.request(send=False)
        self.age(late, 130)
        self.assertFalse(late._mpesa_send_push())
        self.resolve()
        self.assertEqual((late.state, late.mpesa_push_state), ("error", "not_sent"))
        self.assertIn("was not sent", late._mpesa_status()["message"])
        self.assertEqual(len(self.daraja.sent("push")), 1)

    def test_questions_get_rarer_and_end(self):
        tx = self.request()
        pauses = []
        for age in (30, 200, 2000, 90000):
            self.age(tx, age)
            self.resolve()
            pauses.append(round((tx.mpesa_next_query_at - fields.Datetime.now()).total_seconds()))
        self.assertEqual(pauses, sorted(pauses))
        self.age(tx, 49 * 3600)
        self.resolve()
        self.assertFalse(tx.mpesa_next_query_at)

    def test_contradicted_query_waits_for_a_person(self):
        invoice = self.make_invoice()
        tx = self.request(500, invoice)
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx, Amount=5))
        self.age(tx, 30)
        self.resolve()
        self.assertEqual((tx.state, bool(tx.mpesa_flag)), ("pending", True))
        self.age(tx, 181)
        self.resolve()
        self.assertEqual((tx.state, tx.mpesa_result_code), ("error", "contradiction"))
        self.assertEqual(invoice._sire_get_payable(), 1160)
        self.assertFalse(tx._mpesa_status()["retry"])
        accountant = self.make_user("mpesa.accountant", "account.group_account_invoice")
        action = tx.with_user(accountant).action_mpesa_query()
        self.assertIn("Paid", action["params"]["message"])
        self.assertEqual((tx.state, invoice.payment_state), ("done", "partial"))

    def test_confirmed_too_late_for_the_inbox_is_no_contradiction(self):
        tx = self.request()
        event = self.receive(tx, self.paid_callback(tx))
        event.state = "parked"  # Safaricom could not be reached for hours
        self.assertFalse(tx.mpesa_flag)
        self.daraja.query_result = ("paid", "0")
        self.age(tx, 100)
        self.resolve()
        self.assertEqual(tx.state, "done")

    def test_ask_by_hand(self):
        accountant = self.make_user("mpesa.accountant", "account.group_account_invoice")
        tx = self.request()
        self.assertIn("prompt is on its way", tx.with_user(accountant).action_mpesa_query()["params"]["message"])
        self.daraja.query_result = ("failed", "31337")  # a person asked: even a code that we do not know ends it
        self.assertIn("did not make", tx.with_user(accountant).action_mpesa_query()["params"]["message"])
        self.daraja.query_result = ("paid", "0")
        self.assertIn("Paid", tx.with_user(accountant).action_mpesa_query()["params"]["message"])
        queries = len(self.daraja.sent("query"))
        tx.with_user(accountant).action_mpesa_query()
        self.assertEqual(len(self.daraja.sent("query")), queries, "what is paid is not asked again")
        with self.assertRaises(AccessError):
            tx.with_user(self.make_user("mpesa.nobody")).action_mpesa_query()
        unsent = self.request(send=False)
        self.assertIn("no number", unsent.with_user(accountant).action_mpesa_query()["params"]["message"])

    def test_one_bad_prompt_does_not_stop_the_others(self):
        bad, good = self.request(), self.request()
        self.daraja.query_result = ("paid", "0")
        for tx in (bad, good):
            self.age(tx, 30)
        bad.mpesa_next_query_at = fields.Datetime.subtract(fields.Datetime.now(), seconds=60)
        self.daraja.next_is("query", RuntimeError("broken"))
        self.env.flush_all()
        with self.assertLogs("odoo.addons.sire_mpesa.models.payment_transaction_resolver", "ERROR"):
            with self.enter_cron():
                self.env["payment.transaction"]._cron_mpesa_resolve()
        self.env.invalidate_all()
        self.assertEqual((bad.state, good.state), ("pending", "done"))

    def test_cron_is_triggered_by_the_prompt(self):
        cron = self.env.ref("sire_mpesa.ir_cron_mpesa_resolve")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        tx = self.request(send=False)
        new = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
        self.assertEqual(new.call_at, tx.mpesa_next_query_at)
