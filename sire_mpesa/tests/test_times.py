"""Midnight in Nairobi is 21:00 UTC, and the year turns there three hours early."""

import base64
from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .test_assign import AssignCommon

NEW_YEAR = "2026-12-31 21:00:00"  # UTC: the first second of 2027 in Nairobi
LATE = "2026-12-31 21:30:00"  # when the tests below look back at it
MOMENTS = (  # in Nairobi, the day in the books, the moment in UTC
    ("20261120235959", date(2026, 11, 20), "2026-11-20 20:59:59"),
    ("20261121000000", date(2026, 11, 21), "2026-11-20 21:00:00"),
    ("20261231235959", date(2026, 12, 31), "2026-12-31 20:59:59"),
    ("20270101000000", date(2027, 1, 1), NEW_YEAR),
    ("20270101000001", date(2027, 1, 1), "2026-12-31 21:00:01"),
)
BOOKING = "odoo.addons.sire_mpesa.models.sire_mpesa_receipt_booking"


@tagged("post_install", "-at_install")
class TestTimes(AssignCommon):
    def setUp(self):
        super().setUp()
        self.startPatcher(self.mocked_now(LATE))

    def test_without_a_prompt(self):
        invoice = self.make_invoice(10_000)
        for number, (told, day, moment) in enumerate(MOMENTS):
            with self.subTest(told=told):
                self.confirm(f"MIDNIGHT{number}", "100.00", invoice.mpesa_reference, TransTime=told)
                receipt = self.get_receipt(f"MIDNIGHT{number}")
                self.assertEqual(receipt.paid_at, fields.Datetime.to_datetime(moment))
                self.assertEqual(receipt.payment_ids.date, day)
                self.assertEqual(receipt.payment_ids.move_id.date, day)
                self.assertIn(f"/{day.year}/", receipt.payment_ids.name, "its number is of that year")
        self.assertEqual(invoice.amount_residual, 10_000 - 100 * len(MOMENTS))

    def test_by_prompt(self):
        self.daraja.query_result = ("paid", "0")
        invoice = self.make_invoice(10_000)
        for number, (told, day, moment) in enumerate(MOMENTS[2:]):  # no prompt is paid before it was asked for
            with self.subTest(told=told):
                tx = self.request(100, invoice)
                self.receive(
                    tx, self.paid_callback(tx, TransactionDate=int(told), MpesaReceiptNumber=f"PROMPTED0{number}")
                )
                self.assertEqual(tx.mpesa_paid_at, fields.Datetime.to_datetime(moment))
                self.assertEqual(tx.payment_id.date, day)

    def test_by_list_in_every_way_to_write_a_time(self):
        invoice = self.make_invoice(10_000)
        self.env.flush_all()  # the list is taken on cursors of its own
        written = ("2026-12-31T21:00:00Z", "2027-01-01T00:00:00+03:00", "2027-01-01T00:00:00", "2027-01-01 00:00:00")
        for number, told in enumerate(written):
            row = {
                "transactionId": f"FROMLIST0{number}", "trxDate": told, "msisdn": "254712345678", "sender": "JANE",
                "transactiontype": "c2b-pay-bill-debit", "billreference": invoice.mpesa_reference, "amount": "100.0",
            }  # fmt: skip
            self.provider._mpesa_take_row(row)
            self.env.invalidate_all()
            receipt = self.get_receipt(f"FROMLIST0{number}")
            with self.subTest(told=told):
                self.assertEqual(receipt.paid_at, fields.Datetime.to_datetime(NEW_YEAR))
                self.assertEqual((receipt.state, receipt.reason), ("booked", False))
                self.assertEqual(receipt.payment_ids.date, date(2027, 1, 1))

    def test_by_statement(self):
        invoice = self.make_invoice(10_000)
        lines = [
            "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Reason Type,"
            "Other Party Info,A/C No."
        ]
        for number, (told, _day, _moment) in enumerate(MOMENTS):
            at = f"{told[6:8]}-{told[4:6]}-{told[:4]} {told[8:10]}:{told[10:12]}:{told[12:]}"
            lines.append(
                f"STATEMENT{number},{at},Pay Bill from 2547****678 - JANE,Completed,100.00,,,Pay Bill Online,"
                f"254712345678 - JANE,{invoice.mpesa_reference}"
            )
        wizard = self.env["sire.mpesa.statement.wizard"].create(
            {"file": base64.b64encode("\n".join(lines).encode()), "file_name": "s.csv"}
        )
        wizard.action_import()
        self.process_webhooks()
        for number, (_told, day, moment) in enumerate(MOMENTS):
            receipt = self.get_receipt(f"STATEMENT{number}")
            self.assertEqual(receipt.paid_at, fields.Datetime.to_datetime(moment))
            self.assertEqual(receipt.payment_ids.date, day)

    def test_days_of_the_report(self):
        for number, (told, _day, _moment) in enumerate(MOMENTS):
            self.confirm(f"REPORTED0{number}", "100.00", "RENT", TransTime=told)
        days = {day.day: (day.receipts, day.seen) for day in self.assertBooks() if day.day >= date(2026, 11, 20)}
        for day, count in ((date(2026, 12, 31), 1), (date(2027, 1, 1), 2)):
            self.assertEqual(days[day], (count, 100 * count))
            [row] = self.env["sire.mpesa.day"].search([("day", "=", day), ("company_id", "=", self.company.id)])
            self.assertEqual(len(row._get_receipts()), count, "the button shows the same receipts")

    def test_assigned_in_the_new_year(self):
        """It came in 2026 and somebody knew whose it was in 2027: each entry stays in its year."""
        self.confirm("OLDYEAR001", "500.00", "RENT", TransTime="20261231235959")
        receipt = self.get_receipt("OLDYEAR001")
        self.assertEqual(receipt.suspense_line_id.date, date(2026, 12, 31))
        with patch(f"{BOOKING}.eat_today", lambda: date(2027, 1, 1)):
            receipt.with_user(self.accountant)._assign([(self.partner, self.env["account.move"], 500)])
        self.assertEqual(receipt.payment_ids.date, date(2027, 1, 1))
        self.assertIn("/2027/", receipt.payment_ids.name)
        self.assertBooks()
        [row] = self.env["sire.mpesa.day"].search(
            [("day", "=", date(2026, 12, 31)), ("company_id", "=", self.company.id)]
        )
        self.assertEqual((row.seen, row.suspense, row.difference), (500, 0, 0))

    def test_last_year_is_closed(self):
        """What came in a year that is closed is booked today, and its time stays what it was."""
        self.company.hard_lock_date = "2026-12-31"
        invoice_day = date(2027, 1, 1)
        with patch(f"{BOOKING}.eat_today", lambda: invoice_day):
            self.confirm("CLOSED0001", "500.00", "RENT", TransTime="20261231235959")
        receipt = self.get_receipt("CLOSED0001")
        self.assertEqual((receipt.state, receipt.suspense_line_id.date), ("suspense", invoice_day))
        self.assertEqual(receipt.paid_at, fields.Datetime.to_datetime("2026-12-31 20:59:59"))

    def test_asked_at_midnight(self):
        with self.mocked_now(NEW_YEAR):
            self.request()
        self.assertEqual(self.daraja.sent("push")[-1][1]["Timestamp"], "20270101000000")
        password = base64.b64decode(self.daraja.sent("push")[-1][1]["Password"]).decode()
        self.assertTrue(password.endswith("20270101000000"), "the same in the password")
