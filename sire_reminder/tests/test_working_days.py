from datetime import date, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged

from ..utils import is_working_day, kenyan_holidays, next_working_day
from .common import ReminderCommon


@tagged("post_install", "-at_install")
class TestWorkingDays(ReminderCommon, TransactionCase):
    def test_kenyan_holidays(self):
        for day in (date(2026, 6, 1), date(2026, 10, 20), date(2026, 12, 25), date(2027, 1, 1), date(2026, 4, 3)):
            self.assertIn(day, kenyan_holidays(day.year))
            self.assertFalse(is_working_day(day, 7))
        self.assertIn(date(2027, 12, 13), kenyan_holidays(2027), "the Monday after a Jamhuri Day on a Sunday")
        self.assertEqual(next_working_day(date(2026, 12, 24), 5), date(2026, 12, 24))
        self.assertEqual(next_working_day(date(2026, 12, 25), 5), date(2026, 12, 28))
        self.assertEqual(next_working_day(date(2026, 11, 21), 6), date(2026, 11, 21))
        self.assertEqual(next_working_day(date(2026, 11, 22), 6), date(2026, 11, 23))

    def test_hours_are_those_of_nairobi(self):
        company = self.company
        for hour, minute, works in ((7, 59, False), (8, 0, True), (16, 59, True), (17, 0, False), (23, 30, False)):
            with self.at(hour=hour, minute=minute):
                self.assertEqual(company._sire_is_working_time(), works, (hour, minute))
        for days, works in ((2, True), (3, False), (4, False), (5, True)):
            with self.at(days):
                self.assertEqual(company._sire_is_working_time(), works, days)
        company.sire_reminder_days = "6"
        with self.at(3):
            self.assertTrue(company._sire_is_working_time())

    def test_outside_of_them_nothing_is_sent(self):
        self.bill(due=-8)
        for days, hour in ((0, 7), (0, 18), (3, 10)):
            with self.at(days, hour):
                self.assertFalse(self.run_company())
        with self.at(0, 9):
            self.assertEqual(len(self.run_company()), 1)

    def test_a_holiday_gazetted_at_short_notice(self):
        self.env["sire.reminder.holiday"].with_user(self.user_accountant).create(
            {"name": "Idd-ul-Azha", "date": self.today}
        )
        self.bill(due=-8)
        with self.assertSends(0):
            pass
        self.assertEqual(self.company._sire_next_working_day(self.today), self.today + timedelta(days=1))
        with self.assertSends(1, days=1):
            pass

    def test_off_is_off(self):
        self.bill(due=-8)
        self.company.sire_reminder_on = False
        with self.assertSends(0):
            pass

    def test_hours_that_are_none(self):
        for values in ({"sire_reminder_from": 17, "sire_reminder_to": 8}, {"sire_reminder_to": 25}):
            with self.assertRaisesRegex(ValidationError, "two hours of one day"):
                self.company.write(values)
