from datetime import timedelta
from unittest.mock import MagicMock, patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.misc import file_open

from odoo.addons.sire_base.hooks import post_init_hook, pre_init_hook
from odoo.addons.sire_base.models import sire_webhook_event_worker as worker
from odoo.addons.sire_base.tests.test_webhook_inbox import InboxCase


@tagged("post_install", "-at_install")
class TestWaking(InboxCase):
    """When the host's cron threads are told to look; tests/resilience shows the same on real processes."""

    def setUp(self):
        super().setUp()
        self.cron = self.env.ref("sire_base.ir_cron_webhook_inbox")
        self.cron.active = True
        self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).unlink()
        self.timers = self.enterContext(patch.object(worker.threading, "Timer"))
        self.notify = self.enterContext(patch.object(type(self.cron), "_notifydb"))

    def wake(self, **delay):
        at = fields.Datetime.now() + timedelta(**delay) if delay else None
        self.inbox._wake_worker(at=at)
        self.env.cr.postcommit.run()
        return self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).mapped("call_at")

    def test_now_and_past(self):
        self.assertEqual(len(self.wake()), 1)
        self.assertEqual(len(self.wake(seconds=-30)), 2)
        self.assertEqual(self.notify.call_count, 2)
        self.timers.assert_not_called()

    def test_a_short_wait_has_a_timer(self):
        (call_at,) = self.wake(seconds=10)
        self.assertGreater(call_at, fields.Datetime.now())
        self.notify.assert_not_called()
        seconds, notify = self.timers.call_args.args
        self.assertTrue(9 <= seconds <= 11)
        self.timers.return_value.start.assert_called_once()
        self.assertTrue(self.timers.return_value.daemon, "it must not keep a stopping server alive")
        with patch.object(worker.sql_db, "db_connect") as connect:
            notify()
        connect.assert_called_once_with("postgres")
        query = connect.return_value.cursor.return_value.__enter__.return_value.execute.call_args.args[0]
        self.assertIn("cron_trigger", query.code)
        self.assertEqual(query.params, [self.env.cr.dbname])
        with patch.object(worker.sql_db, "db_connect", MagicMock(side_effect=OSError("stopping"))):
            notify()  # nobody is there to catch anything

    def test_a_long_wait_is_left_to_the_poll(self):
        self.assertFalse(self.wake(hours=1))
        self.timers.assert_not_called()

    def test_a_rolled_back_event_wakes_nobody(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.receive()
            raise ZeroDivisionError
        self.assertFalse(self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]))

    def test_after_a_restart(self):
        self.inbox._register_hook()
        self.timers.assert_not_called()
        event = self.receive()
        self.inbox._register_hook()
        self.assertEqual(self.timers.call_args.args[0], worker.START_DELAY)
        self.timers.reset_mock()
        event.state = "parked"
        self.inbox._register_hook()
        self.timers.assert_not_called()


@tagged("post_install", "-at_install")
class TestHooks(InboxCase):
    def test_swahili_and_formats(self):
        swahili = self.env.ref("base.lang_sw")
        self.env["res.users"].with_context(active_test=False).search([("lang", "=", "sw")]).lang = "en_US"
        self.env["res.partner"].with_context(active_test=False).search([("lang", "=", "sw")]).lang = "en_US"
        swahili.active = False
        self.env.ref("base.KES").position = "after"
        pre_init_hook(self.env)
        self.assertTrue(swahili.active)
        post_init_hook(self.env)
        self.assertEqual(self.env.ref("base.KES").position, "before")

    def test_a_copy_of_the_database_is_harmless(self):
        self.env["ir.config_parameter"].set_param("sire_base.public_url", "https://pay.example.co.ke")
        waiting, done = self.receive("waiting"), self.receive("done")
        done.state = "done"
        self.env.flush_all()
        with file_open("sire_base/data/neutralize.sql") as file:
            self.env.cr.execute(SQL(file.read()))
        self.env.invalidate_all()
        self.assertEqual((waiting.state, done.state), ("parked", "done"))
        self.assertFalse(self.env["ir.config_parameter"].search_count([("key", "=", "sire_base.public_url")]))
