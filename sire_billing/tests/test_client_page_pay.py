import json
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sire_billing.controllers.client_page_http import read_amount
from odoo.addons.sire_billing.controllers.client_page_pay import PROMPTS_PER_LINK, PROMPTS_PER_PHONE

from .client_page_common import ClientPageCommon

PHONE = "+254712345678"


@tagged("post_install", "-at_install")
class TestClientPagePay(ClientPageCommon):
    """From the approved quotation to the receipt, and every way in which it may not go."""

    def assertRefused(self, invoice, words, status=422, **form):
        """The form is refused with a sentence, keeps what was typed and changes nothing."""
        before = self.transactions(invoice)
        response = self.pay(invoice, **form)
        self.assertEqual(response.status_code, status, form)
        self.assertIn('role="alert"', response.text)
        self.assertIn(words, response.text, form)
        self.assertEqual(self.transactions(invoice), before)
        return response.text

    def make_older(self, txs):
        """Let ten minutes pass since these prompts."""
        txs.flush_recordset()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = create_date - interval '11 minutes' WHERE id = ANY(%s)",
            [txs.ids],
        )
        txs.invalidate_recordset()

    def status(self, record):
        response = self.fetch(f"{self.path(record)}/status")
        self.assertLessEqual(len(response.content), 300)
        return json.loads(response.text)

    # === THE STRAIGHT WAY ===

    def test_a_receipt_number_that_is_still_to_come(self):
        order = self.make_order(1000)
        self.approve(order)
        self.pay(order, amount="400")
        tx = self.transactions(order.invoice_ids)
        tx._set_done()
        tx._post_process()
        self.assertTrue(tx.payment_id.memo)
        html = self.read(self.path(order))
        self.assertIn("KSh 400 received", html)
        self.assertIn("<b>M-Pesa</b>", html)
        self.assertNotIn('class="receipt"', html)

    def test_pay_a_part_then_the_rest(self):
        order = self.make_order(1000)
        self.approve(order)
        invoice = order.invoice_ids
        response = self.pay(order, amount="400")
        self.assertEqual((response.status_code, response.headers["Location"]), (303, self.path(order)))
        tx = self.transactions(invoice)
        self.assertEqual((tx.state, tx.amount, tx.mpesa_phone, tx.provider_id), ("pending", 400, PHONE, self.provider))
        self.assertEqual((tx.partner_id, tx.company_id), (self.client_partner, self.company))

        html = self.read(self.path(order))
        self.assertIn('data-state="waiting"', html)
        self.assertIn("PIN prompt sent to 07•• ••• 678", html)
        self.assertNotIn("345", html)  # The number itself is for nobody who has the link.
        self.assertRegex(html, r'<meta http-equiv="refresh" content="5;url=/c/')
        self.assertNotIn('name="phone"', html)
        status = self.status(order)
        self.assertTrue(status["live"])
        self.assertIn(f'data-version="{status["v"]}"', html)
        self.assertLessEqual(status["left"], 120)

        self.finish(tx)
        self.assertNotEqual(self.status(order)["v"], status["v"])
        html = self.read(self.path(order))
        self.assertIn("KSh 400 received", html)
        self.assertIn("UKL7XQ2M4P", html)
        self.assertIn("Partially paid", html)
        self.assertIn("Pay KSh 600", html)
        self.assertNotIn("http-equiv", html)

        self.pay(order, amount="600")
        self.finish(self.transactions(invoice)[-1], receipt="UKL7XQ2M5Q")
        html = self.read(self.path(order))
        self.assertIn("Paid in full", html)
        self.assertIn("UKL7XQ2M4P", html)
        self.assertIn("UKL7XQ2M5Q", html)
        self.assertNotIn('name="phone"', html)
        self.assertRefused(invoice, "already paid", amount="1")

    def test_paid_and_not_booked_yet_is_paid(self):
        invoice = self.make_invoice(1000)
        self.pay(invoice)
        tx = self.transactions(invoice)
        tx._process("mpesa", {"result_code": "0", "result_description": "", "amount": 1000.0, "receipt": "UKL7XQ2M4P",
                              "paid_at": fields.Datetime.now()})  # fmt: skip
        self.assertEqual(invoice.amount_residual, 1000)
        html = self.read(self.path(invoice))
        self.assertIn("Paid in full", html)
        self.assertEqual(html.count("UKL7XQ2M4P"), 1)
        tx._post_process()
        self.assertEqual(self.read(self.path(invoice)).count("UKL7XQ2M4P"), 1)

    def test_failure_in_words_and_again(self):
        invoice = self.make_invoice(1000)
        for code, words in (("1032", "ancelled"), ("2001", "PIN"), ("1", "not enough money"), ("1037", "phone")):
            self.pay(invoice, amount="300")
            tx = self.transactions(invoice)[-1]
            self.finish(tx, code)
            self.assertIn(tx.state, ("cancel", "error"))
            html = self.read(self.path(invoice))
            self.assertIn("Not paid.", html)
            self.assertIn(words, html)
            self.assertIn("Try again: pay KSh 300", html)
            self.make_older(tx)
        # Later on it is an invoice to be paid like any other.
        self.transactions(invoice).last_state_change = fields.Datetime.now() - timedelta(hours=2)
        html = self.read(self.path(invoice))
        self.assertNotIn("Not paid.", html)
        self.assertIn("Pay KSh 1,000", html)

    # === NEVER TWICE ===

    def test_no_second_payment_while_a_prompt_is_open(self):
        invoice = self.make_invoice(1000)
        self.pay(invoice, amount="300")
        html = self.read(self.path(invoice))
        self.assertIn("You cannot start a second payment", html)
        for amount in ("300", "700", "100"):
            self.assertEqual(self.pay(invoice, amount=amount).status_code, 303)
        self.assertEqual(len(self.transactions(invoice)), 1)

    def test_no_second_payment_through_the_link_of_the_quotation(self):
        order = self.make_order(1000)
        self.approve(order)
        invoice = order.invoice_ids
        self.pay(invoice, amount="300")
        self.pay(order, amount="300")
        self.assertEqual(len(self.transactions(invoice)), 1)
        self.assertIn('data-state="waiting"', self.read(self.path(order)))

    def test_paid_another_way_at_the_moment(self):
        invoice = self.make_invoice(1000)
        card = self.env["payment.provider"].search([("code", "=", "stripe")], limit=1)
        method = card.with_context(active_test=False).payment_method_ids[:1]
        tx = self.env["payment.transaction"].create(
            {
                "provider_id": card.id,
                "payment_method_id": method.id,
                "reference": "card-1",
                "amount": 1000,
                "currency_id": invoice.currency_id.id,
                "partner_id": invoice.partner_id.id,
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        tx._set_pending()
        html = self.read(self.path(invoice))
        self.assertIn("KSh 1,000 is being paid in another way", html)
        self.assertNotIn('name="phone"', html)
        self.assertRefused(invoice, invoice.name, amount="1000")

    # === FORGED AND MISTYPED ===

    def test_amounts_that_are_none(self):
        invoice = self.make_invoice(1000)
        for amount in (
            "NaN", "nan", "inf", "-Infinity", "-5", "−5", "1e30", "1e3", "0x10", "true", "abc", "", " ", "1,00,0", "1.2.3",
            "1 000 000 000 000 000", "٥٠٠", "5;DROP", "{}", "100.001",
        ):  # fmt: skip
            self.assertRefused(invoice, "Type the amount in shillings", amount=amount)
        self.assertRefused(invoice, "smallest", amount="0")
        self.assertRefused(invoice, "whole shillings", amount="10.50")
        self.assertRefused(invoice, "Only KSh 1,000 is to be paid", amount="250001")
        self.assertRefused(invoice, invoice.name, amount="1001")

    def test_more_than_is_left_says_what_is_left(self):
        invoice = self.make_invoice(1000)
        self.pay(invoice, amount="400")
        self.finish(self.transactions(invoice))
        html = self.assertRefused(invoice, "Only KSh 600 is left to pay", amount="601")
        self.assertIn('value="601"', html)
        self.assertIn('value="0712 345 678"', html)

    def test_amounts_as_people_write_them(self):
        for text, amount in (
            ("98600", 98600), ("98,600", 98600), ("98 600", 98600), ("KSh 98,600", 98600), ("ksh.500", 500),
            ("KES 1,250,000", 1250000), ("500/=", 500), ("500/-", 500), (" 1500 ", 1500), ("1160.50", 1160.5),
        ):  # fmt: skip
            self.assertEqual(read_amount(text), amount, text)

    def test_phones_as_people_write_them(self):
        for phone in ("0712345678", "712 345 678", "+254 712-345-678", "254712345678", "0110 345 678"):
            invoice = self.make_invoice(10)
            self.assertEqual(self.pay(invoice, amount="10", phone=phone).status_code, 303, phone)
            self.assertIn(self.transactions(invoice).mpesa_phone, (PHONE, "+254110345678"))
            self.finish(self.transactions(invoice), "1032")
            self.make_older(self.transactions(invoice))

    def test_phones_that_are_none(self):
        invoice = self.make_invoice(1000)
        for phone in ("12345", "+44 20 7946 0958", "07123456789", "' OR 1=1", "<script>"):
            html = self.assertRefused(invoice, "is not a Kenyan phone number", phone=phone, amount="250")
            self.assertIn('value="250"', html)
            self.assertNotIn("<script>", html)
        self.assertRefused(invoice, "Type the phone number", phone="")
        self.assertRefused(invoice, "mobile number", phone="020 765 4321")

    def test_forms_that_are_forged(self):
        invoice = self.make_invoice(1000)
        path = f"{self.path(invoice)}/pay"
        for data in (
            {},
            {"invoice": "abc", "amount": "1", "phone": "0712345678"},
            {"invoice": f"{invoice.id}.0", "amount": "1", "phone": "0712345678"},
            {"invoice": "9999999999999999999999", "amount": "1", "phone": "0712345678"},
        ):
            self.assertEqual(self.fetch(path, {"x": "1", **data}, allow_redirects=False).status_code, 422)
        response = self.url_open(path, data={"invoice": str(invoice.id)}, files={"amount": ("a.txt", b"100")})
        self.assertEqual(response.status_code, 422)
        response = self.url_open(path, data="{}", headers={"Content-Type": "application/json"})
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self.transactions(invoice))

    def test_unapproved_quotation_cannot_be_paid(self):
        order = self.make_order(1000)
        response = self.fetch(
            f"{self.path(order)}/pay", {"amount": "1000", "phone": "0712345678"}, allow_redirects=False
        )
        self.assertEqual(response.status_code, 422)
        self.assertFalse(order.transaction_ids)

    def test_without_mpesa_says_so(self):
        self.provider.state = "disabled"
        invoice = self.make_invoice(1000)
        html = self.read(self.path(invoice))
        self.assertIn("M-Pesa is not available", html)
        self.assertNotIn('name="phone"', html)
        self.assertEqual(self.pay(invoice).status_code, 422)

    def test_cents_and_limits_are_proposed_as_mpesa_takes_them(self):
        invoice = self.make_invoice(1000.5)
        self.assertIn("Pay KSh 1,000<", self.read(self.path(invoice)))
        self.assertIn("Pay KSh 250,000<", self.read(self.path(self.make_invoice(400000))))

    # === LIMITS ===

    def test_a_link_cannot_ring_phones_for_ever(self):
        invoice = self.make_invoice(1000)
        for index in range(PROMPTS_PER_LINK):
            self.pay(invoice, amount="10", phone=f"071234567{index}")
            self.finish(self.transactions(invoice)[-1], "1032")
        self.assertEqual(len(self.transactions(invoice)), PROMPTS_PER_LINK)
        self.assertRefused(invoice, "Too many PIN prompts", status=429, amount="10", phone="0799000000")
        self.make_older(self.transactions(invoice))
        self.assertEqual(self.pay(invoice, amount="10").status_code, 303)

    def test_a_phone_is_not_rung_through_many_links(self):
        for _index in range(PROMPTS_PER_PHONE):
            invoice = self.make_invoice(10)
            self.assertEqual(self.pay(invoice, amount="10").status_code, 303)
            self.finish(self.transactions(invoice), "1032")
        invoice = self.make_invoice(10)
        self.assertRefused(invoice, "Too many PIN prompts", status=429, amount="10")
        self.assertEqual(self.pay(invoice, amount="10", phone="0799000000").status_code, 303)

    # === WHAT OTHERS CAUSE ===

    def test_cash_shows_with_its_receipt(self):
        invoice = self.make_invoice(1000)
        version = self.status(invoice)["v"]
        self.env["sire.cash.payment.wizard"].create({"move_id": invoice.id, "amount": 250}).action_confirm()
        self.assertNotEqual(self.status(invoice)["v"], version)
        html = self.read(self.path(invoice))
        receipt = invoice._get_reconciled_payments().sire_receipt_number
        self.assertTrue(receipt)
        self.assertIn(receipt, html)
        self.assertIn("Pay KSh 750", html)
        payment = invoice._get_reconciled_payments()
        response = self.fetch(f"{self.path(invoice)}/receipt/{payment.id}")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.read(f"{self.path(self.make_invoice(10))}/receipt/{payment.id}", status=404)
