from datetime import date

from odoo.tests import BaseCase, tagged

from ..utils import get_period


@tagged("post_install", "-at_install")
class TestPeriods(BaseCase):
    def days(self, count, *args, **kwargs):
        periods = [get_period(number, *args, **kwargs) for number in range(count)]
        return [(period.date_from.isoformat(), period.date_to.isoformat()) for period in periods]

    def test_a_month_end_does_not_drift(self):
        self.assertEqual(
            self.days(4, date(2026, 1, 31), "month"),
            [
                ("2026-01-31", "2026-02-27"),
                ("2026-02-28", "2026-03-30"),
                ("2026-03-31", "2026-04-29"),
                ("2026-04-30", "2026-05-30"),
            ],
        )

    def test_a_leap_year(self):
        self.assertEqual(self.days(2, date(2028, 1, 31), "month")[1], ("2028-02-29", "2028-03-30"))
        self.assertEqual(
            self.days(5, date(2028, 2, 29), "year")[0::4], [("2028-02-29", "2029-02-27"), ("2032-02-29", "2033-02-27")]
        )

    def test_periods_meet_and_never_overlap(self):
        for start in (date(2026, 1, 29), date(2026, 1, 31), date(2027, 12, 31), date(2028, 2, 29)):
            for every in ("month", "quarter", "year"):
                for by_calendar in (False, True):
                    periods = [get_period(number, start, every, by_calendar) for number in range(30)]
                    self.assertEqual(periods[0].date_from, start)
                    for one, other in zip(periods, periods[1:], strict=False):
                        self.assertEqual((other.date_from - one.date_to).days, 1, (start, every, by_calendar))

    def test_the_first_calendar_period_is_charged_by_its_days(self):
        period = get_period(0, date(2026, 11, 16), "month", by_calendar=True)
        self.assertEqual((period.date_to, period.share), (date(2026, 11, 30), 0.5))
        self.assertEqual(get_period(1, date(2026, 11, 16), "month", by_calendar=True).share, 1)
        quarter = get_period(0, date(2026, 11, 16), "quarter", by_calendar=True)
        self.assertEqual((quarter.date_to, quarter.share), (date(2026, 12, 31), 46 / 92))

    def test_the_end_cuts_the_last_and_there_is_none_after(self):
        start, end = date(2026, 11, 1), date(2026, 12, 10)
        self.assertEqual(get_period(1, start, "month", end=end).share, 10 / 31)
        self.assertIsNone(get_period(2, start, "month", end=end))
        self.assertIsNone(get_period(1, start, "month", end=date(2026, 11, 30)))

    def test_years_for_the_rise(self):
        years = [get_period(number, date(2026, 1, 31), "month").years for number in (0, 11, 12, 24)]
        self.assertEqual(years, [0, 0, 1, 2])
