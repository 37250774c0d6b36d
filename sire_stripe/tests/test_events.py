"""What Stripe reports: signed, once, late, twice, wrong, about somebody else."""

import json
import time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sire_stripe.utils import check_signature

from .common import SECRET, StripeCommon, sign


@tagged("post_install", "-at_install")
class TestEvents(StripeCommon):
    def assertPaid(self, tx, residual=0.0):
        self.assertEqual(tx.state, "done")
        payments = self.env["account.payment"].search([("payment_transaction_id", "=", tx.id)])
        self.assertEqual((len(payments), payments.amount), (1, tx.amount))
        self.assertEqual(tx.invoice_ids.amount_residual, residual)

    def test_signature(self):
        now, body = time.time(), b'{"id": "evt_1"}'
        good = sign(body, at=now)
        self.assertTrue(check_signature(good, body, SECRET, now, 300))
        digest = good.split("v1=")[1]
        self.assertTrue(check_signature(f"t={int(now)},v1={'0' * 64},v1={digest}", body, SECRET, now, 300))
        for header, text, secret, moment in (
            (good, body + b" ", SECRET, now),
            (good, body, "whsec_other", now),
            (good, body, "", now),
            (good, body, SECRET, now + 400),
            (good, body, SECRET, now - 400),
            ("", body, SECRET, now),
            (None, body, SECRET, now),
            ("t=,v1=", body, SECRET, now),
            (f"t={int(now)}", body, SECRET, now),
            (f"t={int(now)},v1=\u00e9", body, SECRET, now),
            (f"v1={digest}", body, SECRET, now),
            (f"{good},t=1", body, SECRET, now),
            (f"t={int(now)},v0={digest}", body, SECRET, now),
        ):
            with self.subTest(header=header):
                self.assertFalse(check_signature(header, text, secret, moment, 300))

    def test_no_secret_no_account(self):
        self.provider.stripe_webhook_secret = False
        body = b"{}"
        self.assertFalse(self.env["payment.provider"]._stripe_find_by_signature(sign(body, secret=""), body))
        self.assertIn("no webhook signing secret", self.provider.stripe_fault)

    def test_paid(self):
        tx = self.begin()
        self.assertEqual(tx.invoice_ids._sire_get_payable(), 1160)
        self.succeed(tx)
        self.assertPaid(tx)
        self.assertEqual(tx.payment_id.journal_id, self.provider.journal_id)

    def test_twice(self):
        tx = self.begin()
        self.stripe.pay(tx.provider_reference)
        event = self.event(tx, "payment_intent.succeeded")
        again = self.event(tx, "payment_intent.succeeded")
        self.tell(event, event, again)
        self.assertPaid(tx)
        events = self.env["sire.webhook.event"].search([("provider", "=", "stripe")])
        self.assertEqual((len(events), set(events.mapped("state"))), (2, {"done"}))

    def test_out_of_order(self):
        """What was true before comes after: nothing is taken back."""
        tx = self.begin()
        intent = self.stripe.things[tx.provider_reference]
        failed = self.stripe.event("payment_intent.payment_failed", dict(intent))
        waiting = self.stripe.event("payment_intent.processing", {**intent, "status": "processing"})
        canceled = self.stripe.event("payment_intent.canceled", {**intent, "status": "canceled"})
        self.stripe.pay(tx.provider_reference)
        self.tell(self.event(tx, "payment_intent.succeeded"), waiting, failed, canceled)
        self.assertPaid(tx)

    def test_success_after_failure(self):
        tx = self.begin()
        intent = self.stripe.things[tx.provider_reference]
        error = {"last_payment_error": {"message": "Your card was declined."}}
        self.tell(self.stripe.event("payment_intent.payment_failed", {**intent, **error}))
        self.assertEqual((tx.state, tx.state_message), ("error", "Your card was declined."))
        self.succeed(tx)
        self.assertPaid(tx)

    def test_success_after_cancel(self):
        """Nobody cancels what is paid, and if somebody seems to, the money is there all the same."""
        tx = self.begin()
        intent = self.stripe.things[tx.provider_reference]
        self.tell(self.stripe.event("payment_intent.canceled", {**intent, "status": "canceled"}))
        self.assertEqual(tx.state, "cancel")
        self.succeed(tx)
        self.assertPaid(tx)

    def test_success_after_cash(self):
        tx = self.begin()
        invoice = tx.invoice_ids
        self.make_wizard(invoice)._create_payments()
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.succeed(tx)
        self.assertPaid(tx)
        account = tx.payment_id.destination_account_id
        line = tx.payment_id.move_id.line_ids.filtered(lambda line: line.account_id == account)
        self.assertEqual((line.amount_residual, line.partner_id), (-1160, self.partner))
        self.assertTrue(any("client's credit" in (text or "") for text in invoice.message_ids.mapped("body")))

    def test_what_does_not_fit(self):
        for name, values, words in (
            ("amount", {"amount": 100}, "was asked for"),
            ("received", {"amount_received": 100}, "Stripe received"),
            ("currency", {"currency": "usd"}, "another currency"),
            ("reference", {"description": "other"}, "another reference"),
            ("boolean", {"amount": True}, "was asked for"),
        ):
            tx = self.begin()
            self.stripe.pay(tx.provider_reference)
            intent = {**self.stripe.things[tx.provider_reference], **values}
            with self.subTest(name):
                self.tell(self.stripe.event("payment_intent.succeeded", intent))
                self.assertEqual((tx.state, tx.invoice_ids.amount_residual), ("draft", 1160))
                movement = self.get_movements()[:1]
                self.assertEqual(movement.state, "foreign")
                self.assertIn(words, movement.reason)
                self.assertIn(words, tx.invoice_ids.activity_ids.note)
        self.assertFalse(self.env["sire.webhook.event"].search([("state", "=", "parked"), ("provider", "=", "stripe")]))

    def test_error_does_not_open_the_amount(self):
        """In the host, a second event with a wrong amount books a transaction that failed before."""
        tx = self.begin()
        self.tell(self.event(tx, "payment_intent.payment_failed"))
        self.stripe.pay(tx.provider_reference)
        intent = {**self.stripe.things[tx.provider_reference], "amount": 100, "amount_received": 100}
        self.tell(self.stripe.event("payment_intent.succeeded", intent))
        self.assertEqual((tx.state, tx.payment_id.id), ("error", False))

    def test_another_payment_of_the_same_reference(self):
        tx = self.begin()
        self.stripe.pay(tx.provider_reference)
        intent = {**self.stripe.things[tx.provider_reference], "id": "pi_other"}
        self.tell(self.stripe.event("payment_intent.succeeded", intent))
        self.assertEqual(tx.state, "draft")

    def test_unknown_reference(self):
        """A shop that uses the same account: kept and shown, no error, nobody is woken."""
        intent = {"id": "pi_shop", "object": "payment_intent", "amount": 5000, "currency": "kes", "status": "succeeded",
                  "description": "Shop 17", "created": 1795000000}  # fmt: skip
        self.tell(*(self.stripe.event("payment_intent.succeeded", intent) for _again in range(2)))
        movement = self.get_movements(name="pi_shop")
        self.assertEqual((movement.state, movement.amount, movement.reference), ("foreign", 50, "Shop 17"))
        self.assertFalse(movement.move_id)

    def test_rubbish_that_is_signed(self):
        self.tell(
            {"id": "evt_a", "type": "payment_intent.succeeded"}, {"id": "evt_b", "type": 1, "data": {"object": []}}
        )
        self.tell(self.stripe.event("payment_intent.succeeded", {}), self.stripe.event("charge.refunded", {}))
        self.tell(self.stripe.event("charge.dispute.created", {}), self.stripe.event("no.such.event", {}))
        states = self.env["sire.webhook.event"].search([("provider", "=", "stripe")]).mapped("state")
        self.assertEqual(sorted(states), ["done", "done", "done", "done", "parked", "parked"])

    def test_two_companies(self):
        """Who holds the secret of one company cannot pay the invoices of another."""
        self.load_kenyan_chart(self.company_2)
        other = self.make_provider(self.company_2, secret="whsec_other")
        self.assertNotEqual(other, self.provider)
        tx = self.begin()
        self.stripe.pay(tx.provider_reference)
        event = self.event(tx, "payment_intent.succeeded")
        self.env["sire.webhook.event"]._receive("stripe", f"{other.id}/{event['id']}", json.dumps(event).encode(), {})
        self.process_webhooks()
        self.assertEqual(tx.state, "draft")
        movement = self.env["sire.stripe.movement"].search([("provider_id", "=", other.id)])
        self.assertEqual((movement.state, movement.company_id), ("foreign", self.company_2))
        accountant = self.make_user("stripe-acc", "account.group_account_invoice")
        self.assertFalse(self.env["sire.stripe.movement"].with_user(accountant).search([("id", "=", movement.id)]))
        self.tell(event)
        self.assertPaid(tx)
        self.assertNotEqual(other.journal_id, self.provider.journal_id)
        self.assertEqual(other.stripe_fee_account_id.company_ids, self.company_2)

    def test_who_reads(self):
        readers = {"account.group_account_readonly", "account.group_account_invoice"}
        setters = {"base.group_system"}
        for model, expected in (
            ("sire.stripe.movement", readers),
            ("sire.stripe.dispute", readers),
            ("sire.stripe.setup", setters),
        ):
            for number, group in enumerate(
                sorted(readers | setters | {"base.group_user", "base.group_partner_manager"})
            ):
                user = self.make_user(f"{model}-{number}", group)
                with self.subTest(model, group=group):
                    self.assertEqual(self.env[model].with_user(user).has_access("read"), group in expected)
                    can_write = any(
                        self.env[model].with_user(user).has_access(name) for name in ("write", "create", "unlink")
                    )
                    self.assertEqual(can_write, group in expected and model == "sire.stripe.setup")

    def test_nobody_writes_what_stripe_reported(self):
        tx = self.begin()
        self.succeed(tx)
        self.settle()
        movement = self.get_movements()
        for user in (
            self.make_user("stripe-boss", "account.group_account_manager", "base.group_system"),
            self.env.user,
        ):
            for change in (
                lambda record: record.write({"state": "booked"}),
                lambda record: record.copy(),
                lambda record: record.unlink(),
            ):
                with self.assertRaises(AccessError):
                    change(movement.with_user(user).with_context(stripe_gate=True))
