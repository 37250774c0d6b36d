"""Whatever the order, however often: the same ledger."""

import itertools
import random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .common import StripeCommon

ORDERS = 8


@tagged("post_install", "-at_install")
class TestProperty(StripeCommon):
    def get_ledger(self, tx):
        """:return: what is in the books and on the screens, for comparison"""
        self.env.invalidate_all()
        # a refund that failed was booked and taken out again, or never booked: in the accounts it is the same
        live = tx._stripe_get_live_refunds()
        return {
            "state": tx.state,
            "residual": tx.invoice_ids.amount_residual,
            "payments": sorted((tx | live).payment_id.mapped("amount")),
            "refunds": sorted((child.amount, child.state) for child in tx.child_transaction_ids),
            "fees": self.get_balance(self.provider.stripe_fee_account_id),
            "disputed": self.get_balance(self.provider.stripe_dispute_account_id),
            "outstanding": self.get_outstanding(),
            "disputes": tx.stripe_dispute_ids.mapped("status"),
            "movements": sorted(self.get_movements().mapped("name")),
            "waiting": len(self.get_movements(state="waiting")),
        }

    def make_story(self, refund, fails, disputed, ending):
        """A payment and what becomes of it, as Stripe would report it, each report as of its moment."""
        tx = self.begin()
        number, events = tx.provider_reference, []
        if fails:
            error = {"last_payment_error": {"message": "declined"}}
            events.append(self.stripe.event("payment_intent.payment_failed", {**self.stripe.things[number], **error}))
        self.stripe.pay(number)
        events.append(self.event(tx, "payment_intent.succeeded"))
        made = self.stripe.refund(number, refund * 100) if refund else None
        if made:
            events.append(self.refunded(tx))
        if made and fails:
            self.stripe.fail_refund(made)
            events.append(self.stripe.event("refund.failed", made))
        if disputed:
            dispute = self.stripe.dispute(number)
            events.append(self.stripe.event("charge.dispute.created", dispute))
            self.stripe.withdraw(dispute)
            events.append(self.stripe.event("charge.dispute.funds_withdrawn", dispute))
            if ending == "won":
                self.stripe.reinstate(dispute)
                events.append(self.stripe.event("charge.dispute.funds_reinstated", dispute))
            if ending:
                self.stripe.close(dispute, ending)
                events.append(self.stripe.event("charge.dispute.closed", dispute))
        return tx, events

    def run_story(self, story, shuffle):
        """:return: the ledger after the events in some order, some of them twice, the job in between"""
        with self.env.cr.savepoint() as savepoint:
            self.stripe.__init__()
            tx, events = self.make_story(*story)
            for event in shuffle(events):
                self.tell(event)
                if event["id"][-1] in "37":
                    self.settle()
            self.settle()
            self.settle()
            ledger = self.get_ledger(tx)
            savepoint.rollback()
        self.env.invalidate_all()
        return ledger

    @settings(
        max_examples=ORDERS,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        story=st.tuples(
            st.sampled_from([0, 160, 1160]), st.booleans(), st.booleans(), st.sampled_from([None, "won", "lost"])
        ),
        seed=st.integers(0, 2**16),
    )
    def test_any_order(self, story, seed):
        def shuffle(events):
            chance = random.Random(seed)
            mixed = events + chance.choices(events, k=3)
            chance.shuffle(mixed)
            return mixed

        straight = self.run_story(story, lambda events: events)
        self.assertEqual(self.run_story(story, shuffle), straight)
        refund, fails, disputed, ending = story
        went_back = 0 if fails else refund
        kept = 33.64 + (15 if disputed else 0)
        at_bank = 1160 if disputed and ending != "won" else 0
        self.assertEqual((straight["state"], straight["residual"], straight["waiting"]), ("done", 0, 0))
        self.assertEqual((straight["fees"], straight["disputed"]), (kept, at_bank))
        self.assertEqual(straight["outstanding"], round(1160 - went_back - at_bank - kept, 2))

    def test_each_order_of_three(self):
        """All orders of payment, refund and withdrawal."""
        ledgers = [
            self.run_story((160, False, True, None), lambda events, order=order: [events[at] for at in order])
            for order in itertools.permutations((0, 1, 3))
        ]
        self.assertTrue(all(ledger == ledgers[0] for ledger in ledgers))
