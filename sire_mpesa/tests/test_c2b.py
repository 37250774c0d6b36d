"""Payments that nobody was prompted for, and the second report of those that somebody was."""

from itertools import permutations

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .test_receipt import NUMBER, ReceiptCommon


class C2bCommon(ReceiptCommon):
    def get_credit(self, partner=None):
        """:return: what the client paid and no invoice needed"""
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", (partner or self.partner).id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("move_id.origin_payment_id", "!=", False),
            ]
        )
        return -sum(lines.mapped("amount_residual"))


@tagged("post_install", "-at_install")
class TestPayBill(C2bCommon):
    def test_on_the_invoice(self):
        invoice = self.make_invoice()
        event = self.confirm(account=invoice.mpesa_reference, TransTime="20261121001500")
        receipt = self.get_receipt()
        self.assertEqual((event.state, receipt.state, receipt.partner_id), ("done", "booked", self.partner))
        payment = receipt.payment_ids
        self.assertEqual((payment.amount, payment.journal_id.code, payment.state), (500, "MPESA", "in_process"))
        self.assertEqual(payment.payment_method_line_id.payment_provider_id, self.provider)
        self.assertEqual(payment.date, fields.Date.to_date("2026-11-21"))
        self.assertEqual(receipt.paid_at, fields.Datetime.to_datetime("2026-11-20 21:15:00"))
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (660, "partial"))
        self.assertEqual(invoice.sire_mpesa_receipts, "UKL7XQ2M4P")
        self.assertEqual((receipt.payer_name, receipt.payer_phone), ("WANJIRU KAMAU", "25471****678"))
        self.assertEqual(receipt.evidence_ids.event_id, event)

    def test_what_people_type(self):
        invoice = self.make_invoice(invoice_origin="S00977")
        reference = invoice.mpesa_reference
        typed = [
            reference,
            reference.lower(),
            f" {reference[:3]}-{reference[3:]} ",
            reference.replace("0", "O").replace("1", "l").replace("5", "s").replace("8", "B"),
            invoice.name,
            invoice.name.lower().replace("/", " "),
            invoice.name.replace("/", "").replace("0", "O"),
            "s00977",
            "SOO977",
        ]
        for number, account in enumerate(typed):
            with self.subTest(account=account):
                self.confirm(f"TYPED{number}XX", "10.00", account)
                receipt = self.get_receipt(f"TYPED{number}XX")
                self.assertEqual(receipt.payment_ids.reconciled_invoice_ids, invoice)

    def test_more_than_the_invoice(self):
        invoice = self.make_invoice()
        self.confirm(amount="1500", account=invoice.mpesa_reference)
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (0, "paid"))
        self.assertEqual((self.get_receipt().state, self.get_credit()), ("booked", 340))

    def test_cents(self):
        invoice = self.make_invoice(100.5)
        self.confirm(amount="100.50", account=invoice.mpesa_reference)
        self.assertEqual((self.get_receipt().amount, invoice.amount_residual), (100.5, 0))

    def test_invoice_that_needs_nothing(self):
        """Paid, credited, cancelled, back to draft: the client is known, so it is the client's credit."""
        paid, credited, cancelled, draft = (self.make_invoice() for _number in range(4))
        self.make_wizard(paid)._create_payments()
        credited._reverse_moves([{}], cancel=True)
        (cancelled | draft).button_draft()
        cancelled.button_cancel()
        for number, invoice in enumerate((paid, credited, cancelled, draft)):
            with self.subTest(number=number):
                before = self.get_credit()
                self.confirm(f"CLOSED{number}XX", "70", invoice.mpesa_reference)
                receipt = self.get_receipt(f"CLOSED{number}XX")
                self.assertEqual((receipt.state, receipt.partner_id), ("booked", self.partner))
                self.assertEqual(self.get_credit() - before, 70)
                self.assertIn("It is the client's credit", invoice.message_ids[0].body)

    def test_suspense(self):
        """Nobody knows for whom: in the books all the same, on the day on which it came."""
        dollars = self.env.ref("base.USD")
        dollars.active = True
        foreign = self.make_invoice(currency_id=dollars.id)
        twins = [self.make_invoice(invoice_origin="S00555") for _number in range(2)]
        self.env["res.partner"].create({"name": "Other"})
        cases = {
            "": "typed no account",
            "RENT": "No invoice has the account “RENT”",
            "12": "No invoice has the account",
            foreign.mpesa_reference: "is in USD",
            "S00555": "can mean several invoices",
        }
        for number, (account, words) in enumerate(cases.items()):
            with self.subTest(account=account):
                event = self.confirm(f"UNKNOWN{number}", "70", account, TransTime="20261121001500")
                receipt = self.get_receipt(f"UNKNOWN{number}")
                self.assertEqual((event.state, receipt.state), ("done", "suspense"))
                self.assertIn(words, receipt.reason)
                line = receipt.suspense_line_id
                self.assertEqual((line.balance, line.date), (-70, fields.Date.to_date("2026-11-21")))
                self.assertEqual(line.account_id.account_type, "liability_current")
        self.assertEqual([invoice.amount_residual for invoice in twins], [1160, 1160])

    def test_the_twin_that_is_open(self):
        first = self.make_invoice(invoice_origin="S00556")
        self.make_wizard(first)._create_payments()
        second = self.make_invoice(invoice_origin="S00556")
        self.confirm(account="S00556")
        self.assertEqual(second.amount_residual, 660)

    def test_repeated(self):
        invoice = self.make_invoice()
        first = self.confirm(account=invoice.mpesa_reference, TransTime="20261120231500")
        self.assertEqual(self.confirm(account=invoice.mpesa_reference, TransTime="20261120231500"), first)
        self.confirm(account=invoice.mpesa_reference, OrgAccountBalance="1.00")
        self.assertEqual(len(self.get_receipt().payment_ids), 1)
        self.assertEqual(invoice.amount_residual, 660)

    def test_another_amount_is_flagged(self):
        invoice = self.make_invoice()
        self.confirm(account=invoice.mpesa_reference)
        event = self.confirm(amount="1160", account=invoice.mpesa_reference)
        receipt = self.get_receipt()
        self.assertEqual((event.state, receipt.amount, invoice.amount_residual), ("done", 500, 660))
        self.assertIn("KSh 1,160", receipt.flag)

    def test_unreadable(self):
        bad = (b"", b"[]", b"{}", b"\xff", b'{"TransID": "UKL7XQ2M4P"}', b'{"TransID": "UKL7XQ2M4P", "TransAmount": "-5"}',
               b'{"TransID": "UKL7XQ2M4P", "TransAmount": "NaN"}', b'{"TransID": 5, "TransAmount": "10"}',
               b'{"TransID": "UKL7XQ2M4P", "TransAmount": "0"}', b'{"TransID": "UKL7XQ2M4P", "TransAmount": true}')  # fmt: skip
        for body in bad:
            with self.subTest(body=body):
                event = self.provider._mpesa_receive_c2b(body, {}, "127.0.0.1", None)
                self.process_webhooks()
                self.assertEqual(event.state, "parked")
        self.assertFalse(self.receipts.search([]))

    def test_another_shortcode(self):
        event = self.confirm(BusinessShortCode="600000")
        self.assertEqual(event.state, "parked")
        self.assertFalse(self.get_receipt())

    def test_odd_values_are_no_error(self):
        self.confirm(
            "ODDVALUES1", "70", "x" * 300, MSISDN="a" * 64, FirstName=None, LastName={"a": 1}, TransTime="soon",
            TransactionType=None,
        )  # fmt: skip
        receipt = self.get_receipt("ODDVALUES1")
        self.assertEqual((receipt.state, receipt.kind, receipt.payer_name), ("suspense", "paybill", False))

    def test_two_companies(self):
        """An account of one company is none of the other's."""
        self.load_kenyan_chart(self.company_2)
        theirs = self.make_invoice(company_id=self.company_2.id)
        self.confirm(account=theirs.mpesa_reference)
        self.assertEqual((self.get_receipt().state, theirs.amount_residual), ("suspense", 1160))

    def test_money_that_arrives_while_a_prompt_is_open(self):
        """It is booked; what the prompt brings later beyond the invoice is the client's credit."""
        invoice = self.make_invoice()
        tx = self.request(1160, invoice)
        self.confirm(amount="700", account=invoice.mpesa_reference)
        self.assertEqual((invoice.amount_residual, invoice._sire_get_payable()), (460, 0))
        self.receive(tx, self.paid_callback(tx))
        self.assertEqual((invoice.amount_residual, tx.payment_id.amount, self.get_credit()), (0, 1160, 700))


@tagged("post_install", "-at_install")
class TestSecondReport(C2bCommon):
    """A prompt's payment is confirmed to the pay bill as well, with the same number."""

    def confirm_prompt(self, tx, **values):
        return self.confirm(
            **{"number": NUMBER, "amount": f"{tx.amount:.2f}", "account": tx.mpesa_account_reference, **values}
        )

    def test_each_order(self):
        for index, order in enumerate(permutations(("callback", "confirmation", "query", "again"))):
            with self.subTest(order=order):
                invoice = self.make_invoice()
                tx = self.request(500, invoice)
                number = f"ORDER{index}XX"
                for step in order:
                    if step == "callback":
                        self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber=number))
                    elif step == "query":
                        self.age(tx, 30)
                        self.resolve()
                    else:
                        self.confirm_prompt(tx, number=number, OrgAccountBalance=step)
                self.env.invalidate_all()
                self.assertOnePayment(tx, self.get_receipt(number))
                self.assertEqual(self.get_credit(), 0)

    def test_waits_for_an_open_prompt(self):
        tx = self.request()
        self.confirm_prompt(tx)
        receipt = self.get_receipt(NUMBER)
        self.assertEqual((receipt.state, receipt.waiting_for_id, receipt.payment_ids.ids), ("waiting", tx, []))
        self.assertEqual(tx.state, "pending")
        self.assertIn("still open", receipt.reason)

    def test_callback_never_comes(self):
        tx = self.request()
        self.confirm_prompt(tx)
        self.age(tx, 30)
        self.resolve()
        self.assertOnePayment(tx, self.get_receipt(NUMBER))

    def test_nobody_says_how_it_ended(self):
        """Neither callback nor answer to our question: when the invoice is released, the money that came is the prompt's."""
        for lost in (False, True):
            with self.subTest(lost=lost):
                self.daraja.query_result = ("pending", "500.001.1001")
                if lost:
                    self.daraja.next_is("push", (503, ""))
                number = f"NOBODY{lost}XX".upper()
                tx = self.request()
                self.confirm_prompt(tx, number=number)
                self.assertEqual(tx.state, "pending")
                self.age(tx, 181)
                self.resolve()
                self.assertOnePayment(tx, self.get_receipt(number))
                self.assertTrue(self.get_receipt(number).is_inferred)

    def test_after_the_release(self):
        self.daraja.query_result = ("pending", "500.001.1001")
        tx = self.request()
        self.age(tx, 181)
        self.resolve()
        self.assertEqual(tx.mpesa_result_code, "unconfirmed")
        self.confirm_prompt(tx)
        self.assertOnePayment(tx, self.get_receipt(NUMBER))

    def test_job_ends_the_waiting(self):
        self.daraja.query_result = ("pending", "500.001.1001")
        tx = self.request()
        self.confirm_prompt(tx)
        receipt = self.get_receipt(NUMBER)
        self.age(tx, 181)
        with self.mocked_now(fields.Datetime.add(fields.Datetime.now(), seconds=200)):
            self.env.flush_all()
            with self.enter_cron():
                self.receipts._cron_book()
        self.env.invalidate_all()
        self.assertOnePayment(tx, receipt)

    def test_the_prompt_failed(self):
        """Cancelled on the phone, and paid by typing the pay bill: on the invoice, by itself."""
        for number, confirm_first in enumerate((True, False)):
            with self.subTest(confirm_first=confirm_first):
                invoice = self.make_invoice()
                tx = self.request(500, invoice)
                steps = [
                    lambda number=number, tx=tx: self.confirm_prompt(tx, number=f"TYPEDIN{number}"),
                    lambda tx=tx: self.receive(tx, self.failed_callback(tx, 1032)),
                ]
                for step in steps if confirm_first else reversed(steps):
                    step()
                receipt = self.get_receipt(f"TYPEDIN{number}")
                self.assertEqual((tx.state, receipt.state, receipt.transaction_id.id), ("cancel", "booked", False))
                self.assertEqual((invoice.amount_residual, receipt.payment_ids.amount), (660, 500))

    def test_both_are_true(self):
        """The same client pays the prompt and types the pay bill too: two receipts, two payments, in any order."""
        for number, order in enumerate(permutations(("prompt", "typed", "callback"))):
            with self.subTest(order=order):
                invoice = self.make_invoice()
                tx = self.request(500, invoice)
                before = self.get_credit()
                prompt, typed = f"PROMPT{number}XX", f"TYPEDX{number}XX"
                steps = {
                    "prompt": lambda tx=tx, prompt=prompt: self.confirm_prompt(tx, number=prompt),
                    "typed": lambda tx=tx, typed=typed: self.confirm_prompt(tx, number=typed),
                    "callback": lambda tx=tx, prompt=prompt: self.receive(
                        tx, self.paid_callback(tx, MpesaReceiptNumber=prompt)
                    ),
                }
                for step in order:
                    steps[step]()
                receipts = self.get_receipt(prompt) | self.get_receipt(typed)
                self.assertEqual(receipts.mapped("state"), ["booked", "booked"])
                self.assertEqual((tx.mpesa_receipt_ids, tx.state), (self.get_receipt(prompt), "done"))
                self.assertEqual(tx.payment_id, self.get_receipt(prompt).payment_ids)
                self.assertEqual(receipts.payment_ids.mapped("amount"), [500, 500])
                self.assertEqual(invoice.amount_residual, 160)
                self.assertEqual(self.get_credit(), before)

    def test_another_phone_is_another_payment(self):
        tx = self.request()
        self.confirm_prompt(tx, MSISDN="25479****999")
        receipt = self.get_receipt(NUMBER)
        self.assertEqual((receipt.state, receipt.transaction_id.id, tx.state), ("booked", False, "pending"))
        self.assertEqual(tx.invoice_ids.amount_residual, 660)


@tagged("post_install", "-at_install")
class TestPayBillRoutes(C2bCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.addresses = self.provider._mpesa_get_c2b_addresses()

    def post(self, what, data, **kwargs):
        path = self.addresses[what].removeprefix("https://pay.example.co.ke")
        return self.url_open(path, json=data, **kwargs)

    def test_addresses_stay(self):
        self.assertEqual(self.provider._mpesa_get_c2b_addresses(), self.addresses)
        self.assertTrue(self.addresses["confirm"].startswith("https://pay.example.co.ke/sire/pay/c2b/"))

    def test_confirmation(self):
        invoice = self.make_invoice()
        response = self.post("confirm", self.confirmation(account=invoice.mpesa_reference))
        self.assertEqual((response.status_code, response.json()), (200, {"ResultCode": 0, "ResultDesc": "Success"}))
        event = self.env["sire.webhook.event"].search([("provider", "=", "mpesa_c2b")])
        self.assertEqual((event.state, event.company_id), ("received", self.company))
        self.assertIn("UKL7XQ2M4P", event.event_key)
        self.assertNotIn(self.provider.mpesa_c2b_token, f"{event.event_key} {event.headers}")
        self.process_webhooks()
        self.assertEqual(invoice.amount_residual, 660)

    def test_whatever_comes_is_kept_and_answered(self):
        path = self.addresses["confirm"].removeprefix("https://pay.example.co.ke")
        for body in (b"", b"{", b"\x00\xff", b"[]"):
            response = self.url_open(path, data=body or b" ", headers={"Content-Type": "application/json"})
            self.assertEqual(response.json(), {"ResultCode": 0, "ResultDesc": "Success"})

    def test_strangers_learn_nothing(self):
        for what in ("confirm", "validate"):
            self.assertEqual(self.url_open(f"/sire/pay/c2b/{'A' * 32}/{what}", json={"a": 1}).status_code, 404)
            self.assertEqual(self.url_open(f"/sire/pay/c2b/False/{what}", json={"a": 1}).status_code, 404)
        self.assertEqual(self.post("confirm", {"x": "y" * 70000}).status_code, 413)
        self.provider.mpesa_source_addresses = "196.201.214.0/24"
        with self.assertLogs("odoo.addons.sire_mpesa.controllers.sender", "WARNING"):
            self.assertEqual(self.post("confirm", {"a": 1}).status_code, 404)
        self.assertFalse(self.env["sire.webhook.event"].search([("provider", "=", "mpesa_c2b")]))

    def validate(self, account="", **values):
        return self.post("validate", self.confirmation(account=account, **values)).json()["ResultCode"]

    def test_validation(self):
        invoice, paid = self.make_invoice(), self.make_invoice()
        self.make_wizard(paid)._create_payments()
        rules = {
            "all": {"": "0", "RENT": "0", paid.mpesa_reference: "0", invoice.mpesa_reference: "0"},
            "known": {"": "C2B00012", "RENT": "C2B00012", paid.mpesa_reference: "0", invoice.mpesa_reference: "0"},
            "open": {"": "C2B00012", paid.mpesa_reference: "C2B00012", invoice.mpesa_reference.lower(): "0"},
        }
        for rule, answers in rules.items():
            self.provider.mpesa_c2b_validation = rule
            for account, answer in answers.items():
                with self.subTest(rule=rule, account=account):
                    self.assertEqual(self.validate(account), answer)
        self.assertEqual(self.validate(BusinessShortCode="600000"), "C2B00015")
        self.provider.mpesa_c2b_limits = True
        self.assertEqual(self.validate(invoice.mpesa_reference, amount="250001"), "C2B00013")
        self.assertEqual(self.post("validate", {"a": 1}).json(), {"ResultCode": "0", "ResultDesc": "Accepted"})
        self.assertFalse(self.get_receipt(), "a question is no payment")


@tagged("post_install", "-at_install")
class TestRegistration(C2bCommon):
    def test_registered(self):
        self.provider.action_mpesa_register_c2b()
        [(_endpoint, body, _token)] = self.daraja.sent("register")
        self.assertEqual((body["ShortCode"], body["ResponseType"]), (174379, "Completed"))
        self.assertEqual(body["ConfirmationURL"], self.provider._mpesa_get_c2b_addresses()["confirm"])
        self.assertEqual((self.provider.mpesa_c2b_state, self.provider.mpesa_c2b_message), ("registered", "Success"))
        self.assertTrue(self.provider.mpesa_c2b_registered_at)

    def test_answers(self):
        success = {"ResponseCode": "00000000", "ResponseDescription": "Success"}
        refused = {"errorCode": "500.003.1001", "errorMessage": "Urls are already registered"}
        for answer, state in (
            ((200, success), "registered"),
            ((500, refused), "failed"),
            ((200, {"ResponseCode": "1", "ResponseDescription": "No"}), "failed"),
            ((200, "<html/>"), "failed"),
        ):
            with self.subTest(answer=answer):
                self.provider.write({"mpesa_c2b_state": "none", "mpesa_c2b_registered_at": False})
                self.daraja.next_is("register", answer)
                self.provider.action_mpesa_register_c2b()
                self.assertEqual(self.provider.mpesa_c2b_state, state)
                self.assertTrue(self.provider.mpesa_c2b_message)

    def test_once_registered_stays_registered(self):
        self.provider.action_mpesa_register_c2b()
        self.daraja.next_is("register", (500, {"errorCode": "500.003.1001", "errorMessage": "already registered"}))
        self.provider.action_mpesa_register_c2b()
        self.assertEqual(self.provider.mpesa_c2b_state, "registered")

    def test_address_that_safaricom_refuses(self):
        self.env["ir.config_parameter"].set_param("sire_base.public_url", "https://mpesa.example.co.ke")
        with self.assertRefused("contain “mpesa”"):
            self.provider.action_mpesa_register_c2b()
        self.env["ir.config_parameter"].set_param("sire_base.public_url", "http://pay.example.co.ke")
        self.provider.mpesa_base_url = "https://api.safaricom.co.ke"
        with self.assertRefused("HTTPS only"):
            self.provider.action_mpesa_register_c2b()
        self.assertFalse(self.daraja.calls)

    def test_for_administrators(self):
        user = self.make_user("mpesa.registers", "account.group_account_manager")
        with self.assertRaises(UserError):
            self.provider.with_user(user).action_mpesa_register_c2b()


@tagged("post_install", "-at_install")
class TestReference(C2bCommon):
    def test_given_when_posted_and_kept(self):
        invoice = self.make_invoice(post=False)
        self.assertFalse(invoice.mpesa_reference)
        invoice.action_post()
        reference = invoice.mpesa_reference
        self.assertRegex(reference, "^[0-9ACDEFGHJKMNPQRTVWXY]{6}$")
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(invoice.mpesa_reference, reference)
        self.assertFalse(invoice.copy().mpesa_reference)
        with self.assertRefused("given by the system"):
            invoice.mpesa_reference = "X"
        with self.assertRefused("given by the system"):
            self.make_invoice(post=False, mpesa_reference=reference)
        bill = self.make_invoice(move_type="in_invoice", post=False)
        bill.action_post()
        self.assertFalse(bill.mpesa_reference)

    def test_prompt_shows_it(self):
        tx = self.request()
        [(_endpoint, body, _token)] = self.daraja.sent("push")
        self.assertEqual(body["AccountReference"], tx.invoice_ids.mpesa_reference)
