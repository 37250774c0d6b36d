import base64

import requests
from urllib3.exceptions import NewConnectionError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import MpesaCommon, sample


@tagged("post_install", "-at_install")
class TestPush(MpesaCommon):
    def test_what_the_phone_is_asked(self):
        invoice = self.make_invoice()
        tx = self.request(500, invoice, phone="0712 345 678")
        [(_endpoint, body, authorization)] = self.daraja.sent("push")
        self.assertEqual(authorization, "Bearer token-1")
        password = base64.b64decode(body.pop("Password")).decode()
        self.assertEqual(password, "174379the-passkey" + body["Timestamp"])
        now = fields.Datetime.now()
        self.assertTrue(body.pop("Timestamp").startswith(fields.Datetime.add(now, hours=3).strftime("%Y%m%d%H")))
        url = body.pop("CallBackURL")
        self.assertRegex(url, r"^https://pay\.example\.co\.ke/sire/pay/stk/[\w-]{32}$")
        self.assertEqual(
            body,
            {
                "BusinessShortCode": 174379,
                "TransactionType": "CustomerPayBillOnline",
                "Amount": 500,
                "PartyA": 254712345678,
                "PartyB": 174379,
                "PhoneNumber": 254712345678,
                "AccountReference": invoice.mpesa_reference,
                "TransactionDesc": "Invoice",
            },
        )
        self.assertEqual((tx.state, tx.mpesa_push_state), ("pending", "sent"))
        self.assertEqual((tx.mpesa_merchant_request_id, tx.mpesa_checkout_request_id), ("m-1", "ws_CO_1"))

    def test_till(self):
        self.provider.write({"mpesa_shortcode_type": "till", "mpesa_till": "600123"})
        self.request()
        body = self.daraja.sent("push")[0][1]
        self.assertEqual(
            (body["BusinessShortCode"], body["PartyB"], body["TransactionType"]),
            (174379, 600123, "CustomerBuyGoodsOnline"),
        )

    def test_phone_in_any_usual_form(self):
        for phone in ("0712345678", "712345678", "+254 712 345 678", "254712345678", "0110-123456"):
            tx = self.request(10, phone=phone, send=False)
            self.assertRegex(tx.mpesa_phone, r"^\+254(712345678|110123456)$")

    def test_not_a_mobile_number(self):
        for phone in ("", None, "12", "+44 7911 123456", "020 2222222", "07123456789", "abc", 712345678):
            tx = self.make_tx(10, self.make_invoice())
            with self.subTest(phone=phone), self.assertRefused(r"^[A-Z“].+\.$"):
                tx._mpesa_request_payment(phone)
            self.assertEqual((tx.state, tx.mpesa_phone), ("draft", False))

    def test_amounts_that_mpesa_cannot_move(self):
        for amount, words in ((10.5, "whole shillings"), (0.5, "whole shillings"), (250001, "at most KSh 250,000")):
            tx = self.make_tx(amount, self.make_invoice(300000))
            with self.subTest(amount=amount), self.assertRefused(words):
                tx._mpesa_request_payment("0712345678")
        self.provider.mpesa_min_amount = 10
        with self.assertRefused("smallest M-Pesa payment is KSh 10"):
            self.request(9)
        dollar = self.env.ref("base.USD")
        for amount in (float("nan"), float("inf"), True, "500"):
            with self.assertRefused("must be a number"):
                self.provider._mpesa_check_amount(amount, self.env.ref("base.KES"))
        with self.assertRefused("Kenyan shillings only, not in USD"):
            self.provider._mpesa_check_amount(10, dollar)

    def test_one_prompt_a_transaction(self):
        tx = self.request()
        with self.assertRefused("already requested"):
            tx._mpesa_request_payment("0712345678")
        self.assertFalse(tx._mpesa_send_push())
        self.assertEqual(len(self.daraja.sent("push")), 1)

    def test_a_live_prompt_holds_the_invoice(self):
        invoice = self.make_invoice()
        first, second = self.make_tx(1000, invoice), self.make_tx(1000, invoice)  # two tabs: drafts hold nothing
        first._mpesa_request_payment("0712345678")
        with self.assertRefused(f"^Only KSh 160 is left to pay on {invoice.name}: KSh 1,000 is waiting for an M-Pesa"):
            second._mpesa_request_payment("0712345678")
        with self.assertRefused("waiting for an M-Pesa prompt"):
            self.make_wizard(invoice)._create_payments()

    def test_only_for_this_provider(self):
        other = self.make_provider()
        tx = self.make_tx(10, self.make_invoice(), provider_id=other.id)
        with self.assertRefused("not made by M-Pesa"):
            tx._mpesa_request_payment("0712345678")
        tx = self.make_tx(10, self.make_invoice())
        self.provider.state = "disabled"
        with self.assertRaises(UserError):
            tx._mpesa_request_payment("0712345678")

    def test_refused_releases_the_invoice(self):
        cases = [
            ((400, sample("error_bad_field")), "rejected", True),
            ((400, {"errorCode": "400.002.05", "errorMessage": "Invalid Request Payload"}), "rejected", True),
            ((404, {"errorCode": "404.001.01", "errorMessage": "Resource not found"}), "setup", False),
            ((500, {"errorCode": "500.001.1001", "errorMessage": "Merchant does not exist"}), "setup", False),
            ((500, {"errorCode": "500.001.1001", "errorMessage": "Wrong credentials"}), "setup", False),
            ((500, {"errorCode": "500.001.1001", "errorMessage": "Unable to lock subscriber, a tr…"}), "1001", True),
            ((200, {"ResponseCode": "1", "ResponseDescription": "Rejected"}), "rejected", True),
            (requests.exceptions.ConnectTimeout(), "rejected", None),
        ]
        for answer, code, retry in cases[:-1]:
            with self.subTest(answer=answer):
                invoice = self.make_invoice()
                self.daraja.next_is("push", answer)
                tx = self.request(500, invoice)
                self.assertEqual((tx.state, tx.mpesa_push_state, tx.mpesa_result_code), ("error", "refused", code))
                self.assertTrue(tx.state_message)
                status = tx._mpesa_status()
                self.assertEqual((status["state"], status["retry"]), ("failed", retry))
                self.assertEqual(invoice._sire_get_payable(), 1160)

    def test_not_reached_is_not_sent(self):
        for error in (NewConnectionError(None, "refused"),):
            self.daraja.next_is("push", requests.exceptions.ConnectionError(error))
            tx = self.request()
            self.assertEqual((tx.state, tx.mpesa_result_code), ("error", "unreachable"))

    def test_unknown_is_not_failed_and_not_sent_again(self):
        answers = [
            (200, "<html>Service Unavailable</html>"),
            (503, "<html>Service Unavailable</html>"),
            (500, sample("gateway_spike")),
            (429, sample("gateway_spike")),
            (429, {"errorCode": "429.001.01", "errorMessage": "Too many requests"}),
            (500, {"errorCode": "500.003.02", "errorMessage": "System is busy"}),
            (500, {"errorCode": "500.003.02", "errorMessage": "Error Occurred: Spike Arrest Violation"}),
            (500, {"errorCode": "500.003.03", "errorMessage": "Quota Violation"}),
            (500, {"errorCode": "500.003.1001", "errorMessage": "Internal Server Error"}),
            (200, {"ResponseCode": "0"}),
            (200, []),
            requests.exceptions.ReadTimeout(),
            requests.exceptions.ConnectionError(ConnectionResetError("reset")),
            requests.exceptions.ChunkedEncodingError(),
            RuntimeError("anything"),
        ]
        for answer in answers:
            with self.subTest(answer=answer):
                invoice = self.make_invoice()
                self.daraja.next_is("push", answer)
                pushes = len(self.daraja.sent("push"))
                tx = self.request(500, invoice)
                self.assertEqual((tx.state, tx.mpesa_push_state), ("pending", "unknown"))
                self.assertEqual(invoice._sire_get_payable(), 660)
                self.age(tx, 30)
                self.resolve()
                self.assertFalse(tx._mpesa_send_push())
                self.assertEqual(len(self.daraja.sent("push")), pushes + 1)

    def test_dead_token_is_renewed_once(self):
        for code in ("404.001.03", "400.003.01", "401.002.01"):
            self.daraja.next_is("push", (401, {"errorCode": code, "errorMessage": "Invalid Access Token"}))
            self.assertEqual(self.request().mpesa_push_state, "sent")
        self.daraja.next_is("push", *[(404, sample("error_dead_token"))] * 2)
        tx = self.request()
        self.assertEqual((tx.state, tx.mpesa_result_code), ("error", "setup"))

    def test_no_token_is_not_sent(self):
        cases = [
            ((400, {"errorCode": "400.008.01", "errorMessage": "Invalid Authentication passed"}), "setup"),
            ((400, {"errorCode": "400.008.02", "errorMessage": "Invalid grant type passed"}), "setup"),
            ((401, ""), "setup"),
            ((503, "<html/>"), "unreachable"),
            ((200, "<html/>"), "unreachable"),
            ((200, {"access_token": None}), "unreachable"),
            (requests.exceptions.ReadTimeout(), "unreachable"),
        ]
        for answer, code in cases:
            with self.subTest(answer=answer):
                self.env["sire.mpesa.token"].search([]).unlink()
                self.daraja.next_is("oauth", answer)
                tx = self.request()
                self.assertEqual((tx.state, tx.mpesa_result_code), ("error", code))
        self.assertFalse(self.daraja.sent("push"))

    def test_forbidden_words_never_in_the_token(self):
        tokens = iter(["abcSQLdef", "xxQueRyxx", "cmd", "exe-", "fine_token"])
        self.assertEqual(self.provider._mpesa_make_callback_token(lambda: next(tokens)), "fine_token")

    def test_the_answer_comes_after_the_callback(self):
        tx = self.request(send=False)

        def answer():
            callback = sample("stk_callback_paid", MerchantRequestID="m-1", CheckoutRequestID="ws_CO_1", Amount=500)
            self.daraja.query_result = ("paid", "0")
            self.receive(tx, callback)
            return self.daraja.answer_push({})

        self.daraja.next_is("push", answer)
        tx._mpesa_send_push()
        self.assertEqual((tx.state, tx.mpesa_push_state), ("done", "sent"))
        self.assertEqual(tx.mpesa_checkout_request_id, "ws_CO_1")
        self.assertEqual(len(self.get_payments(tx.invoice_ids)), 1)
