import hashlib
from datetime import timedelta
from unittest.mock import patch

import psycopg2.errors

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sire_base.exceptions import WebhookParked, WebhookRetry
from odoo.addons.sire_base.models import sire_webhook_event_worker as worker
from odoo.addons.sire_base.models.sire_webhook_event_worker import LONGEST_WAIT, MAX_ATTEMPTS
from odoo.addons.sire_base.tests.common import SireCommon

WORKER = "odoo.addons.sire_base.models.sire_webhook_event_worker"


class InboxCase(SireCommon):
    """A handler of kind ``test`` that makes a partner, so that kept and lost effects can be told apart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inbox = cls.env["sire.webhook.event"].sudo()
        cls.behaviour = None
        cls.handled = []

        def handle(event):
            cls.handled.append(event.event_key)
            event.env["res.partner"].create({"name": f"Effect of {event.event_key}"})
            if cls.behaviour:
                cls.behaviour(event)

        patcher = patch.object(type(cls.inbox), "_get_handlers", lambda self: {"test": handle})
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    def setUp(self):
        super().setUp()
        self.handled.clear()
        self.set_behaviour(None)
        self.inbox.search([]).unlink()

    def set_behaviour(self, function):
        type(self).behaviour = staticmethod(function) if function else None

    def fail_with(self, error):
        def behaviour(event):
            raise error

        self.set_behaviour(behaviour)

    def receive(self, key="k1", body=b'{"a": 1}', **kwargs):
        return self.inbox._receive("test", key, body, {}, **kwargs)

    def effects(self, key="k1"):
        return self.env["res.partner"].search_count([("name", "=", f"Effect of {key}")])

    def seconds_until_next(self, event):
        return (event.next_attempt_at - fields.Datetime.now()).total_seconds()


@tagged("post_install", "-at_install")
class TestReceive(InboxCase):
    def test_handled_once(self):
        event = self.receive()
        self.assertEqual(event.state, "received")
        self.process_webhooks()
        self.assertEqual((event.state, event.attempts, self.effects()), ("done", 1, 1))
        self.assertTrue(event.handled_at)
        self.process_webhooks(retries=True)
        self.assertEqual((self.handled, self.effects()), (["k1"], 1))

    def test_duplicate_returns_the_first(self):
        event = self.receive(body=b"first")
        again = self.receive(body=b"second")
        self.assertEqual(event, again)
        self.assertEqual(again._get_raw_body(), b"first")
        self.assertEqual(self.inbox.search_count([]), 1)
        self.process_webhooks()
        self.receive()
        self.process_webhooks()
        self.assertEqual(self.handled, ["k1"])

    def test_same_key_of_another_kind_is_another_event(self):
        self.receive()
        self.inbox._receive("other", "k1", b"x", {})
        self.assertEqual(self.inbox.search_count([]), 2)

    def test_raw_body_is_kept_byte_by_byte(self):
        for index, body in enumerate((b"\x00\xff\xfe bytes", "Wanjikũ".encode(), b"", b'{"a":  1}\r\n', b"<svg/>" * 9)):
            event = self.receive(key=f"b{index}", body=body)
            event.invalidate_recordset()
            self.assertEqual(event._get_raw_body(), body)
            self.assertIsInstance(event.body_text, str)

    def test_body_is_shown_readable(self):
        self.assertEqual(self.receive(key="1", body=b'{"a":{"b":1}}').body_text, '{\n  "a": {\n    "b": 1\n  }\n}')
        self.assertEqual(self.receive(key="2", body=b"not json").body_text, "not json")
        self.assertLessEqual(len(self.receive(key="3", body=b"x" * 60_000).body_text), 20_000)

    def test_only_harmless_headers_are_kept(self):
        headers = {"User-Agent": "Apache", "Authorization": "Bearer x", "cookie": "session_id=1", "X-A": "b\x00c" * 900}
        event = self.inbox._receive("test", "h", b"1", headers, remote_addr="196.201.214.200")
        self.assertEqual(set(event.headers), {"User-Agent", "X-A"})
        self.assertEqual(event.remote_addr, "196.201.214.200")
        self.assertEqual(len(event.headers["X-A"]), 500)
        self.assertIn("User-Agent: Apache", event.headers_text)

    def test_keys_from_outside(self):
        long_key = "x" * 5000
        self.assertLessEqual(len(self.receive(key=long_key).event_key), 200)
        self.assertEqual(self.receive(key=long_key), self.receive(key=long_key))
        self.assertNotEqual(self.receive(key=long_key), self.receive(key=long_key + "y"))
        self.assertEqual(self.receive(key="a\x00b").event_key, "ab")
        self.assertEqual(self.receive(key="a\ud800").event_key, "a?")
        nameless = self.receive(key="", body=b"body")
        self.assertEqual(nameless.event_key, "sha256:" + hashlib.sha256(b"body").hexdigest())
        self.assertEqual(nameless, self.receive(key=None, body=b"body"))
        self.assertNotEqual(nameless, self.receive(key=None, body=b"other body"))

    def test_the_worker_is_woken(self):
        cron = self.env.ref("sire_base.ir_cron_webhook_inbox")
        cron.active = True
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        clock = self.enterContext(patch.object(worker.time, "monotonic", return_value=1000.0))
        with patch.object(type(self.inbox), "_notify_later") as notify, patch.object(worker, "_soon", {}):
            self.receive()
            self.receive()
            new = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
            self.assertEqual(len(new), 1, "a duplicate needs no run")
            notify.assert_not_called()
            self.receive("k2")
            self.env.cr.postcommit.run()
            notify.assert_called_once()  # for both
            self.assertAlmostEqual(notify.call_args.args[1], worker.SOON)
            clock.return_value += 0.1  # that one has gone
            self.receive("k3")
            self.receive("k4")
            self.env.cr.postcommit.run()
            self.assertEqual(notify.call_count, 2)
            self.assertAlmostEqual(notify.call_args.args[1], worker.PAUSE + worker.SOON - 0.1)

    def test_a_callers_rollback_takes_the_event_with_it(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.receive()
            raise ZeroDivisionError
        self.assertFalse(self.inbox.search_count([]))

    def test_forbidden_json(self):
        for index, body in enumerate((b"<html>", b"", b'{"Amount": NaN}', b"[" * 100_000, b"\xff")):
            event = self.receive(key=f"j{index}", body=body)
            with self.assertRaisesRegex(WebhookParked, "not JSON"):
                event._get_json()
        self.assertEqual(self.receive(key="ok", body=b'{"Amount": 10.0}')._get_json(), {"Amount": 10.0})


@tagged("post_install", "-at_install")
class TestWorker(InboxCase):
    @mute_logger(WORKER)
    def test_failure_keeps_nothing_and_is_tried_again(self):
        event = self.receive()
        self.fail_with(ValueError("password=hunter2 was refused"))
        self.process_webhooks()
        self.assertEqual((event.state, event.attempts, self.effects()), ("received", 1, 0))
        self.assertEqual(event.error, "password=••• was refused")
        self.assertGreater(event.next_attempt_at, fields.Datetime.now())
        self.assertEqual(self.process_webhooks(), 0, "its time has not come")
        self.set_behaviour(None)
        self.process_webhooks(retries=True)
        self.assertEqual((event.state, event.attempts, self.effects()), ("done", 2, 1))
        self.assertFalse(event.error)

    @mute_logger(WORKER, "odoo.sql_db")
    def test_database_errors_are_failures_too(self):
        event = self.receive()
        self.set_behaviour(lambda event: event.env["res.users"].create({"name": "No login"}))
        self.process_webhooks()
        self.assertEqual((event.state, event.attempts, self.effects()), ("received", 1, 0))
        self.assertTrue(event.error)

    @mute_logger(WORKER)
    def test_waits_grow_and_it_is_parked_in_the_end(self):
        event = self.receive()
        self.fail_with(ValueError("no"))
        waits = []
        while event.state == "received":
            self.process_webhooks(retries=True)
            waits.append(self.seconds_until_next(event))
            self.assertLess(len(waits), 30)
        self.assertEqual((event.state, event.attempts, len(waits)), ("parked", MAX_ATTEMPTS, MAX_ATTEMPTS))
        waits.pop()  # the last attempt has no next one
        self.assertEqual(waits[:6], sorted(waits[:6]))
        self.assertGreaterEqual(waits[0], 4)
        self.assertGreaterEqual(waits[5], 159)
        self.assertLessEqual(max(waits), LONGEST_WAIT * 1.25 + 1)
        self.assertEqual(self.process_webhooks(retries=True), 0, "a parked event is left alone")

    def test_retry_on_demand(self):
        event = self.receive()
        self.fail_with(WebhookRetry("The push has no answer yet.", delay=2))
        self.process_webhooks()
        self.assertEqual((event.state, event.error), ("received", "The push has no answer yet."))
        self.assertLessEqual(self.seconds_until_next(event), 2)
        self.fail_with(WebhookRetry("Busy."))
        self.process_webhooks(retries=True)
        self.assertGreaterEqual(self.seconds_until_next(event), 9)

    def test_parked_at_once(self):
        event = self.receive()
        self.fail_with(WebhookParked("The shortcode is not ours."))
        self.process_webhooks()
        self.assertEqual((event.state, event.error, self.effects()), ("parked", "The shortcode is not ours.", 0))

    def test_no_handler(self):
        event = self.inbox._receive("unheard_of", "1", b"x", {})
        self.process_webhooks()
        self.assertEqual(event.state, "parked")
        self.assertIn("unheard_of", event.error)

    @mute_logger(WORKER)
    def test_a_poison_event_does_not_starve_the_others(self):
        poison = self.receive("poison")
        others = [self.receive(f"good {index}") for index in range(5)]

        def behaviour(event):
            if event.event_key == "poison":
                raise ValueError("poison")

        self.set_behaviour(behaviour)
        self.process_webhooks()
        self.assertEqual({event.state for event in others}, {"done"})
        self.assertEqual((poison.state, poison.attempts), ("received", 1))
        fresh = self.receive("fresh")
        poison.next_attempt_at = fresh.next_attempt_at - timedelta(hours=1)
        self.handled.clear()
        self.process_webhooks()
        self.assertEqual(self.handled, ["fresh", "poison"], "new events come before those that failed")

    def test_killed_while_handling(self):
        """What is left behind when the process dies between the claim and the end of the handler."""
        event = self.receive()
        self.env.flush_all()
        with self.enter_registry_test_mode():
            (claim,) = self.inbox._in_own_transaction(lambda model: model._claim_some(1))
        self.assertEqual(claim, (event.id, 1))
        self.assertEqual((event.state, event.attempts, self.effects()), ("received", 1, 0))
        self.assertEqual(self.process_webhooks(), 0, "the wait is running")
        self.process_webhooks(retries=True)
        self.assertEqual((event.state, event.attempts, self.effects()), ("done", 2, 1))

    def test_an_event_that_kills_every_process_is_parked(self):
        event = self.receive()
        event.attempts = MAX_ATTEMPTS  # each counted before handling began, none came back
        other = self.receive("other")
        self.process_webhooks()
        self.assertEqual((event.state, event.attempts), ("parked", MAX_ATTEMPTS))
        self.assertIn("stopped", event.error)
        self.assertEqual((other.state, self.handled), ("done", ["other"]))

    def test_a_late_worker_finds_its_attempt_taken(self):
        event = self.receive()
        event.attempts = 2
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.inbox._handle_claimed(event.id, 1)
        self.assertEqual((event.state, event.attempts, self.handled), ("received", 2, []))

    @mute_logger(WORKER)
    def test_somebody_else_in_the_way_is_not_counted(self):
        event = self.receive()
        tries = []

        def behaviour(event):
            tries.append(1)
            if len(tries) < 3:
                raise psycopg2.errors.SerializationFailure("could not serialize access")

        self.set_behaviour(behaviour)
        with patch(f"{WORKER}.time.sleep"):
            self.process_webhooks()
        self.assertEqual((event.state, event.attempts, len(tries), self.effects()), ("done", 1, 3, 1))

        blocked = self.receive("blocked")
        self.fail_with(psycopg2.errors.LockNotAvailable("canceling statement due to lock timeout"))
        with patch(f"{WORKER}.time.sleep"):
            self.process_webhooks()
        self.assertEqual((blocked.state, blocked.attempts, self.effects("blocked")), ("received", 0, 0))
        self.assertGreater(blocked.next_attempt_at, fields.Datetime.now())

    @mute_logger(WORKER)
    def test_limits_are_settings(self):
        self.env["ir.config_parameter"].set_param("sire_base.webhook_max_attempts", "2")
        event = self.receive()
        self.fail_with(ValueError("no"))
        self.process_webhooks()
        self.process_webhooks(retries=True)
        self.assertEqual((event.state, event.attempts), ("parked", 2))

    def test_handlers_work_for_the_events_company(self):
        companies = []
        self.set_behaviour(lambda event: companies.append((event.env.company, event.env.companies)))
        self.receive(company=self.company_2)
        self.process_webhooks()
        self.assertEqual(companies, [(self.company_2, self.company_2)])

    def test_batches(self):
        for index in range(7):
            self.receive(f"e{index}")
        self.assertEqual(self.process_webhooks(limit=3), 3)
        self.assertEqual(self.handled, ["e0", "e1", "e2"], "oldest first")
        self.assertEqual(self.process_webhooks(), 4)

    @mute_logger("odoo.addons.base.models.ir_cron")
    def test_the_cron_runs_the_worker(self):
        event = self.receive()
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("sire_base.ir_cron_webhook_inbox").method_direct_trigger()
        self.assertEqual(event.state, "done")

    def test_the_next_turn(self):
        """What is left starts another turn at once; what another worker holds does not make this one spin."""
        self.env.ref("sire_base.ir_cron_webhook_inbox").active = True
        now = fields.Datetime.now()
        event = self.receive()
        self.env.flush_all()
        wakes = []
        with (
            self.enter_registry_test_mode(),
            patch.object(type(self.inbox), "_wake_worker", lambda self, at=None: wakes.append(at)),
            patch.object(type(self.inbox), "_process_due", lambda self: 100),
        ):
            self.inbox._cron_process_inbox()
        self.assertLessEqual(wakes.pop(), fields.Datetime.now())
        with (
            self.enter_registry_test_mode(),
            patch.object(type(self.inbox), "_wake_worker", lambda self, at=None: wakes.append(at)),
            patch.object(type(self.inbox), "_process_due", lambda self: 0),
        ):
            self.inbox._cron_process_inbox()
            self.assertGreater(wakes.pop(), now + timedelta(seconds=3))
            event.state = "parked"
            self.env.flush_all()
            self.inbox._cron_process_inbox()
        self.assertFalse(wakes)

    def test_old_handled_events_are_forgotten(self):
        old, recent, parked, waiting = (self.receive(key) for key in ("old", "recent", "parked", "waiting"))
        long_ago = fields.Datetime.now() - timedelta(days=91)
        old.write({"state": "done", "handled_at": long_ago})
        recent.write({"state": "done", "handled_at": long_ago + timedelta(days=2)})
        parked.write({"state": "parked", "received_at": long_ago})
        waiting.write({"received_at": long_ago})
        self.inbox._gc_handled()
        self.assertFalse(old.exists())
        self.assertEqual((recent | parked | waiting).exists(), recent | parked | waiting)
        for nonsense in ("soon", "-5", "0"):
            self.env["ir.config_parameter"].set_param("sire_base.webhook_keep_days", nonsense)
            recent.handled_at = fields.Datetime.now()
            self.inbox._gc_handled()
            self.assertTrue(recent.exists())
        self.env["ir.config_parameter"].set_param("sire_base.webhook_keep_days", "1")
        recent.handled_at = fields.Datetime.now() - timedelta(days=2)
        self.inbox._gc_handled()
        self.assertFalse(recent.exists())
