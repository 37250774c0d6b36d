from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .common import ReminderCommon


@tagged("post_install", "-at_install")
class TestPreview(ReminderCommon, TransactionCase):
    def rows(self, user=None):
        preview = self.env["sire.reminder.preview"].with_user(user or self.user_accountant)
        preview.action_open()
        return preview.search([("create_uid", "=", preview.env.uid)])

    def test_who_gets_what_and_why_others_do_not(self):
        go, promised, nobody = (
            self.bill(due=-8),
            self.bill(due=-20),
            self.bill(due=-8, partner=self.client.copy({"email": False})),
        )
        self.env["sire.reminder.pause"]._pause(promised, "promise", self.company, self.day(5))
        rows = {row.move_id: (row.outcome, row.reason, row.step_id.days, row.missed) for row in self.rows()}
        self.assertEqual(rows, {
            go: ("go", False, 7, 2),
            promised: ("stop", "Promised for 23/11/2026", 14, 3),
            nobody: ("stop", "No e-mail address", 7, 2),
        })  # fmt: skip
        self.assertFalse(
            self.env["sire.reminder"].search([]).filtered(lambda one: one.move_id in rows), "only looked at"
        )

    def test_send_now(self):
        first, second = self.bill(due=-8), self.bill(due=-20)
        row = self.rows().filtered(lambda one: one.move_id == first)
        with self.at(hour=20):  # a person may, at any hour
            row.action_send()
        letter = first.sire_reminder_ids.letter_id
        self.assertEqual(letter.line_ids.move_id, first | second, "one e-mail with all that is due")
        self.assertEqual(set(self.env["sire.reminder.preview"].search([]).mapped("outcome")), {"sent"})
        self.assertEqual(self.mails(letter).author_id, self.user_accountant.partner_id)
        with self.assertRefused("was dealt with already"):
            row.action_send()
        with self.assertSends(0):
            pass

    def test_send_now_looks_again(self):
        move = self.bill(due=-8)
        row = self.rows()
        self.take_cash(move)
        with self.assertRefused("Nothing was sent to Acacia Lodge Ltd. Nothing is due any more"):
            row.action_send()
        self.assertFalse(self.mails(*self.env["sire.reminder.letter"].search([("client_id", "=", self.client.id)])))

    def test_send_now_does_not_break_a_promise(self):
        move = self.bill(due=-8)
        row = self.rows()
        self.env["sire.reminder.pause"]._pause(move, "promise", self.company, self.day(5))
        with self.assertRefused("Promised for 23/11/2026"):
            row.action_send()

    def test_skip(self):
        move = self.bill(due=-8)
        self.rows().action_skip()
        self.assertEqual(
            {row.days: (row.state, row.reason) for row in move.sire_reminder_ids},
            {-3: ("skipped", "A later one was due"), 0: ("skipped", "A later one was due"),
             7: ("skipped", "Skipped by Akinyi Accountant")},
        )  # fmt: skip
        with self.assertSends(0):
            pass
        with self.assertSends(1, days=6) as letter:
            self.assertEqual(letter.line_ids.days, 14)

    def test_one_person_does_not_see_or_press_anothers(self):
        self.bill(due=-8)
        rows = self.rows()
        other = self.make_role_user("sire_other_accountant", "sire_access.group_accountant")
        self.assertFalse(self.env["sire.reminder.preview"].with_user(other).search([]))
        with self.assertRaises(AccessError):
            rows.with_user(other).action_send()

    def test_empty(self):
        action = self.env["sire.reminder.preview"].with_user(self.user_accountant).action_open()
        self.assertIn("Nothing is due", action["help"])
        self.company.sire_reminder_on = False
        action = self.env["sire.reminder.preview"].with_user(self.user_accountant).action_open()
        self.assertIn("nothing is sent by itself", action["name"])
        self.company.sire_reminder_on = True
        for days, hour, note in (
            (0, 7, "18/11/2026 at 08:00"),
            (2, 18, "23/11/2026 at 08:00"),
            (3, 10, "23/11/2026 at"),
        ):
            with self.at(days, hour):
                action = self.env["sire.reminder.preview"].with_user(self.user_accountant).action_open()
                self.assertIn(f"they leave on {note}", action["name"])
