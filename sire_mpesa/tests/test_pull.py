"""What nobody reported: Safaricom's list, and the reminder of what nobody assigned."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sire_base.utils.eat import utc_to_eat

from .test_assign import AssignCommon


@tagged("post_install", "-at_install")
class TestPull(AssignCommon):
    def setUp(self):
        super().setUp()
        self.provider.mpesa_pull_phone = "0712 345 678"
        self.provider.action_mpesa_register_pull()

    def row(self, number, amount="500.00", account="", **values):
        return {
            "transactionId": number,
            "trxDate": utc_to_eat(fields.Datetime.now()).isoformat(timespec="seconds"),
            "msisdn": 254712345678,
            "sender": "WANJIRU KAMAU",
            "transactiontype": "c2b-pay-bill-debit",
            "billreference": account,
            "amount": amount,
            "organizationname": "Firm",
            **values,
        }

    def pull(self):
        self.env.flush_all()
        with self.enter_cron():
            self.env["payment.provider"]._cron_mpesa_pull()
        self.env.invalidate_all()

    def test_registered(self):
        [(_endpoint, body, _token)] = self.daraja.sent("pull_register")
        self.assertEqual((body["NominatedNumber"], body["RequestType"]), ("254712345678", "Pull"))
        self.assertTrue(self.provider.mpesa_pull_registered_at)
        self.provider.mpesa_pull_registered_at = False
        self.daraja.next_is("pull_register", (200, {"ResponseStatus": "1001", "ResponseDescription": "already"}))
        self.provider.action_mpesa_register_pull()
        self.assertTrue(self.provider.mpesa_pull_registered_at)
        self.provider.mpesa_pull_phone = "020 123 4567"
        with self.assertRefused("mobile number"):
            self.provider.action_mpesa_register_pull()
        with self.assertRaises(UserError):
            self.provider.with_user(self.accountant).action_mpesa_register_pull()

    def test_missed_payments(self):
        invoice = self.make_invoice()
        now = fields.Datetime.now()
        dates = {
            "PULLAAAAA1": utc_to_eat(now).isoformat(),
            "PULLAAAAA2": utc_to_eat(now).replace(tzinfo=None).isoformat(),
            "PULLAAAAA3": f"{now.isoformat(timespec='seconds')}Z",
        }
        self.daraja.rows = [
            self.row(number, "100", invoice.mpesa_reference, trxDate=at) for number, at in dates.items()
        ]
        self.pull()
        self.assertEqual(invoice.amount_residual, 860)
        for number in dates:
            receipt = self.get_receipt(number)
            self.assertEqual((receipt.state, receipt.evidence_ids.source), ("booked", "pull"))
            self.assertLess(abs((receipt.paid_at - now).total_seconds()), 5)
        self.assertEqual([body["OffSetValue"] for _endpoint, body, _token in self.daraja.sent("pull")], ["0", "2", "3"])
        self.assertTrue(self.provider.mpesa_pull_at)
        self.pull()
        self.confirm("PULLAAAAA1", "100", invoice.mpesa_reference)
        self.assertEqual(invoice.amount_residual, 860)
        self.assertEqual(self.get_receipt("PULLAAAAA1").evidence_ids.mapped("source"), ["pull", "c2b"])

    def test_prompt_without_callback_and_confirmation(self):
        self.daraja.query_result = ("paid", "0")
        tx = self.request()
        self.age(tx, 30)
        self.resolve()
        self.daraja.rows = [self.row("PULLAAAAA4", "500.00", tx.mpesa_account_reference)]
        self.pull()
        self.assertOnePayment(tx, self.get_receipt("PULLAAAAA4"))

    def test_prompt_whose_answer_was_lost(self):
        self.daraja.next_is("push", (503, ""))
        tx = self.request()
        self.age(tx, 181)
        self.resolve()
        self.assertEqual(tx.state, "error")
        paid_at = utc_to_eat(fields.Datetime.add(tx.mpesa_requested_at, seconds=20)).isoformat()
        self.daraja.rows = [self.row("PULLAAAAA5", "500.00", tx.mpesa_account_reference, trxDate=paid_at)]
        self.pull()
        self.assertOnePayment(tx, self.get_receipt("PULLAAAAA5"))

    def test_rows_that_cannot_be_read(self):
        invoice = self.make_invoice()
        self.daraja.rows = [
            [], self.row(None), self.row("PULLAAAAA6", "x"), self.row("PULLAAAAA6", trxDate="soon"),
            self.row("PULLAAAAA7", "100", invoice.mpesa_reference),
        ]  # fmt: skip
        with self.assertLogs("odoo.addons.sire_mpesa.models.payment_provider_pull", "WARNING"):
            self.pull()
        self.assertFalse(self.get_receipt("PULLAAAAA6"))
        self.assertEqual(self.get_receipt("PULLAAAAA7").state, "booked")

    def test_no_answer(self):
        for answer in ((503, ""), (200, "<html/>"), (500, {"errorCode": "500.003.02", "errorMessage": "busy"})):
            self.daraja.next_is("pull", answer)
            self.pull()
            self.assertFalse(self.provider.mpesa_pull_at, "the next look starts where this one did")
            self.assertTrue(self.provider.mpesa_pull_message)
