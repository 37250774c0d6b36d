"""What is in the books: the payment gross, the fee once, refunds and disputes once, whoever began them."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import StripeCommon


@tagged("post_install", "-at_install")
class TestMoney(StripeCommon):
    def setUp(self):
        super().setUp()
        self.fees = self.provider.stripe_fee_account_id
        self.disputes = self.provider.stripe_dispute_account_id

    def pay(self, amount=1160.0, **values):
        tx = self.begin(amount, **values)
        self.succeed(tx)
        self.settle()
        return tx

    def get_credit(self, tx):
        """What the client has with us: negative is their money."""
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.partner.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        return round(sum(lines.mapped("amount_residual")), 2)

    # === FEES === #

    def test_fee_is_booked_once(self):
        tx = self.pay()
        self.assertEqual(tx.invoice_ids.amount_residual, 0)
        self.assertEqual((self.get_balance(self.fees), self.get_outstanding()), (33.64, 1126.36))
        movement = self.get_movements()
        self.assertEqual((movement.kind, movement.amount, movement.fee, movement.net), ("charge", 1160, 33.64, 1126.36))
        self.assertEqual((movement.state, movement.move_id.journal_id), ("booked", self.provider.journal_id))
        self.tell(self.event(tx, "payment_intent.succeeded"))
        tx._stripe_settle_soon()
        self.settle()
        self.settle()
        self.assertEqual((self.get_balance(self.fees), len(self.get_movements())), (33.64, 1))

    def test_fee_waits_for_stripe(self):
        tx = self.begin()
        self.succeed(tx)
        self.no_answer()
        self.settle()
        self.assertEqual((tx.stripe_tries, bool(tx.stripe_due_at), self.get_balance(self.fees)), (1, True, 0))
        self.settle()
        self.assertEqual((tx.stripe_due_at, self.get_balance(self.fees)), (False, 33.64))

    def test_fee_waits_for_its_account(self):
        self.provider.stripe_fee_account_id = False
        self.pay()
        movement = self.get_movements()
        self.assertEqual(movement.state, "waiting")
        self.assertIn("Choose journal and accounts", movement.reason)
        self.provider.stripe_fee_account_id = self.fees
        self.settle()
        self.assertEqual((movement.state, movement.reason, self.get_balance(self.fees)), ("booked", False, 33.64))

    def test_fee_of_closed_books_is_booked_later(self):
        tx = self.begin()
        self.stripe.pay(tx.provider_reference)
        self.tell(self.event(tx, "payment_intent.succeeded"))
        self.company.hard_lock_date = "2026-11-19"  # the charge is of the 18th
        self.settle()
        movement = self.get_movements()
        self.assertEqual((movement.state, self.get_balance(self.fees)), ("booked", 33.64))
        self.assertGreater(str(movement.move_id.date), "2026-11-19")

    def test_fee_in_the_currency_of_settlement(self):
        """An account in the United States pays out dollars: the fee is booked in dollars, at Stripe's own rate."""
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.stripe.rate, self.stripe.settlement = 1 / 129, "usd"
        self.pay()
        movement = self.get_movements()
        self.assertEqual((movement.currency_id, movement.amount, movement.fee), (dollar, 8.99, 0.26))
        line = movement.move_id.line_ids.filtered(lambda line: line.account_id == self.fees)
        self.assertEqual((line.currency_id, line.amount_currency), (dollar, 0.26))
        self.assertEqual(line.balance, round(0.26 * 1160 / 8.99, 2))

    def test_unknown_currency_of_settlement(self):
        dollar = self.env.ref("base.USD")
        dollar.active = False
        self.stripe.rate, self.stripe.settlement = 1 / 129, "usd"
        self.pay()
        movement = self.get_movements()
        self.assertEqual(movement.state, "waiting")
        self.assertIn("Switch on the currency USD", movement.reason)
        dollar.active = True
        self.settle()
        self.assertEqual(movement.state, "booked")

    def test_day_in_nairobi(self):
        tx = self.begin()
        charge = self.stripe.pay(tx.provider_reference)
        self.stripe.things[charge["balance_transaction"]]["created"] = 1795035600  # 21:00 UTC on 18 November 2026
        self.tell(self.event(tx, "payment_intent.succeeded"))
        self.settle()
        self.assertEqual(str(self.get_movements().move_id.date), "2026-11-19")

    # === REFUNDS === #

    def test_refund_made_here(self):
        tx = self.pay()
        refund = tx._refund(160)
        self.assertEqual(
            (refund.state, refund.payment_id.amount, refund.payment_id.payment_type), ("done", 160, "outbound")
        )
        self.tell(self.refunded(tx), self.refunded(tx))
        self.settle()
        self.assertEqual(len(tx.child_transaction_ids), 1)
        self.assertEqual((self.get_outstanding(), self.get_credit(tx)), (966.36, 160))
        self.assertEqual(tx.payment_id.amount_available_for_refund, 1000)

    def test_refund_made_at_stripe(self):
        tx = self.pay()
        self.stripe.refund(tx.provider_reference, 16000)
        first = self.refunded(tx)
        self.stripe.refund(tx.provider_reference, 100000)
        second = self.refunded(tx)
        self.tell(second, first, first, second)
        self.settle()
        self.assertEqual(sorted(tx.child_transaction_ids.mapped("amount")), [-1000, -160])
        self.assertEqual((self.get_outstanding(), self.get_credit(tx)), (-33.64, 1160))
        self.assertEqual(self.get_balance(self.fees), 33.64)

    def test_refund_pays_back_the_credit_note(self):
        tx = self.pay()
        invoice = tx.invoice_ids
        note = invoice._reverse_moves([{"invoice_date": "2026-11-20"}])
        note.action_post()
        self.assertEqual(note.amount_residual, 1160)
        self.stripe.refund(tx.provider_reference, 116000)
        self.tell(self.refunded(tx))
        self.assertEqual((note.amount_residual, self.get_credit(tx)), (0, 0))

    def test_refund_before_its_payment(self):
        """The report of the refund overtakes the one of the payment: Stripe is asked about the payment first."""
        tx = self.begin()
        self.stripe.pay(tx.provider_reference)
        self.stripe.refund(tx.provider_reference, 16000)
        paid = self.event(tx, "payment_intent.succeeded")
        self.tell(self.refunded(tx), paid)
        self.assertEqual((tx.state, tx.payment_id.amount, tx.child_transaction_ids.amount), ("done", 1160, -160))

    def test_refund_before_its_payment_and_stripe_is_silent(self):
        tx = self.begin()
        self.stripe.pay(tx.provider_reference)
        self.stripe.refund(tx.provider_reference, 16000)
        self.no_answer()
        self.tell(self.refunded(tx))
        self.assertEqual((tx.state, tx.child_transaction_ids.ids), ("draft", []))
        self.process_webhooks(retries=True)
        self.assertEqual((tx.state, tx.child_transaction_ids.amount), ("done", -160))

    def test_refund_that_fails_later(self):
        for order in ("as it was", "failure first"):
            with self.subTest(order):
                tx = self.pay()
                before = self.get_outstanding()
                refund = self.stripe.refund(tx.provider_reference, 16000)
                made = self.refunded(tx)
                self.stripe.fail_refund(refund)
                failed = self.stripe.event("refund.failed", refund)
                self.tell(*((made, failed) if order == "as it was" else (failed, made)), failed, made)
                self.settle()
                child = tx.child_transaction_ids
                self.assertEqual((len(child), child.state), (1, "error"))
                self.assertEqual(self.get_outstanding(), before)
                self.assertEqual(tx.payment_id.amount_available_for_refund, 1160)

    def test_refund_without_an_answer(self):
        """The line breaks: Stripe may have made it. It is held, asked again with the same key, and made once."""
        tx = self.pay()
        self.no_answer()
        refund = tx._refund(160)
        self.assertEqual((refund.state, refund.payment_id.id), ("pending", False))
        with self.assertRefused("Only KSh 1,000 of this payment is left"):
            tx._refund(1160)
        self.settle()
        self.assertEqual((refund.state, refund.payment_id.amount), ("done", 160))
        made = [one for one in self.stripe.things.values() if one["object"] == "refund"]
        keys = {call[3]["Idempotency-Key"] for call in self.stripe.sent("POST", "refunds")}
        self.assertEqual((len(made), len(keys), len(self.stripe.sent("POST", "refunds"))), (1, 1, 2))

    def test_refund_that_stripe_made_and_we_forgot(self):
        """Killed between Stripe's answer and our commit: its report makes the refund, and once."""
        tx = self.pay()
        self.stripe.refund(tx.provider_reference, 16000, {"reference": f"R-{tx.reference}"})
        self.tell(self.refunded(tx))
        self.assertEqual((tx.child_transaction_ids.amount, tx.child_transaction_ids.state), (-160, "done"))

    def test_refund_that_we_forgot_and_asked_again_for_another_amount(self):
        """The report of the first has the reference that the second got again: it is another amount, so another refund."""
        for answer in ("refused", "none at first"):
            with self.subTest(answer):
                tx = self.pay()
                self.stripe.refund(tx.provider_reference, 16000, {"reference": f"R-{tx.reference}"})
                refused = (400, {"error": {"type": "idempotency_error", "message": "This key was used before."}})
                if answer == "refused":
                    self.stripe.script.append(refused)
                else:
                    self.no_answer()
                again = tx._refund(500)
                self.assertEqual(again.reference, f"R-{tx.reference}")
                self.tell(self.refunded(tx), self.refunded(tx))
                self.stripe.script += [refused] if answer != "refused" else []
                self.settle()
                made = tx.child_transaction_ids - again
                self.assertEqual((again.state, again.payment_id.ids), ("error", []))
                self.assertEqual((made.state, made.amount, made.payment_id.amount), ("done", -160, 160))
                self.assertEqual(tx.payment_id.amount_available_for_refund, 1000)

    def test_refund_refused(self):
        tx = self.pay()
        for amount, words in ((0, "not an amount"), (-5, "not an amount"), (float("nan"), "not an amount"),
                              (0.001, "not an amount"), (1160.01, "Only KSh 1,160 .* left")):  # fmt: skip
            with self.subTest(amount), self.assertRefused(words):
                tx._refund(amount)
        self.stripe.script.append((400, {"error": {"message": "Charge has been disputed."}}))
        refund = tx._refund(160)
        self.assertEqual((refund.state, refund.payment_id.id), ("error", False))
        self.assertEqual(self.get_outstanding(), 1126.36)
        open_tx = self.begin()
        with self.assertRefused("arrived"):
            open_tx._refund(1160)

    def test_payments_that_stripe_made_stay(self):
        tx = self.pay()
        refund = tx._refund(160)
        boss = self.make_user("stripe-money-boss", "account.group_account_manager")
        for payment in (tx.payment_id | refund.payment_id).with_user(boss):
            for change in (
                lambda payment: payment.action_draft(),
                lambda payment: payment.action_cancel(),
                lambda payment: payment.write({"state": "canceled"}),
                lambda payment: payment.write({"amount": 1}),
                lambda payment: payment.unlink(),
            ):
                with self.assertRefused("so its payment stays"):
                    change(payment)
        self.assertEqual(self.get_outstanding(), 966.36)

    # === DISPUTES === #

    def test_dispute_in_words(self):
        tx = self.pay()
        dispute = self.stripe.dispute(tx.provider_reference)
        for reason, words in (
            ("product_not_received", "Nothing was delivered"),
            ("bank_cannot_process", "Bank cannot process"),
            (None, "No reason given"),
        ):
            with self.subTest(reason):
                dispute |= {"id": f"dp_{reason}", "reason": reason, "evidence_details": None}
                self.tell(self.stripe.event("charge.dispute.created", dispute))
                found = tx.stripe_dispute_ids.filtered(lambda one, name=dispute["id"]: one.name == name)
                self.assertEqual((found.reason or None, found.reason_words), (reason, words))
                expected = f"The client's bank disputes KSh 1,160 ({words}): answer at Stripe."
                self.assertEqual(found._get_words(), expected)

    def test_dispute_won(self):
        tx = self.pay()
        dispute = self.stripe.dispute(tx.provider_reference)
        self.tell(self.stripe.event("charge.dispute.created", dispute))
        found = tx.stripe_dispute_ids
        self.assertEqual((found.status, found.amount, found.withdrawn), ("needs_response", 1160, False))
        self.assertIn(
            "disputes KSh 1,160 (Somebody else used the card): answer at Stripe before", tx.invoice_ids.stripe_words
        )
        self.assertEqual(tx.payment_id.stripe_words, tx.invoice_ids.stripe_words)
        self.assertEqual(found.activity_ids.summary, "Disputed card payment")
        self.assertTrue(found.with_user(found.activity_ids.user_id).has_access("read"))
        self.stripe.withdraw(dispute)
        self.tell(self.stripe.event("charge.dispute.funds_withdrawn", dispute))
        self.assertTrue(found.withdrawn)
        self.assertEqual((self.get_balance(self.disputes), self.get_balance(self.fees)), (1160, 48.64))
        self.assertEqual(self.get_outstanding(), round(1126.36 - 1175, 2))
        self.stripe.reinstate(dispute)
        self.stripe.close(dispute, "won")
        closed = self.stripe.event("charge.dispute.closed", dispute)
        back = self.stripe.event("charge.dispute.funds_reinstated", dispute)
        self.tell(closed, back, back, closed)
        self.assertEqual((found.status, found.activity_ids.ids), ("won", []))
        self.assertEqual((self.get_balance(self.disputes), self.get_outstanding()), (0, round(1126.36 - 15, 2)))
        lines = found.movement_ids.move_id.line_ids.filtered(lambda line: line.account_id == self.disputes)
        self.assertTrue(all(lines.mapped("reconciled")))
        self.assertEqual(tx.invoice_ids.amount_residual, 0)

    def test_dispute_of_a_seller_without_accounts(self):
        """The to-do goes to somebody who can open it; a report of Stripe does not fail because nobody can."""
        tx = self.pay()
        tx.invoice_ids.invoice_user_id = seller = self.make_user("stripe-seller")
        self.tell(self.stripe.event("charge.dispute.created", self.stripe.dispute(tx.provider_reference)))
        self.assertNotEqual(tx.stripe_dispute_ids.activity_ids.user_id, seller)
        self.provider.stripe_alert_user_id = looks = self.make_user("stripe-looks", "account.group_account_invoice")
        tx = self.pay()
        self.tell(self.stripe.event("charge.dispute.created", self.stripe.dispute(tx.provider_reference)))
        self.assertEqual(tx.stripe_dispute_ids.activity_ids.user_id, looks)

    def test_dispute_lost(self):
        tx = self.pay()
        dispute = self.stripe.dispute(tx.provider_reference)
        created = self.stripe.event("charge.dispute.created", dispute)
        self.stripe.withdraw(dispute)
        taken = self.stripe.event("charge.dispute.funds_withdrawn", dispute)
        self.stripe.close(dispute, "lost")
        closed = self.stripe.event("charge.dispute.closed", dispute)
        self.tell(closed, taken, created)
        found = tx.stripe_dispute_ids
        self.assertEqual((found.status, self.get_balance(self.disputes)), ("lost", 1160))
        self.assertIn("Decide", found.activity_ids.note)
        viewer = self.make_user("stripe-viewer", "account.group_account_readonly")
        accountant = self.make_user("stripe-accountant", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            found.with_user(viewer).action_claim()
        found.with_user(accountant).action_claim()
        self.assertEqual((self.get_balance(self.disputes), self.get_credit(tx)), (0, 1160))
        with self.assertRefused("and once"):
            found.with_user(accountant).action_claim()
        self.assertIn("owes it again", tx.invoice_ids.with_user(accountant).stripe_words)

    def test_claim_only_what_is_lost(self):
        tx = self.pay()
        dispute = self.stripe.dispute(tx.provider_reference)
        self.stripe.withdraw(dispute)
        self.tell(self.stripe.event("charge.dispute.funds_withdrawn", dispute))
        with self.assertRaises(UserError):
            tx.stripe_dispute_ids.action_claim()
        self.assertEqual(self.get_balance(self.disputes), 1160)

    def test_dispute_of_a_payment_that_is_not_ours(self):
        thing = {"id": "dp_x", "object": "dispute", "amount": 500, "currency": "kes", "charge": "ch_x",
                 "payment_intent": "pi_x", "reason": "general", "status": "lost",
                 "balance_transactions": [self.stripe.move("dispute", -500, "kes")]}  # fmt: skip
        self.stripe.make("pi", object="payment_intent")
        self.stripe.things["pi_x"] = {"id": "pi_x", "description": "Shop 17"}
        self.tell(self.stripe.event("charge.dispute.closed", thing))
        dispute = self.env["sire.stripe.dispute"].search([("name", "=", "dp_x")])
        self.assertEqual((dispute.status, dispute.transaction_id.id), ("lost", False))
        self.assertEqual((dispute.movement_ids.state, dispute.movement_ids.move_id.id), ("foreign", False))

    def test_dispute_in_dollars(self):
        """The client's bank takes shillings, Stripe takes dollars: in the books the same shillings."""
        self.env.ref("base.USD").active = True
        self.stripe.rate, self.stripe.settlement = 1 / 129, "usd"
        tx = self.pay()
        dispute = self.stripe.dispute(tx.provider_reference)
        self.stripe.withdraw(dispute)
        self.tell(self.stripe.event("charge.dispute.funds_withdrawn", dispute))
        self.assertEqual(self.get_balance(self.disputes), 1160)
