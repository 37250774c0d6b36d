from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sire_base.exceptions import WebhookParked
from odoo.addons.sire_base.tests.test_webhook_inbox import InboxCase

REMINDER = "odoo.addons.sire_base.models.sire_webhook_event_reminder"


@tagged("post_install", "-at_install")
class TestReminder(InboxCase):
    """A parked event is on somebody's list, once, until nothing is parked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reminder_type = cls.env.ref("sire_base.mail_activity_type_parked")
        cls.admin_2 = cls.make_user("reminded_2", "base.group_system", company=cls.company_2)

    def setUp(self):
        super().setUp()
        self.reminders.unlink()
        self.fail_with(WebhookParked("The shortcode is not ours."))

    @property
    def reminders(self):
        return self.env["mail.activity"].search([("activity_type_id", "=", self.reminder_type.id)])

    def park(self, key, **kwargs):
        event = self.receive(key, **kwargs)
        self.process_webhooks()
        self.assertEqual(event.state, "parked")
        return event

    def test_one_for_many(self):
        mails = self.env["mail.mail"].search_count([])
        first, second = self.park("1"), self.park("2")
        reminder = self.reminders
        self.assertEqual(len(reminder), 1)
        self.assertTrue(reminder.user_id.has_group("base.group_system"))
        self.assertIn("The shortcode is not ours.", reminder.note)
        self.assertIn("action_sire_webhook_event", reminder.note)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails, "on screen, not by e-mail")
        first.with_user(reminder.user_id).action_replay()
        self.assertTrue(self.reminders, "the second is still parked")
        second.with_user(reminder.user_id).action_replay()
        self.assertFalse(self.reminders)
        self.process_webhooks()
        self.assertEqual(len(self.reminders), 1, "parked again, told again")

    def test_the_events_company(self):
        self.park("2", company=self.company_2)
        self.assertIn(self.company_2, self.reminders.user_id.company_ids)

    def test_markup_from_outside_stays_text(self):
        self.fail_with(WebhookParked("<script>alert(1)</script>"))
        self.park("1")
        self.assertNotIn("<script>", self.reminders.note)

    @mute_logger(REMINDER)
    def test_parking_does_not_fail_on_it(self):
        broken = patch.object(type(self.env["mail.activity"]), "create", side_effect=ValueError("no to-dos today"))
        with broken:
            self.park("1")
        self.assertFalse(self.reminders)
