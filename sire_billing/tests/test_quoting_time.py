"""Logged time that a client has on a quotation is not changed behind it."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_quoting_work import QuotingCommon


@tagged("post_install", "-at_install")
class TestQuotingTime(QuotingCommon):
    def setUp(self):
        super().setUp()
        self.time = self.log_time(self.design, 3)
        wizard = self.open_wizard()
        wizard.grouping = "task"
        self.order = self.make(self.tick(wizard, self.time))
        self.assertEqual(self.order.sire_work_ids.timesheet_id, self.time)

    def assertStays(self, time):
        for vals in (
            {"unit_amount": 5},
            {"date": "2026-11-04"},
            {"task_id": self.build.id},
            {"employee_id": self.user_developer.employee_id.id or self.other().id},
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, f"on quotation {self.order.name}, which"):
                time.write(vals)
        with self.assertRaisesRegex(UserError, "the client has"):
            time.unlink()
        self.assertEqual((time.unit_amount, time.task_id), (3, self.design))

    def other(self):
        return self.env["hr.employee"].create({"name": "Otieno", "company_id": self.company.id})

    def test_a_draft_binds_nobody(self):
        history = self.order.message_ids
        self.time.with_user(self.user_manager).unit_amount = 4.5
        self.time.unit_amount = 4.5  # nothing new
        self.time.unlink()
        said = [message.preview for message in (self.order.message_ids - history).sorted("id")]
        self.assertEqual(
            said,
            [
                f"Time of 03/11/2026 on Design was changed from {hours} hours. The line is as it was made."
                for hours in ("3 to 4.5", "4.5 to 0")
            ],
        )

    def test_sent_and_approved(self):
        self.order.action_sire_send()
        self.assertStays(self.time)
        self.approve(self.order)
        self.assertStays(self.time)

    def test_words_and_the_same_values_may_be_written(self):
        self.order.action_sire_send()
        self.time.write({"name": "Sketches", "unit_amount": 3, "date": "2026-11-03", "task_id": self.design.id})
        self.assertEqual(self.time.name, "Sketches")

    def test_a_duplicate_says_that_it_takes_no_work(self):
        duplicate = self.order.copy()
        self.assertFalse(duplicate.sire_work_ids)
        self.assertIn(f"Copied from {self.order.name} without its work", duplicate.message_ids[0].body)
        self.order.action_sire_send()
        self.order.action_sire_revise()
        self.assertNotIn("Copied from", "".join(self.order.sire_next_ids.message_ids.mapped("body")))

    def test_free_again(self):
        """Declined, and in the draft that replaces it, the time is the people's again."""
        self.order.action_sire_send()
        self.order.action_sire_revise()
        self.time.unit_amount = 4
        self.order.sire_next_ids.action_cancel()
        with self.assertRaises(UserError):
            self.time.unit_amount = 5
        self.order._sire_decline("Too dear")
        self.time.unit_amount = 6
        self.assertEqual(self.time.unit_amount, 6)
