from datetime import UTC, date, datetime, timedelta, timezone

from odoo.tests import BaseCase, tagged

from odoo.addons.sire_base.utils import eat


@tagged("post_install", "-at_install")
class TestEastAfricaTime(BaseCase):
    def test_the_day_begins_at_nine_in_the_evening_utc(self):
        self.assertEqual(eat.eat_today(datetime(2026, 11, 20, 20, 59, 59)), date(2026, 11, 20))
        self.assertEqual(eat.eat_today(datetime(2026, 11, 20, 21, 0, 0)), date(2026, 11, 21))
        self.assertEqual(eat.eat_today(datetime(2026, 12, 31, 21, 0, 0)), date(2027, 1, 1))
        self.assertEqual(eat.eat_today(datetime(2028, 2, 28, 23, 0, 0)), date(2028, 2, 29))

    def test_today_without_a_moment(self):
        now = datetime.now(UTC).replace(tzinfo=None)
        self.assertIn(eat.eat_today(), {eat.eat_today(now), eat.eat_today(now + timedelta(seconds=5))})

    def test_end_of_day(self):
        end = eat.end_of_eat_day_utc(date(2026, 11, 20))
        self.assertEqual(end, datetime(2026, 11, 20, 20, 59, 59))
        self.assertEqual(eat.eat_today(end), date(2026, 11, 20))
        self.assertEqual(eat.eat_today(end + timedelta(seconds=1)), date(2026, 11, 21))

    def test_there_and_back(self):
        for month in range(1, 13):  # no daylight saving in any month
            moment = datetime(2026, month, 15, 22, 30)
            self.assertEqual(eat.utc_to_eat(moment).utcoffset(), timedelta(hours=3))
            self.assertEqual(eat.eat_to_utc(eat.utc_to_eat(moment)), moment)

    def test_aware_and_naive_input(self):
        expected = datetime(2026, 11, 20, 20, 15)
        self.assertEqual(eat.eat_to_utc(datetime(2026, 11, 20, 23, 15)), expected)
        self.assertEqual(eat.eat_to_utc(datetime(2026, 11, 20, 20, 15, tzinfo=UTC)), expected)
        new_york = timezone(timedelta(hours=-5))
        self.assertEqual(eat.eat_to_utc(datetime(2026, 11, 20, 15, 15, tzinfo=new_york)), expected)
        self.assertIsNone(eat.eat_to_utc(datetime(2026, 11, 20, 23, 15)).tzinfo)
        self.assertEqual(eat.utc_to_eat(datetime(2026, 11, 20, 20, 15, tzinfo=UTC)).hour, 23)

    def test_daraja_timestamps(self):
        self.assertEqual(eat.parse_daraja_timestamp("20261120231500"), datetime(2026, 11, 20, 20, 15))
        self.assertEqual(eat.parse_daraja_timestamp(20261121003000), datetime(2026, 11, 20, 21, 30))
        self.assertEqual(eat.format_daraja_timestamp(datetime(2026, 12, 31, 21, 0, 1)), "20270101000001")
        moment = datetime(2026, 3, 4, 5, 6, 7)
        self.assertEqual(eat.parse_daraja_timestamp(eat.format_daraja_timestamp(moment)), moment)

    def test_what_is_no_timestamp(self):
        wrong = ("", None, True, "2026112023150", "202611202315000", "20261320231500", "20261120241500", "2026-11-20",
                 "20260230000000", 2026112023150.0, "٢٠٢٦١١٢٠٢٣١٥٠٠", [], "x" * 5000)  # fmt: skip
        for value in wrong:
            with self.subTest(value=value), self.assertRaises(ValueError) as caught:
                eat.parse_daraja_timestamp(value)
            self.assertLess(len(str(caught.exception)), 120)
