"""Many callbacks at once: the plain ones are booked in one transaction, and nothing else gets in with them."""

import json
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sire_mpesa.models import payment_transaction_batch as batch

from .common import MpesaCommon

BATCH = "odoo.addons.sire_base.models.sire_webhook_event_batch"
WORKER = "odoo.addons.sire_base.models.sire_webhook_event_worker"


@tagged("post_install", "-at_install")
class TestBatch(MpesaCommon):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.daraja.query_result = ("paid", "0")
        self.taken = []  # references of the transactions of each batch
        self.singles = []
        txs = type(self.env["payment.transaction"])
        together, alone = txs._mpesa_handle_stk_events, txs._mpesa_handle_stk_event

        def handle_together(model, events, answers):
            done = together(model, events, answers)
            self.taken.append(len(done))
            return done

        def handle_alone(model, event):
            self.singles.append(int(event.event_key.split("/")[0]))
            return alone(model, event)

        self.patch(txs, "_mpesa_handle_stk_events", handle_together)
        self.patch(txs, "_mpesa_handle_stk_event", handle_alone)

    def prompts(self, count=3, amount=500, invoices=None):
        txs = [
            self.request(amount, invoices and invoices[number], phone=f"07123456{number:02}") for number in range(count)
        ]
        return self.env["payment.transaction"].union(*txs)

    def number(self, tx):
        return f"BATCH{tx.id:07}"

    def call_back(self, tx, **values):
        return self.receive(tx, self.paid_callback(tx, MpesaReceiptNumber=self.number(tx), **values), handle=False)

    def work(self, *events):
        self.process_webhooks()
        self.env.invalidate_all()
        return [event.state for event in events]

    def assertBooked(self, txs):
        for tx in txs:
            receipt = self.get_receipt(self.number(tx))
            self.assertEqual((tx.state, tx.is_post_processed, tx.provider_reference), ("done", True, receipt.name))
            self.assertEqual((receipt.state, receipt.transaction_id, receipt.amount), ("booked", tx, tx.amount))
            payments = self.env["account.payment"].search([("payment_transaction_id", "=", tx.id)])
            self.assertEqual((payments, payments.amount), (tx.payment_id, tx.amount))
            self.assertEqual(receipt.payment_ids, payments)

    def test_same_as_alone(self):
        """What a batch leaves behind is what handling alone leaves behind, field by field and note by note."""
        alone = self.prompts(1)
        self.call_back(alone)
        self.work()
        self.assertEqual((self.taken, self.singles), ([], alone.ids))
        together = self.prompts(2)
        events = [self.call_back(tx) for tx in together]
        self.assertEqual(self.work(*events), ["done", "done"])
        self.assertEqual((self.taken, self.singles), ([2], alone.ids))
        self.assertBooked(alone | together)
        expected = self.picture(alone)
        for tx in together:
            self.assertEqual(self.picture(tx), expected)

    def picture(self, tx):
        """What can be seen of a paid prompt, without names and numbers of its own."""

        def look(record, skipped=()):
            values = {}
            own = (
                "Char",
                "Selection",
                "Monetary",
                "Float",
                "Boolean",
                "Date",
                "Integer",
                "Many2one",
                "Many2many",
                "Text",
            )
            for name, field in record._fields.items():
                skip = not field.store or name in skipped or type(field).__name__ not in own
                if not skip and not name.startswith(("mpesa_callback", "message_", "activity_", "access_")):
                    value = record[name]
                    values[name] = value.mapped("display_name") if field.relational else value
            text = json.dumps(values, default=str, sort_keys=True)
            for old in (tx.reference, self.number(tx), tx.mpesa_checkout_request_id, tx.mpesa_merchant_request_id,
                        tx.invoice_ids.name, payment.name, tx.mpesa_phone, tx.invoice_ids.mpesa_reference,
                        tx.invoice_ids.payment_reference, receipt.payer_phone, tx.mpesa_account_reference):  # fmt: skip
                text = text.replace(str(old or "~"), "…")
            return {key: value for key, value in json.loads(text).items() if key not in ("id", "sequence_number")}

        payment, receipt, invoice = tx.payment_id, self.get_receipt(self.number(tx)), tx.invoice_ids
        self.env.cr.precommit.run()  # notes of what was changed are written before the commit
        moves = payment.move_id
        return {
            "tx": look(tx, ("reference", "id", "mpesa_requested_at", "mpesa_touched")),
            "payment": look(payment, ("payment_reference", "paired_internal_transfer_payment_id")),
            "entry": look(moves, ("sequence_prefix", "name", "made_sequence_gap")),
            "items": [look(line, ("matching_number", "full_reconcile_id", "move_name")) for line in moves.line_ids],
            "invoice": look(invoice, ("mpesa_reference", "sire_payable_version", "sequence_number", "name")),
            "receipt": look(receipt),
            "evidence": [look(one, ("body", "event_id", "receipt_id")) for one in receipt.evidence_ids],
            "notes": [
                sorted(
                    (message.subtype_id.name, message.author_id.name, message.message_type)
                    for message in record.message_ids
                )
                for record in (invoice, payment, moves, receipt)
            ],
            "residual": (invoice.amount_residual, invoice.payment_state),
        }

    def test_what_is_not_plain_is_handled_alone(self):
        txs = self.prompts(9)
        wrong, failed, bare, double, seen, forged, other, two, late = txs
        booked = self.confirm(self.number(seen), "500.00", account="RENT", handle=False)  # somebody reported it before
        late._set_error("given up")
        two.invoice_ids |= self.make_invoice()
        self.patch(self.daraja, "answer_query", self.answer_unless(forged))
        events = {
            wrong: self.call_back(wrong, Amount=5),
            failed: self.receive(failed, self.failed_callback(failed, 1032), handle=False),
            bare: self.receive(bare, self.paid_callback(bare, MpesaReceiptNumber=None), handle=False),
            double: self.call_back(double),
            seen: self.call_back(seen),
            forged: self.call_back(forged),
            other: self.call_back(other, MerchantRequestID="m-x"),
            two: self.call_back(two),
            late: self.call_back(late),
        }
        again = self.call_back(double, ResultDesc="Once more")
        self.assertEqual(self.work(again, booked), ["done", "done"])
        self.assertEqual(
            {tx: event.state for tx, event in events.items()},
            {
                wrong: "parked", failed: "done", bare: "done", double: "done", seen: "done", forged: "parked",
                other: "parked", two: "done", late: "done",
            },
        )  # fmt: skip
        self.assertEqual(self.taken, [1], "the first word about one")
        self.assertEqual(len(self.singles), 9)
        self.assertBooked(double | two | late)
        self.assertEqual((wrong | forged | other).mapped("state"), ["pending"] * 3)
        self.assertFalse((wrong | forged | other | failed).payment_id)
        self.assertEqual((failed.state, bare.state, bare.payment_id.amount), ("cancel", "done", 500))
        self.assertEqual(len(self.env["sire.mpesa.receipt"].search([])), 4)

    def answer_unless(self, *denied):
        numbers = set(self.env["payment.transaction"].union(*denied).mapped("mpesa_checkout_request_id"))
        usual = type(self.daraja).answer_query

        def answer(body):
            status, data = usual(self.daraja, body)
            return status, {**data, "ResultCode": "1032"} if body["CheckoutRequestID"] in numbers else data

        return answer

    def test_two_prompts_name_one_receipt(self):
        one, two = self.prompts(2)
        first, second = self.call_back(one), self.receive(
            two, self.paid_callback(two, MpesaReceiptNumber=self.number(one)), handle=False
        )  # fmt: skip
        self.assertEqual(self.work(first, second), ["done", "parked"])
        self.assertEqual(self.taken, [1], "and the batch did not have to fail for it")
        self.assertBooked(one)
        self.assertFalse(two.payment_id)

    def test_two_prompts_of_one_invoice(self):
        invoice = self.make_invoice(1000)
        txs = self.prompts(2, 400, [invoice, invoice])
        self.assertEqual(self.work(*map(self.call_back, txs)), ["done", "done"])
        self.assertBooked(txs)
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (200, "partial"))

    def test_paid_otherwise_meanwhile(self):
        txs = self.prompts(2, 500)
        invoice = txs[0].invoice_ids
        txs[0].sudo().invoice_ids = False  # so that the counter takes it all
        self.make_wizard(invoice, amount=invoice.amount_residual)._create_payments()
        txs[0].invoice_ids = invoice
        self.assertEqual(self.work(*map(self.call_back, txs)), ["done", "done"])
        self.assertEqual(self.taken, [2])
        self.assertBooked(txs)
        self.assertEqual((invoice.amount_residual, txs[0].payment_id.is_reconciled), (0, False), "the client's credit")

    @mute_logger(BATCH)
    def test_one_that_cannot_be_booked(self):
        """Its batch is rolled back, the others are booked alone, and it keeps what happened until it can be."""
        txs = self.prompts(3)
        reconcile = type(self.env["account.move.line"])._reconcile_plan
        poison = txs[1].invoice_ids

        def fail(lines, plan):
            if any(poison in part.move_id for part in plan):
                raise ValueError("The books say no.")
            return reconcile(lines, plan)

        self.patch(type(self.env["account.move.line"]), "_reconcile_plan", fail)
        with mute_logger("odoo.addons.sire_mpesa.models.payment_transaction_result"):
            self.assertEqual(self.work(*map(self.call_back, txs)), ["done"] * 3)
        self.assertEqual(self.singles, txs.ids)
        self.assertBooked(txs[0] | txs[2])
        self.assertEqual((txs[1].state, txs[1].is_post_processed, txs[1].payment_id.id), ("done", False, False))
        self.assertEqual(self.get_receipt(self.number(txs[1])).state, "waiting")

    def test_each_is_asked_about_once(self):
        txs = self.prompts(3)
        events = [self.call_back(tx) for tx in txs]
        self.work(*events)
        asked = [body["CheckoutRequestID"] for _endpoint, body, _token in self.daraja.sent("query")]
        self.assertEqual(sorted(asked), sorted(txs.mapped("mpesa_checkout_request_id")))
        self.assertEqual(self.daraja.tokens, 1)
        self.daraja.calls.clear()
        self.provider.mpesa_confirm_callbacks = False
        txs = self.prompts(2)
        self.assertEqual(self.work(*map(self.call_back, txs)), ["done", "done"])
        self.assertFalse(self.daraja.sent("query"))
        self.assertEqual(self.taken, [3, 2])

    @mute_logger(WORKER)
    def test_nobody_answers(self):
        """The first of them wait for an answer in vain; the others do not have to."""
        txs = self.prompts(batch.ASKERS * 2 + 4)
        self.daraja.calls.clear()
        self.patch(self.daraja, "answer_query", lambda _body: (503, "<html>"))
        events = [self.call_back(tx) for tx in txs]
        with patch.object(type(self.env["payment.transaction"]), "_mpesa_handle_stk_event", lambda _self, _event: None):
            self.work(*events)
        self.assertLess(len(self.daraja.sent("query")), len(txs))
        self.assertEqual((self.taken, set(txs.mapped("state"))), ([0], {"pending"}))
        self.assertFalse(self.env["sire.mpesa.receipt"].search([]))

    def test_another_prompts_answer(self):
        """Safaricom's answer has to be about this prompt, in a batch as alone."""
        txs = self.prompts(2)
        usual = type(self.daraja).answer_query
        other = {"MerchantRequestID": "m-x"}
        self.patch(self.daraja, "answer_query", lambda body: (200, {**usual(self.daraja, body)[1], **other}))
        self.assertEqual(self.work(*map(self.call_back, txs)), ["parked", "parked"])
        self.assertEqual((self.taken, txs.mapped("state")), ([0], ["pending"] * 2))

    def test_notes_cannot_be_held_back_from_outside(self):
        tx = self.prompts(1)
        before = len(tx.invoice_ids.message_ids)
        tx.with_context(mpesa_notes=[])._log_message_on_linked_documents("Read me")
        self.assertEqual(len(tx.invoice_ids.message_ids), before + 1)

    def test_two_companies(self):
        """Events of one company are handled together, in its environment."""
        ours = self.prompts(2)
        events = [self.call_back(tx) for tx in ours]
        events[1].company_id = self.company_2
        self.assertEqual(self.work(*events), ["done", "done"])
        self.assertEqual((self.taken, len(self.singles)), ([], 2))

    def test_dates_are_those_of_nairobi(self):
        with self.mocked_now("2026-11-20 21:30:00"):
            txs = self.prompts(2)
            events = [self.call_back(tx, TransactionDate=20261121003000) for tx in txs]
            self.assertEqual(self.work(*events), ["done", "done"])
        self.assertEqual(set(txs.payment_id.mapped("date")), {fields.Date.to_date("2026-11-21")})

    def test_unreadable_ones(self):
        txs = self.prompts(3)
        good = [self.call_back(tx) for tx in txs[:2]]
        bad = self.receive(txs[2], b"<html>", handle=False)
        self.assertEqual(self.work(*good, bad), ["done", "done", "parked"])
        self.assertEqual(self.taken, [2])
        self.assertBooked(txs[:2])


@tagged("post_install", "-at_install")
class TestForged(MpesaCommon):
    def test_concluded_prompt_and_a_forged_callback(self):
        """The push's answer was lost and a confirmation concluded what paid it. Who knows no more than the address cannot
        have another receipt booked by a callback that names a prompt of his own invention."""
        self.daraja.next_is("push", (503, ""))
        tx = self.request(500)
        self.confirm(account=tx.mpesa_account_reference)
        self.age(tx, 200)
        self.resolve()
        self.assertEqual((tx.state, tx.provider_reference), ("done", "UKL7XQ2M4P"))
        forged = self.paid_callback(tx, MpesaReceiptNumber="FORGED0001", CheckoutRequestID="ws_CO_x")
        event = self.receive(tx, forged)
        self.assertEqual((event.state, self.get_receipt("FORGED0001").id), ("received", False), "nobody confirms it")
        self.assertEqual((tx.provider_reference, self.get_payments(tx.invoice_ids)), ("UKL7XQ2M4P", tx.payment_id))
