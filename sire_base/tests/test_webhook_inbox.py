from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sire_base.exceptions import WebhookParked, WebhookRetry
from odoo.addons.sire_base.tests.common import SireCommon

WORKER = "odoo.addons.sire_base.models.sire_webhook_event_worker"


class InboxCase(SireCommon):
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

    def receive(self, key="k1", body=b'{"a": 1}', **kwargs):
        return self.inbox._receive("test", key, body, {}, **kwargs)

    def effects(self, key="k1"):
        return self.env["res.partner"].search_count([("name", "=", f"Effect of {key}")])


@tagged("post_install", "-at_install")
class TestInbox(InboxCase):
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
