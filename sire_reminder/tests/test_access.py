"""What is written about a client is for staff who see money, and nobody reaches into another company."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ReminderCommon


@tagged("post_install", "-at_install")
class TestAccess(ReminderCommon):
    def test_a_client_reads_the_invoice_and_nothing_of_reminders(self):
        move = self.bill(due=-8)
        self.env["sire.reminder.pause"]._pause(move, "dispute", self.company, reason="They always complain")
        contact = self.env["res.partner"].create({"name": "Jane", "parent_id": self.client.id})
        portal = new_test_user(
            self.env, login="sire_reminder_portal", groups="base.group_portal", partner_id=contact.id
        )
        move.message_subscribe(partner_ids=contact.ids)
        mine = move.with_user(portal)
        self.assertEqual(mine.read(["name"])[0]["name"], move.name, "the invoice is the client's")
        for name in ("sire_reminder_next", "sire_reminder_count", "sire_reminder_pause_id", "sire_reminder_ids"):
            self.assertNotIn(name, mine.fields_get())
            with self.assertRaises(AccessError):
                mine.read([name])

    def test_why_a_client_is_not_reminded_is_not_in_the_chatter_of_the_project(self):
        move = self.bill(due=-8)
        project = self.make_project()
        pauses = self.env["sire.reminder.pause"].with_user(self.user_accountant)
        for record, kind in ((project, "hold"), (self.client, "hold"), (move, "dispute")):
            record = record.with_user(self.user_accountant)
            pause = pauses._pause(record, kind, self.company, until=self.today, reason="Owes KSh 98,600")
            pause.action_end()
        for record in (project, self.client):
            said = "".join(record.message_ids.mapped("body"))
            self.assertIn("Reminders are on hold.", said)
            self.assertIn("Reminders go on.", said)
            self.assertNotIn("98,600", said)
        self.assertIn("98,600", "".join(move.message_ids.mapped("body")), "who reads the invoice sees money")

    def test_a_step_does_not_move_to_another_companys_ladder(self):
        other = self.env["res.company"].create({"name": "Another Ltd"})
        step = self.ladder.step_ids[0].with_user(self.user_accountant)
        with self.assertRaises(AccessError):
            step.ladder_id = other.sire_reminder_ladder_id
        self.assertEqual(step.ladder_id, self.ladder)

    def test_the_refusal_of_a_ladder_does_not_name_it(self):
        other = self.env["res.company"].create({"name": "Another Ltd"})
        ladder = self.env["sire.reminder.ladder"].create({"name": "Hidden ladder", "company_id": other.id})
        with self.assertRaises(UserError) as caught:
            self.client.with_user(self.user_accountant).sire_reminder_ladder_id = ladder
        self.assertEqual(str(caught.exception), "This ladder belongs to another company.")

    def test_a_default_is_a_choice_too(self):
        partners = self.env["res.partner"].with_user(self.user_manager).with_context(default_sire_reminder_off=True)
        with self.assertRaises(AccessError):
            partners.create({"name": "x"})

    def test_nothing_of_ones_own_is_given_to_another_company(self):
        """A free day or a ladder that is moved there would say when that company writes, and what."""
        ladder = self.env["sire.reminder.ladder"].create({"name": "Government"})
        holiday = self.env["sire.reminder.holiday"].create({"name": "Stock-taking", "date": self.today})
        for record in (ladder, holiday):
            with self.assertRaises(AccessError), self.cr.savepoint():
                record.with_user(self.user_accountant).company_id = self.company_2
            self.assertEqual(record.company_id, self.company)
