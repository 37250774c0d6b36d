from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sire_base.exceptions import WebhookParked
from odoo.addons.sire_base.models import sire_webhook_event_batch as batch
from odoo.addons.sire_base.tests.test_webhook_inbox import WORKER, InboxCase

BATCH = "odoo.addons.sire_base.models.sire_webhook_event_batch"


@tagged("post_install", "-at_install")
class TestBatch(InboxCase):
    """A handler of many beside the one of ``test``: it makes the same partners, and says for whom it was called."""

    def setUp(self):
        super().setUp()
        self.together = []  # keys of each batch
        self.asked = []
        self.batch_behaviour = lambda events: events
        handlers = {"test": (self.prepare, self.handle)}
        self.enterContext(patch.object(type(self.inbox), "_get_batch_handlers", lambda _self: handlers))

    def prepare(self, events):
        keys = events.mapped("event_key")
        return lambda: self.asked.append(keys) or len(keys)

    def handle(self, events, prepared):
        self.together.append((sorted(events.mapped("event_key")), prepared))
        events.env["res.partner"].create([{"name": f"Effect of {event.event_key}"} for event in events])
        return self.batch_behaviour(events)

    def receive_many(self, *keys, **values):
        return self.inbox.union(*(self.receive(key, **values) for key in keys))

    def test_handled_together_once(self):
        events = self.receive_many("a", "b", "c")
        self.assertEqual(self.process_webhooks(), 3)
        self.assertEqual(self.together, [(["a", "b", "c"], 3)])
        self.assertEqual((events.mapped("state"), events.mapped("attempts")), (["done"] * 3, [1] * 3))
        self.assertTrue(all(events.mapped("handled_at")))
        self.process_webhooks(retries=True)
        self.assertEqual([self.effects(key) for key in "abc"], [1, 1, 1])
        self.assertEqual((len(self.together), self.handled), (1, []))

    def test_one_alone_needs_no_batch(self):
        self.receive()
        self.process_webhooks()
        self.assertEqual((self.together, self.handled), ([], ["k1"]))

    def test_what_is_left_out_is_handled_alone(self):
        """The partners that the batch made for it are the batch's to answer for: here it makes too many, and is seen."""
        self.batch_behaviour = lambda events: events.filtered(lambda event: event.event_key != "b")
        events = self.receive_many("a", "b", "c")
        self.process_webhooks()
        self.assertEqual(
            (self.handled, events.mapped("state"), events.mapped("attempts")), (["b"], ["done"] * 3, [1] * 3)
        )
        self.assertEqual([self.effects(key) for key in "abc"], [1, 2, 1])

    @mute_logger(WORKER, BATCH)
    def test_a_failing_one_does_not_take_its_batch_with_it(self):
        def fail(events):
            raise ZeroDivisionError

        def behaviour(event):
            if event.event_key == "b":
                raise WebhookParked("Look at me.")

        self.batch_behaviour = fail
        self.set_behaviour(behaviour)
        events = self.receive_many("a", "b", "c")
        self.process_webhooks()
        self.assertEqual(self.handled, ["a", "b", "c"], "each alone, in the same attempt")
        self.assertEqual((events.mapped("state"), events.mapped("attempts")), (["done", "parked", "done"], [1] * 3))
        self.assertEqual([self.effects(key) for key in "abc"], [1, 0, 1], "what the batch had done was rolled back")

    @mute_logger(BATCH)
    def test_asking_can_fail_too(self):
        def prepare(events):
            raise OSError("no network")

        with patch.object(type(self.inbox), "_get_batch_handlers", lambda _self: {"test": (prepare, self.handle)}):
            events = self.receive_many("a", "b")
            self.process_webhooks()
        self.assertEqual((self.together, self.handled, events.mapped("state")), ([], ["a", "b"], ["done"] * 2))

    def test_who_is_no_part_of_a_batch(self):
        """One that had an attempt before (its process was killed then, perhaps by it), and other companies' and kinds'."""
        self.receive_many("tried").attempts = 1
        self.receive_many("other", company=self.company_2)
        self.receive_many("a", "b", company=self.company)
        self.inbox._receive("unknown", "x", b"x", {})
        self.process_webhooks()
        self.assertEqual([keys for keys, _prepared in self.together], [["a", "b"]])
        self.assertEqual(sorted(self.handled), ["other", "tried"])

    def test_no_more_than_asked_for(self):
        events = self.receive_many(*"abcde")
        self.assertEqual(self.process_webhooks(limit=2), 2)
        self.assertEqual(events.mapped("state").count("done"), 2)
        with patch("odoo.addons.sire_base.models.sire_webhook_event_worker.BATCH", 2):
            self.process_webhooks()
        self.assertEqual([len(keys) for keys, _prepared in self.together], [2, 2])
        self.assertEqual(events.mapped("state"), ["done"] * 5)

    def test_killed_between_claim_and_handling(self):
        events = self.receive_many("a", "b")
        self.env.flush_all()
        with self.enter_registry_test_mode():
            claims = self.inbox._in_own_transaction(lambda model: model._claim_some(100))
        self.assertEqual(claims, [(event.id, 1) for event in events])
        self.assertEqual(self.process_webhooks(), 0, "the wait is running")
        self.process_webhooks(retries=True)
        self.assertEqual(
            (self.together, self.handled), ([], ["a", "b"]), "each alone now: one of them may have killed it"
        )
        self.assertEqual(events.mapped("attempts"), [2, 2])

    def test_a_late_worker_leaves_what_others_began(self):
        taken, done, free, other = events = self.receive_many("taken", "done", "free", "other")
        events.attempts = 1
        taken.attempts = 2
        done.state = "done"
        self.env.flush_all()
        self.batch_behaviour = lambda events: events | taken | done  # whatever it says
        with self.enter_registry_test_mode():
            left = self.inbox._handle_together([(event.id, 1) for event in events])
        self.assertEqual(self.together, [(["free", "other"], 4)])
        self.assertEqual(left, [(taken.id, 1), (done.id, 1)], "and alone they are looked at once more")
        self.assertEqual((taken.state, free.state, other.state, done.handled_at), ("received", "done", "done", False))
        with self.enter_registry_test_mode():
            for claim in left:
                self.inbox._handle_claimed(*claim)
        self.assertEqual(self.handled, [])

    def test_the_handler_works_for_one_company(self):
        seen = []
        self.batch_behaviour = lambda events: seen.append((events.env.company, events.env.companies)) or events
        self.receive_many("a", "b", company=self.company_2)
        self.process_webhooks()
        self.assertEqual(seen, [(self.company_2, self.company_2)])

    @mute_logger(BATCH)
    def test_somebody_in_the_way(self):
        """A serialization failure: the batch is tried again some times, then each alone."""
        tries = []

        def collide(events):
            tries.append(1)
            raise SerializationFailure

        self.batch_behaviour = collide
        self.enterContext(patch(f"{WORKER}.time.sleep"))
        events = self.receive_many("a", "b")
        self.process_webhooks()
        self.assertEqual((len(tries), self.handled, events.mapped("state")), (batch.TRIES, ["a", "b"], ["done"] * 2))

    def test_no_time_for_those_that_are_left_out(self):
        """Whoever does not answer is not asked fifty times in a row: the job has to end before the host stops it."""
        now = [0.0]

        def leave_out(events):
            now[0] += 1000
            return events.browse()

        self.batch_behaviour = leave_out
        events = self.receive_many("a", "b")
        with patch(f"{WORKER}.time.monotonic", lambda: now[0]):
            self.assertEqual(self.process_webhooks(), 0)
        self.assertEqual((self.handled, events.mapped("attempts")), ([], [0, 0]))
        self.batch_behaviour = lambda events: events
        self.assertEqual(self.process_webhooks(), 2, "at once, not after a wait")
