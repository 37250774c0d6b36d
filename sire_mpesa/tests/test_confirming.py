"""A pay bill confirmation is a hint: Safaricom is asked before it is booked."""

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sire_mpesa.utils import Sighting

from .command_common import CommandCommon, paid_parameters


@tagged("post_install", "-at_install")
class TestConfirming(CommandCommon):
    def hint(self, number="UKL7XQ2M4P", amount="500", account=None, **values):
        """A confirmation comes, and Safaricom is asked.

        :return: the receipt and the question
        """
        self.confirm(number, amount, account if account is not None else self.invoice.mpesa_reference, **values)
        self.send("status")
        return self.get_receipt(number), self.get_commands("status")[-1:]

    def setUp(self):
        super().setUp()
        self.invoice = self.make_invoice(500)

    def make_due(self, receipt):
        self.env.cr.execute(
            "UPDATE sire_mpesa_receipt SET next_try_at = now() AT TIME ZONE 'UTC' WHERE id = %s", [receipt.id]
        )
        self.env.invalidate_all()

    def ask_again(self, receipt):
        self.make_due(receipt)
        receipt._book()
        return self.send("status")

    def test_confirmed(self):
        receipt, question = self.hint()
        self.assertEqual((receipt.state, receipt.confirmation), ("waiting", "asked"))
        self.assertIn("Asked Safaricom", receipt.reason)
        self.assertEqual(self.invoice.payment_state, "not_paid")
        body = self.daraja.sent("status")[0][1]
        self.assertEqual(
            {key: body[key] for key in ("CommandID", "TransactionID", "PartyA", "IdentifierType")},
            {
                "CommandID": "TransactionStatusQuery",
                "TransactionID": "UKL7XQ2M4P",
                "PartyA": 174379,
                "IdentifierType": "4",
            },
        )
        self.assertNotIn("OriginalConversationID", body)
        self.report_paid(question, "UKL7XQ2M4P", 500)
        self.assertEqual((receipt.state, receipt.confirmation, receipt.reason), ("booked", "confirmed", False))
        self.assertEqual(self.invoice.payment_state, "paid")
        self.assertEqual(receipt.evidence_ids.mapped("source"), ["c2b", "status"])
        self.assertDayBalances(seen=500, booked=500)

    def test_setting(self):
        for setting, addresses, state in (
            ("never", False, "booked"),
            ("without_addresses", "196.201.214.0/24", "booked"),
            ("without_addresses", False, "waiting"),
            ("always", "196.201.214.0/24", "waiting"),
        ):
            self.provider.write({"mpesa_confirm_c2b": setting, "mpesa_source_addresses": addresses})
            number = f"SET{setting[:1]}{bool(addresses):d}000001".upper()
            self.confirm(number, "5", self.invoice.mpesa_reference)
            self.assertEqual(self.get_receipt(number).state, state, (setting, addresses))

    def test_without_initiator(self):
        self.provider.mpesa_initiator_certificate = False
        self.confirm("UKL7XQ2M4P", "500", self.invoice.mpesa_reference)
        self.assertEqual((self.get_receipt().state, self.get_receipt().confirmation), ("booked", False))

    def test_initiator_is_taken_away(self):
        receipt, _question = self.hint()
        self.provider.mpesa_initiator_certificate = False
        self.make_due(receipt)
        receipt._book()
        self.assertEqual(receipt.state, "booked")

    def test_denied(self):
        receipt, question = self.hint()
        self.report(question, "R000002")
        self.assertEqual((receipt.state, receipt.flag), ("waiting", False), "its own systems need their time")
        for _turn in range(2):
            self.report(self.ask_again(receipt), "R000002")
        self.assertEqual((receipt.state, receipt.confirmation), ("denied", "denied"))
        self.assertIn("does not know this receipt", receipt.flag)
        self.assertEqual(len(receipt.activity_ids), 1)
        self.assertEqual(self.invoice.payment_state, "not_paid")
        self.assertFalse(self.env["sire.mpesa.day"].search([("provider_id", "=", self.provider.id)]), "it is no money")
        self.confirm("UKL7XQ2M4P", "500.00", self.invoice.mpesa_reference, OrgAccountBalance="1.00")
        self.assertEqual(receipt.state, "denied")
        receipt._book()
        self.assertEqual(receipt.state, "denied")
        self.assertEqual(self.invoice._mpesa_claim_receipt("UKL7XQ2M4P")["state"], "taken")

    def test_denied_and_true_after_all(self):
        receipt, question = self.hint()
        for _turn in range(2):
            self.report(question, "R000002")
            question = self.ask_again(receipt)
        self.report(question, "R000002")
        self.assertEqual(receipt.state, "denied")
        receipt.with_user(self.accountant).action_ask_safaricom()
        self.report_paid(self.send("status"), "UKL7XQ2M4P", 500)
        self.assertEqual((receipt.state, self.invoice.payment_state), ("booked", "paid"))
        self.assertDayBalances(seen=500, booked=500)

    def test_not_to_us(self):
        receipt, question = self.hint()
        self.report_paid(question, "UKL7XQ2M4P", 500, CreditPartyName="600000 - Somebody Else")
        self.assertEqual(receipt.state, "denied")
        self.assertIn("600000 - Somebody Else", receipt.flag)

    def test_another_amount(self):
        """The number is true, the amount was claimed: what moved is what counts."""
        receipt, question = self.hint(amount="90000")
        self.report_paid(question, "UKL7XQ2M4P", 200)
        self.assertEqual((receipt.state, receipt.amount, self.invoice.amount_residual), ("booked", 200, 300))
        self.assertIn("KSh 90,000", receipt.flag)
        self.assertDayBalances(seen=200, booked=200)

    def test_no_answer(self):
        """Whatever is no answer: asked again, never booked, never declared false."""
        receipt, question = self.hint()
        self.report(question, 1, late=True)
        unclear = paid_parameters("UKL7XQ2M4P", 500)
        for answer in (
            {"code": "2001"},
            {"code": "77"},
            {"ReceiptNo": "UKL7XQ2M4P"},  # a single parameter
            {**unclear, "ReceiptNo": "AAAAAAA111"},
            {**unclear, "CreditPartyName": None},
            {**unclear, "TransactionStatus": "Pending"},
        ):
            question = self.ask_again(receipt)
            self.report(question, **answer)
            self.assertEqual((receipt.state, receipt.confirmation), ("waiting", "asked"), answer)
        for fault in ((503, ""), (200, "<html>"), (429, {"fault": {}}), TimeoutError("cut")):
            self.daraja.next_is("status", fault)
            self.ask_again(receipt)
            self.assertGreater(receipt.next_try_at, fields.Datetime.now())
        self.report_paid(self.ask_again(receipt), "UKL7XQ2M4P", 500)
        self.assertEqual(receipt.state, "booked")

    def test_backs_off(self):
        receipt, _question = self.hint()
        waits = []
        with freeze_time(fields.Datetime.now()):
            for _turn in range(6):
                self.ask_again(receipt)
                waits.append((receipt.next_try_at - fields.Datetime.now()).total_seconds())
        self.assertEqual(waits, [300, 900, 3600, 3600, 3600, 3600])
        asked = len(self.daraja.sent("status"))
        receipt._book()
        self.assertEqual(len(self.get_commands("status")), asked, "not before its time")

    def test_an_older_answer_is_an_answer(self):
        receipt, first = self.hint()
        second = self.ask_again(receipt)
        self.assertEqual((first.state, second.state), ("unanswered", "sent"))
        self.report_paid(first, "UKL7XQ2M4P", 500)
        self.assertEqual(receipt.state, "booked")
        self.report_paid(second, "UKL7XQ2M4P", 500)
        self.assertEqual(len(receipt.payment_ids), 1)

    def test_confirmed_by_the_list(self):
        receipt, question = self.hint()
        sighting = Sighting("UKL7XQ2M4P", 500.0, "pull", "paybill", fields.Datetime.now(), reference="x")
        self.provider._mpesa_take_sighting(sighting)
        self.assertEqual((receipt.state, receipt.confirmation), ("booked", "confirmed"))
        self.report(question, "R000002")
        self.assertEqual((receipt.state, len(receipt.payment_ids)), ("booked", 1))

    def test_denied_and_on_the_list(self):
        receipt, question = self.hint(amount="700")
        self.report_paid(question, "UKL7XQ2M4P", 700, CreditPartyName="600000 - Somebody Else")
        self.provider._mpesa_take_sighting(
            Sighting("UKL7XQ2M4P", 500.0, "pull", "paybill", fields.Datetime.now(), reference="x")
        )
        self.assertEqual((receipt.state, receipt.amount), ("booked", 500))

    def test_prompts_confirm_themselves(self):
        """A paid prompt is confirmed by its own callback: nobody asks twice."""
        tx = self.request(500, self.invoice)
        self.confirm("NLJ7RT61SV", "500", self.invoice.mpesa_reference)
        receipt = self.get_receipt("NLJ7RT61SV")
        self.assertEqual((receipt.state, receipt.confirmation), ("waiting", "asked"))
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="NLJ7RT61SV"))
        self.assertEqual((receipt.state, receipt.transaction_id, receipt.confirmation), ("booked", tx, "confirmed"))
        self.assertFalse(self.get_commands("status"))
        self.assertDayBalances(seen=500, booked=500)

    def test_prompt_without_callback(self):
        tx = self.request(500, self.invoice)
        self.confirm("NLJ7RT61SV", "500", self.invoice.mpesa_reference)
        receipt = self.get_receipt("NLJ7RT61SV")
        question = self.ask_again(receipt)
        self.report_paid(question, "NLJ7RT61SV", 500)
        self.assertEqual((receipt.state, receipt.waiting_for_id), ("waiting", tx), "until the prompt has its end")
        self.daraja.query_result = ("paid", "0")
        self.age(tx, 30)
        self.resolve()
        self.assertEqual((tx.state, tx.provider_reference, receipt.state), ("done", "NLJ7RT61SV", "booked"))
        self.assertEqual(len(self.get_payments(self.invoice)), 1)

    def test_a_forged_number_is_not_a_prompts(self):
        """A prompt that is paid without a number does not take one that only a hint names."""
        tx = self.request(500, self.invoice)
        self.confirm("FORGED0001", "500", self.invoice.mpesa_reference)
        self.daraja.query_result = ("paid", "0")
        self.age(tx, 30)
        self.resolve()
        self.assertEqual((tx.state, tx.provider_reference), ("done", False))
        self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="NLJ7RT61SV"))
        self.assertEqual(tx.provider_reference, "NLJ7RT61SV")
        forged = self.get_receipt("FORGED0001")
        for _turn in range(3):
            self.report(self.ask_again(forged), "R000002")
        self.assertEqual(forged.state, "denied")
        self.assertDayBalances(seen=500, booked=500)

    def test_a_claimed_amount_does_not_stop_a_callback(self):
        tx = self.request(500, self.invoice)
        self.confirm("NLJ7RT61SV", "90000", "RENT")
        self.daraja.query_result = ("paid", "0")
        self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="NLJ7RT61SV"))
        receipt = self.get_receipt("NLJ7RT61SV")
        self.assertEqual((tx.state, receipt.amount, receipt.state), ("done", 500, "booked"))

    def test_asked_by_hand(self):
        self.provider.mpesa_confirm_c2b = "never"
        receipt = self.lost()
        receipt.with_user(self.accountant).action_ask_safaricom()
        self.report(self.send("status"), "R000002")
        self.assertEqual(receipt.state, "suspense", "what is in the books stays there")
        self.assertIn("does not know", receipt.flag)
        self.provider.mpesa_initiator_name = False
        with self.assertRaises(UserError):
            receipt.with_user(self.accountant).action_ask_safaricom()


@tagged("post_install", "-at_install")
class TestPromptStatus(CommandCommon):
    def setUp(self):
        super().setUp()
        self.daraja.query_result = ("pending", "500.001.1001")
        self.invoice = self.make_invoice(500)

    def question(self, tx, age=90):
        self.age(tx, age)
        self.resolve()
        self.send("status")
        return self.get_commands("status")[-1:]

    def test_settles_what_a_query_does_not(self):
        tx = self.request(500, self.invoice)
        self.age(tx, 30)
        self.resolve()
        self.assertFalse(self.get_commands("status"), "not before its callback had its time")
        question = self.question(tx)
        self.assertEqual(self.daraja.sent("status")[0][1]["OriginalConversationID"], tx.mpesa_merchant_request_id)
        self.report_paid(question, "NLJ7RT61SV", 500)
        self.assertEqual((tx.state, tx.provider_reference), ("done", "NLJ7RT61SV"))
        receipt = self.get_receipt("NLJ7RT61SV")
        self.assertEqual((receipt.state, receipt.evidence_ids.source), ("booked", "status"))
        self.assertEqual(self.invoice.payment_state, "paid")
        self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber="NLJ7RT61SV"))
        self.assertEqual(len(self.get_payments(self.invoice)), 1)
        self.assertDayBalances(seen=500, booked=500)

    def test_never_declares_failed(self):
        tx = self.request(500, self.invoice)
        for answer in ({"code": "R000002"}, {"code": "2001"}, {"ReceiptNo": "X"}):
            self.env.cr.execute("UPDATE sire_mpesa_command SET create_date = create_date - interval '2 hours'")
            self.env.invalidate_all()
            self.report(self.question(tx), **answer)
            self.assertEqual(tx.state, "pending", answer)
        self.question(tx, 200)
        self.assertEqual((tx.state, tx.mpesa_result_code), ("error", "unconfirmed"), "released, and still asked about")
        self.assertTrue(tx.mpesa_next_query_at)
        self.env.cr.execute("UPDATE sire_mpesa_command SET create_date = create_date - interval '2 hours'")
        self.env.invalidate_all()
        self.report_paid(self.question(tx, 900), "NLJ7RT61SV", 500)
        self.assertEqual((tx.state, tx.provider_reference), ("done", "NLJ7RT61SV"))

    def test_does_not_fit(self):
        tx = self.request(500, self.invoice)
        event = self.report_paid(self.question(tx), "NLJ7RT61SV", 5)
        self.assertEqual((event.state, tx.state), ("parked", "pending"))
        self.assertFalse(self.get_receipt("NLJ7RT61SV"))

    def test_not_asked_all_the_time(self):
        tx = self.request(500, self.invoice)
        self.question(tx)
        self.question(tx)
        self.assertEqual(len(self.get_commands("status")), 1)

    def test_number_of_a_prompt_that_nobody_named(self):
        tx = self.request(500, self.invoice)
        self.daraja.query_result = ("paid", "0")
        self.age(tx, 30)
        self.resolve()
        self.assertEqual((tx.state, tx.mpesa_receipt_ids.ids), ("done", []))
        self.age(tx, 90)
        self.step()
        question = self.send("status")
        self.report_paid(question, "NLJ7RT61SV", 500)
        receipt = self.get_receipt("NLJ7RT61SV")
        self.assertEqual((tx.provider_reference, receipt.transaction_id, receipt.state), ("NLJ7RT61SV", tx, "booked"))
        self.assertEqual(len(self.get_payments(self.invoice)), 1)
        self.assertDayBalances(seen=500, booked=500)
        self.step()
        self.assertEqual(len(self.get_commands("status")), 1)

    def test_list_is_fetched_in_the_end(self):
        self.provider.mpesa_pull_registered_at = fields.Datetime.now()
        cron = self.env.ref("sire_mpesa.ir_cron_mpesa_pull")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        tx = self.request(500, self.invoice)
        self.question(tx, 200)
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), triggers + 1)
