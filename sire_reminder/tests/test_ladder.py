from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import mute_logger

from .common import ReminderCommon


@tagged("post_install", "-at_install")
class TestLadder(ReminderCommon, TransactionCase):
    """Which step is due, with which balance."""

    def test_each_step_on_its_day_and_once(self):
        move = self.bill(due=3)
        days = []
        for day in range(60):
            with self.at(day):
                for letter in self.run_company():
                    days.append((day - 3, letter.line_ids.days, letter.tone))
                self.assertFalse(self.run_company(), "a second run of the same day sends nothing")
        # the days that fall on a weekend move to Monday; 12/12 is Jamhuri Day, a Saturday
        self.assertEqual(
            days, [(-3, -3, "friendly"), (2, 0, "due"), (9, 7, "late"), (16, 14, "late"), (30, 30, "last")]
        )
        self.assertEqual(move.sire_reminder_count, 5)

    def test_after_an_outage_the_last_step_only(self):
        move = self.bill(due=-20)
        with self.assertSends(1) as letter:
            self.assertEqual((letter.line_ids.days, letter.tone), (14, "late"))
        rows = {row.days: (row.state, row.reason) for row in move.sire_reminder_ids}
        late = "A later one was due"
        self.assertEqual(rows, {-3: ("skipped", late), 0: ("skipped", late), 7: ("skipped", late), 14: ("sent", False)})
        with self.assertSends(0, days=1):
            pass
        with self.assertSends(1, days=12) as letter:
            self.assertEqual(letter.line_ids.days, 30)

    def test_a_step_on_the_day_of_the_invoice_says_nothing_new(self):
        move = self.bill(due=0, invoice_date=self.today)
        self.assertEqual(self.plan(move), [])
        with self.at(7):
            self.assertEqual(self.plan(move), [(7, 1000.0, "")])

    def test_never_backwards(self):
        move = self.bill(due=-8)
        with self.assertSends(1) as letter:
            self.assertEqual(letter.line_ids.days, 7)
        self.ladder.step_ids = [Command.create({"days": 5, "tone": "late"})]
        self.assertEqual(self.plan(move), [], "a step before the one that was sent")
        self.ladder.step_ids.filtered(lambda step: step.days == 7).days = 8
        self.assertEqual(self.plan(move), [], "the same step, on another day")
        self.ladder.step_ids.filtered(lambda step: step.days == 8).unlink()
        self.ladder.step_ids = [Command.create({"days": 7, "tone": "late"})]
        with self.at(1):
            self.assertEqual(self.plan(move), [], "made anew")

    def test_the_database_keeps_it_once(self):
        self.bill(due=-8)
        with self.assertSends(1) as letter:
            row = letter.line_ids
        for change in ({}, {"step_id": False}):
            with self.assertRaisesRegex(Exception, "unique"), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                row.copy({"state": "sent", **change})
                self.env.flush_all()

    def test_ladder_of_the_client(self):
        other = self.env["sire.reminder.ladder"].create(
            {"name": "Government", "step_ids": [Command.create({"days": 60, "tone": "late"})]}
        )
        move = self.bill(due=-20)
        self.client.sire_reminder_ladder_id = other
        self.assertEqual(self.plan(move), [])
        with self.at(40):
            self.assertEqual(self.plan(move), [(60, 1000.0, "")])
        self.client.sire_reminder_off = True
        with self.at(40):
            self.assertEqual(self.plan(move), [(60, 1000.0, "This client gets no reminders")])
        with self.assertSends(0, days=40):
            pass

    def test_by_instalment(self):
        term = self.env["account.payment.term"].create({
            "name": "Half now, half in 60 days",
            "line_ids": [
                Command.create({"value": "percent", "value_amount": 50, "nb_days": 46}),
                Command.create({"value": "percent", "value_amount": 50, "nb_days": 60}),
            ],
        })  # fmt: skip
        move = self.bill(amount=2000, invoice_payment_term_id=term.id)  # due 14 days ago, and today
        self.assertEqual(self.plan(move), [(14, 1000.0, ""), (0, 1000.0, "")])
        with self.assertSends(1) as letter:
            self.assertEqual(letter.line_ids.sorted("instalment").mapped("days"), [14, 0])
            self.assertEqual(letter._sire_total(), "KSh 2,000")
        self.take_cash(move, 1200)  # the earliest part is settled first
        with self.at(7):
            self.assertEqual(self.plan(move), [(7, 800.0, "")])

    def test_balance_of_the_moment(self):
        move = self.bill(due=-8, amount=1000)
        self.take_cash(move, 400)
        self.assertEqual(self.plan(move), [(7, 600.0, "")])
        with self.assertSends(1) as letter:
            mail = self.mails(letter)
            self.assertIn("KSh 600", mail.body_html)
            self.assertNotIn("KSh 1,000", mail.body_html)
        self.take_cash(move)
        self.assertEqual(self.plan(move), [])
        with self.assertSends(0, days=40):
            pass

    def test_never_to_what_is_not_open(self):
        draft = self.bill(due=-8)
        void = self.bill(due=-8)
        credited = self.bill(due=-8)
        draft.button_draft()
        void.button_draft()
        void.button_cancel()
        credited._reverse_moves([{"date": self.today}], cancel=True)
        refund = self.bill(due=-8, move_type="out_refund")
        bill = self.bill(due=-8, move_type="in_invoice")
        for move in (draft, void, credited, refund, bill):
            self.assertEqual(self.plan(move), [])
        with self.assertSends(0):
            pass

    def test_in_the_currency_of_the_invoice(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create({"currency_id": dollar.id, "name": "2026-01-01", "rate": 1 / 129})
        self.bill(due=-8, amount=200, currency_id=dollar.id)
        self.bill(due=-7, amount=5000)
        with self.assertSends(1) as letter:
            self.assertEqual(letter._sire_total(), "USD 200 + KSh 5,000")

    def test_steps_that_make_no_sense(self):
        for days in (-91, 731):
            with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.ladder.step_ids = [Command.create({"days": days})]
                self.env.flush_all()
        with self.assertRaisesRegex(ValidationError, "choose another"):
            self.ladder.active = False

    def test_forecast(self):
        move = self.bill(due=10)
        self.assertEqual(move.sire_reminder_next, "25/11/2026, step 1, 3 days before")
        with self.at(12):
            move.invalidate_recordset()
            self.assertEqual(move.sire_reminder_next, "30/11/2026, step 2, on the day")
        self.company.sire_reminder_on = False
        move.invalidate_recordset()
        self.assertEqual(move.sire_reminder_next, "By hand (reminders are off): 25/11/2026, step 1, 3 days before")
        self.take_cash(move)
        self.assertFalse(move.sire_reminder_next)

    def test_a_form_that_is_being_edited(self):
        move = self.bill(due=10)
        with Form(move.with_user(self.user_accountant), view="account.view_move_form") as form:
            self.assertIn("step 1", form.sire_reminder_next)
            form.narration = "As agreed by telephone"  # what the client owes by when stays on an issued invoice
            self.assertIn("step 1", form.sire_reminder_next)
        self.assertEqual(move.sire_reminder_next, "25/11/2026, step 1, 3 days before")

    def test_midnight_in_nairobi(self):
        move = self.bill(due=1)
        with self.at(0, hour=23, minute=59):
            self.assertEqual([days for days, *_rest in self.plan(move)], [-3])
        with self.at(1, hour=0, minute=1):  # 21:01 UTC of the day before
            self.assertEqual([days for days, *_rest in self.plan(move)], [0])
        self.assertEqual(move.invoice_date_due, self.today + timedelta(days=1))
