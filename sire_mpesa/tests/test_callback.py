from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import MpesaCommon, sample


@tagged("post_install", "-at_install")
class TestCallback(MpesaCommon):
    def setUp(self):
        super().setUp()
        self.daraja.query_result = ("paid", "0")

    def assertPaid(self, tx, receipt="NLJ7RT61SV"):
        self.assertEqual((tx.state, tx.provider_reference or ""), ("done", receipt or ""))
        self.assertEqual(tx.payment_id.amount, tx.amount)
        self.assertEqual(len(self.get_payments(tx.invoice_ids)), 1)

    def assertNotBooked(self, tx, event, words):
        self.assertEqual(event.state, "parked")
        self.assertRegex(event.error, words)
        self.assertNotEqual(tx.state, "done")
        self.assertFalse(tx.payment_id)
        self.assertFalse(self.get_payments(tx.invoice_ids))

    def test_part_then_rest(self):
        invoice = self.make_invoice()
        first = self.request(500, invoice)
        event = self.receive(first, self.paid_callback(first))
        self.assertEqual(event.state, "done")
        self.assertPaid(first)
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("partial", 660))
        second = self.request(660, invoice)
        self.receive(second, self.paid_callback(second, MpesaReceiptNumber="NLJ7RT61SW"))
        self.assertEqual(second.state, "done")
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("paid", 0))
        self.assertEqual(invoice.sire_mpesa_receipts, "NLJ7RT61SV, NLJ7RT61SW")
        self.assertEqual(first.payment_id.journal_id.code, "MPESA")
        self.assertIn("NLJ7RT61SV", first.payment_id.memo)

    def test_every_form_of_a_success(self):
        variants = [
            ({}, "NLJ7RT61SV"),
            ({"Amount": 500}, "NLJ7RT61SV"),
            ({"Amount": "500.00"}, "NLJ7RT61SV"),
            ({"ResultCode": "0"}, "NLJ7RT61SV"),
            ({"TransactionDate": "20261120231500", "PhoneNumber": "2547****5678"}, "NLJ7RT61SV"),
            ({"MpesaReceiptNumber": " nlj7rt61sv "}, "NLJ7RT61SV"),
            ({"MpesaReceiptNumber": None}, ""),
            ({"Amount": None}, "NLJ7RT61SV"),
            ({"CallbackMetadata": None}, ""),
            ({"CallbackMetadata": {"Item": {"Name": "Amount", "Value": 500}}}, ""),
            ({"CallbackMetadata": {"Item": "nothing"}}, ""),
        ]
        for number, (values, receipt) in enumerate(variants):
            with self.subTest(values=values):
                tx = self.request()
                receipt = receipt and f"{receipt}{number}"
                if receipt and "MpesaReceiptNumber" not in values:
                    values = {**values, "MpesaReceiptNumber": receipt}
                elif receipt:
                    values = {**values, "MpesaReceiptNumber": f" {receipt.lower()} "}
                data = self.paid_callback(tx)
                callback = data["Body"]["stkCallback"]
                for key, value in values.items():
                    items = [i for i in callback.get("CallbackMetadata", {}).get("Item", []) if i["Name"] == key]
                    if items:
                        items[0]["Value"] = value
                    else:
                        callback[key] = value
                self.receive(tx, data)
                self.assertPaid(tx, receipt)

    def test_samples_of_other_shapes(self):
        for name, receipt in (("stk_callback_masked", "TKL8QW2E4R"), ("stk_callback_bare", "")):
            tx = self.request()
            data = sample(name)
            data["Body"]["stkCallback"].update(
                MerchantRequestID=tx.mpesa_merchant_request_id, CheckoutRequestID=tx.mpesa_checkout_request_id
            )
            self.receive(tx, data)
            self.assertPaid(tx, receipt)

    def test_true_repetition_is_one_row(self):
        tx = self.request()
        first = self.receive(tx, self.paid_callback(tx))
        self.assertEqual(self.receive(tx, self.paid_callback(tx)), first)
        second = self.receive(tx, self.paid_callback(tx, Amount=500))  # the same said differently
        self.assertNotEqual(second, first)
        self.assertEqual(second.state, "done")
        self.assertPaid(tx)

    def test_failures_in_words(self):
        cases = {
            1: ("error", "not enough money"), "1": ("error", "not enough money"), 1032: ("cancel", "cancelled on the phone"),
            1037: ("error", "could not be reached"), 2001: ("error", "PIN was wrong"), 1019: ("error", "not answered in time"),
            1001: ("error", "another M-Pesa prompt open"), 17: ("error", "two minutes"), 26: ("error", "busy"),
            9999: ("error", "busy"), 1025: ("error", "busy"), 2: ("error", "less than"), 3: ("error", "limit"),
            4: ("error", "limit"), 8: ("error", "limit"), 2028: ("error", "our setup"),
            "SFC_IC0003": ("error", "our setup"), 8006: ("error", "our setup"), 424242: ("error", "did not make this payment"),
        }  # fmt: skip
        for code, (state, words) in cases.items():
            with self.subTest(code=code):
                invoice = self.make_invoice()
                tx = self.request(500, invoice)
                event = self.receive(tx, self.failed_callback(tx, code))
                self.assertEqual((event.state, tx.state), ("done", state))
                self.assertIn(words, tx.state_message)
                status = tx._mpesa_status()
                self.assertEqual(status["state"], "failed")
                self.assertIn(words, status["message"])
                self.assertEqual(status["retry"], "our setup" not in words)
                self.assertEqual(invoice._sire_get_payable(), 1160)
                self.assertTrue(tx.mpesa_next_query_at, "anybody can say so: it stays a question")
        self.assertFalse(
            self.daraja.sent("query"), "a failure moves no money: it is believed at once and asked about later"
        )

    def test_forged_amount(self):
        for amount in (5, 499.99, 500.5, 5000, -500, "NaN", "x"):
            with self.subTest(amount=amount):
                tx = self.request()
                event = self.receive(tx, self.paid_callback(tx, Amount=amount))
                self.assertNotBooked(tx, event, "500 was asked for")
                self.assertIn("500 was asked for", tx.mpesa_flag)

    def test_forged_ids(self):
        for values in ({"CheckoutRequestID": "ws_CO_77"}, {"MerchantRequestID": "m-77"}, {"CheckoutRequestID": ""}):
            tx = self.request()
            event = self.receive(tx, self.paid_callback(tx, **values))
            self.assertNotBooked(tx, event, "another prompt")

    def test_unreadable(self):
        for body in (b"", b"{", b"[]", b"null", b"\x00\xff", b'{"Body": 1}', b'{"Body": {"stkCallback": []}}',
                     b'{"Body": {"stkCallback": {"ResultCode": true}}}', b'{"Body": {"stkCallback": {}}}', b"NaN"):  # fmt: skip
            with self.subTest(body=body):
                tx = self.request(10)
                event = self.receive(tx, body)
                self.assertNotBooked(tx, event, "not JSON|no STK callback|not an STK callback")
                self.assertIn("could not be read", tx.mpesa_flag)

    def test_success_that_safaricom_denies(self):
        self.daraja.query_result = ("failed", "1032")
        tx = self.request()
        event = self.receive(tx, self.paid_callback(tx))
        self.assertNotBooked(tx, event, "callback says paid, and Safaricom says")

    def test_success_that_safaricom_cannot_confirm_yet(self):
        tx = self.request()
        self.daraja.query_result = ("pending", "500.001.1001")
        event = self.receive(tx, self.paid_callback(tx))
        self.assertEqual((event.state, tx.state), ("received", "pending"))
        self.daraja.next_is("query", (500, sample("gateway_spike")))
        self.process_webhooks(retries=True)
        self.assertEqual((event.state, tx.state), ("received", "pending"))
        self.daraja.query_result = ("paid", "0")
        self.process_webhooks(retries=True)
        self.assertEqual(event.state, "done")
        self.assertPaid(tx)

    def test_confirmation_can_be_switched_off(self):
        self.provider.mpesa_confirm_callbacks = False
        tx = self.request()
        self.receive(tx, self.paid_callback(tx))
        self.assertPaid(tx)
        self.assertFalse(self.daraja.sent("query"))

    def test_ids_are_adopted_after_confirmation_only(self):
        self.provider.mpesa_confirm_callbacks = False
        for outcome, is_paid in (
            (("paid", "0"), True),
            (("failed", "1032"), False),
            (("pending", "500.001.1001"), False),
        ):
            self.daraja.query_result = outcome
            self.daraja.next_is("push", (503, ""))
            tx = self.request()
            self.assertEqual(tx.mpesa_push_state, "unknown")
            self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="AAAAAAAAA1"))
            self.assertEqual(tx.state == "done", is_paid)
            self.assertEqual(tx.mpesa_checkout_request_id, "ws_CO_9" if is_paid else False)

    def test_adopted_id_of_another_transaction(self):
        """Who knows a token and the number of another prompt that was paid must not pay twice with it."""
        other = self.request()
        self.daraja.next_is("push", (503, ""))
        tx = self.request()
        event = self.receive(
            tx,
            self.paid_callback(
                tx,
                MerchantRequestID=other.mpesa_merchant_request_id,
                CheckoutRequestID=other.mpesa_checkout_request_id,
            ),
        )
        self.assertNotBooked(tx, event, "belongs to")

    def test_receipt_is_booked_once(self):
        first, second = self.request(), self.request()
        self.receive(first, self.paid_callback(first))
        event = self.receive(second, self.paid_callback(second))
        self.assertNotBooked(second, event, f"NLJ7RT61SV is booked already, on {first.reference}")

    def test_failure_after_success(self):
        tx = self.request()
        self.receive(tx, self.paid_callback(tx))
        event = self.receive(tx, self.failed_callback(tx, 1032))
        self.assertEqual((event.state, tx.state), ("parked", "done"))

    def test_success_after_failure_is_booked_and_told(self):
        for code in (1032, 1037, 2001):
            invoice = self.make_invoice()
            tx = self.request(500, invoice)
            self.receive(tx, self.failed_callback(tx, code))
            self.assertIn(tx.state, ("cancel", "error"))
            self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber=f"LATE{code}XX"))
            self.assertEqual((tx.state, invoice.payment_state), ("done", "partial"))
            notes = " ".join(invoice.message_ids.mapped("body"))
            self.assertIn("arrived after the prompt had ended", notes)
            self.assertIn(f"LATE{code}XX", notes)
            self.assertEqual(tx._mpesa_status()["state"], "paid")

    def test_invoice_paid_otherwise_meanwhile(self):
        """The money is real: it is booked and stays as the client's credit."""
        invoice = self.make_invoice()
        tx = self.request(1160, invoice)
        self.receive(tx, self.failed_callback(tx, 1032))
        self.make_wizard(invoice)._create_payments()
        self.assertEqual(invoice.payment_state, "paid")
        self.receive(tx, self.paid_callback(tx))
        self.assertEqual(tx.state, "done")
        payment = tx.payment_id
        self.assertEqual((payment.state, payment.amount, payment.partner_id), ("in_process", 1160, self.partner))
        receivable = payment.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        self.assertEqual((receivable.amount_residual, receivable.reconciled), (-1160, False))
        self.assertEqual(invoice.amount_residual, 0)

    def test_invoice_reset_or_cancelled_meanwhile(self):
        invoice = self.make_invoice()
        tx = self.request(500, invoice)
        if hasattr(invoice, "_sire_get_hold"):  # sire_billing refuses that; whatever happened, money is booked
            self.patch(type(invoice), "_sire_get_hold", lambda move: "")
        invoice.button_draft()
        invoice.button_cancel()
        self.receive(tx, self.paid_callback(tx))
        self.assertEqual((tx.state, tx.payment_id.amount, invoice.state), ("done", 500, "cancel"))

    def test_dates_are_those_of_nairobi(self):
        """23:15 and 00:15 on the clock of Nairobi, 20:15 and 21:15 UTC: two days."""
        for stamp, date, utc in (
            (20261120231500, "2026-11-20", "2026-11-20 20:15:00"),
            (20261121001500, "2026-11-21", "2026-11-20 21:15:00"),
        ):
            tx = self.request()
            self.env.flush_all()
            self.env.cr.execute("UPDATE payment_transaction SET create_date = %s WHERE id = %s", [utc, tx.id])
            tx.invalidate_recordset()
            with self.mocked_now("2026-11-20 21:20:00"):
                self.receive(tx, self.paid_callback(tx, TransactionDate=stamp, MpesaReceiptNumber=f"R{stamp}"))
            self.assertEqual(tx.mpesa_paid_at, fields.Datetime.to_datetime(utc))
            self.assertEqual(tx.payment_id.date, fields.Date.to_date(date))

    def test_a_date_that_cannot_be(self):
        tx = self.request()
        self.receive(tx, self.paid_callback(tx, TransactionDate=19990101000000))
        self.assertLess(abs((tx.mpesa_paid_at - fields.Datetime.now()).total_seconds()), 60)

    def test_booking_that_fails_does_not_unmake_the_payment(self):
        tx = self.request()
        self.patch(type(tx), "_create_payment", lambda _tx, **_values: 1 / 0)
        with self.assertLogs("odoo.addons.sire_mpesa.models.payment_transaction_result", "ERROR"):
            event = self.receive(tx, self.paid_callback(tx))
        self.assertEqual((event.state, tx.state, tx.is_post_processed), ("done", "done", False))
        self.assertEqual(tx.invoice_ids._sire_get_payable(), 660, "confirmed and not booked: it holds")

    def test_deleted_transaction(self):
        tx = self.request()
        event = self.receive(tx, self.paid_callback(tx), handle=False)
        tx.invoice_ids.transaction_ids = False
        tx.unlink()
        self.process_webhooks()
        self.assertEqual(event.state, "parked")

    def test_two_companies_side_by_side(self):
        """Each company's receipts are its own: the same number twice is two payments."""
        tx = self.request()
        self.receive(tx, self.paid_callback(tx))
        other = self.request()
        other.flush_recordset()
        self.env.cr.execute(
            "UPDATE payment_transaction SET company_id = %s WHERE id = %s", [self.company_2.id, other.id]
        )
        other.invalidate_recordset()
        self.assertIsNone(other._mpesa_find_fault(self.parse(self.paid_callback(other))))


@tagged("post_install", "-at_install")
class TestCallbackRoute(MpesaCommon, HttpCase):
    def post(self, token, data=None, **kwargs):
        return self.url_open(f"/sire/pay/stk/{token}", json=data or {"Body": 1}, **kwargs)

    def test_answer_and_row(self):
        tx = self.request()
        self.daraja.query_result = ("paid", "0")
        response = self.post(tx.mpesa_callback_token, self.paid_callback(tx))
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.json(), {"ResultCode": 0, "ResultDesc": "Accepted"})
        self.assertNotIn("Set-Cookie", response.headers)
        event = self.env["sire.webhook.event"].search([("provider", "=", "mpesa_stk")], limit=1)
        self.assertEqual((event.state, event.company_id, event.remote_addr), ("received", self.company, "127.0.0.1"))
        self.assertNotIn(tx.mpesa_callback_token, f"{event.event_key} {event.headers}")
        self.process_webhooks()
        self.assertEqual(tx.state, "done")

    def test_wrong_token_learns_nothing(self):
        events = self.env["sire.webhook.event"].search_count([])
        for token in ("x", "A" * 32, "%27%20OR%201=1", "False", "None"):
            self.assertEqual(self.post(token).status_code, 404)
        self.assertEqual(self.url_open("/sire/pay/stk/").status_code, 404)
        self.assertEqual(self.env["sire.webhook.event"].search_count([]), events)

    def test_wrong_method_and_size(self):
        tx = self.request()
        self.assertEqual(self.url_open(f"/sire/pay/stk/{tx.mpesa_callback_token}").status_code, 405)
        self.assertEqual(self.post(tx.mpesa_callback_token, {"x": "y" * 70000}).status_code, 413)

    def test_source_addresses(self):
        tx = self.request()
        self.provider.mpesa_source_addresses = "196.201.214.0/24"
        with self.assertLogs("odoo.addons.sire_mpesa.controllers.sender", "WARNING"):
            self.assertEqual(self.post(tx.mpesa_callback_token).status_code, 404)
        self.provider.mpesa_source_addresses = "196.201.214.0/24\n127.0.0.0/8"
        self.assertEqual(self.post(tx.mpesa_callback_token).status_code, 200)
