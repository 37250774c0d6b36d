from datetime import date
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RetainerCommon


@tagged("post_install", "-at_install")
class TestRetainer(RetainerCommon):
    def make_due(self, retainer):
        moves = self.env["account.move"]
        while move := retainer._sire_invoice_next():
            moves |= move
        return moves

    def test_a_period_is_invoiced_once(self):
        self.retainer.action_start()
        move = self.retainer._sire_invoice_next()
        self.assertEqual((move.state, move.amount_total, move.invoice_date), ("posted", 10000, date(2026, 11, 18)))
        self.assertIn("18/11/2026 to 17/12/2026", move.invoice_line_ids.name)
        self.assertFalse(self.retainer._sire_invoice_next())
        self.assertEqual(self.retainer.next_date, date(2026, 12, 18))
        self.retainer.action_start()
        with self.assertRefused("Nothing is due: the next period of Support begins on 18/12/2026"):
            self.retainer.action_invoice()

    def test_the_database_keeps_a_period_once(self):
        self.retainer.action_start()
        self.retainer._sire_invoice_next()
        period = self.retainer.period_ids
        for values in (
            {"number": 0, "date_from": date(2030, 1, 1)},
            {"number": 9, "date_from": period.date_from},
            {"number": 9, "date_from": date(2030, 1, 1), "move_id": period.move_id.id},
        ):
            with (
                self.assertRaises(UniqueViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                period.create({"retainer_id": self.retainer.id, "date_to": date(2030, 1, 31), **values})
                self.env.flush_all()

    def test_a_period_begins_at_midnight_in_nairobi(self):
        self.retainer.action_start()
        self.make_due(self.retainer)
        with self.at(2026, 12, 17, 23, 59):
            self.assertFalse(self.retainer._sire_invoice_next())
        with self.at(2026, 12, 18, 0, 0):
            move = self.retainer._sire_invoice_next()
        self.assertEqual(move.invoice_date, date(2026, 12, 18))

    def test_an_outage_is_caught_up_period_by_period(self):
        self.retainer.action_start()
        with self.at(2027, 2, 20):
            moves = self.make_due(self.retainer)
            self.assertEqual(
                self.retainer.period_ids.sorted("number").mapped("date_from"),
                [date(2026, 11, 18), date(2026, 12, 18), date(2027, 1, 18), date(2027, 2, 18)],
            )
        self.assertEqual(len(moves), 4)
        self.assertEqual(set(moves.mapped("invoice_date")), {date(2027, 2, 20)})
        self.assertEqual(len(set(moves.invoice_line_ids.mapped("name"))), 4)

    def test_shares_and_the_rise_are_rounded_to_the_cent(self):
        retainer = self.make_retainer(price=100, date_start=date(2026, 11, 8), by_calendar=True, rise_percent=3.33)
        retainer.action_start()
        with self.at(2027, 12, 1):
            totals = self.make_due(retainer).mapped("amount_total")
        self.assertEqual(totals[:2], [76.67, 100])  # 23 of 30 days
        self.assertEqual(totals[13], 103.33)  # December 2027, a full year after
        self.assertEqual(totals[12], 100)  # begins before the year is over

    def test_vat(self):
        self.retainer.line_ids.tax_ids = self.tax
        self.retainer.action_start()
        move = self.retainer._sire_invoice_next()
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax)
        self.assertGreater(move.amount_total, 10000)

    def test_a_draft_has_no_number(self):
        self.retainer.auto_post = False
        self.retainer.action_start()
        move = self.retainer._sire_invoice_next()
        self.assertEqual((move.state, move.name, move.sire_sent_at), ("draft", False, False))
        move.unlink()  # that period is waived
        self.assertFalse(self.retainer._sire_invoice_next())

    def test_it_leaves_by_the_one_seam(self):
        self.retainer.auto_send = True
        self.retainer.action_start()
        with patch.object(type(self.env["account.move"]), "_sire_render_report", lambda *args: []):
            self.retainer.action_invoice()
        self.assertEqual(self.retainer.period_ids.move_id.sire_sent_to, "pay@acacia.example")

    def test_a_client_without_address_is_invoiced_and_not_written_to(self):
        self.client.email = False
        self.retainer.auto_send = True
        self.retainer.action_start()
        self.retainer.action_invoice()
        move = self.retainer.period_ids.move_id
        self.assertEqual((move.state, move.sire_sent_at), ("posted", False))
        self.assertIn("Not sent to the client", str(move.message_ids.mapped("body")))

    def test_it_ends_with_its_last_day(self):
        self.retainer.date_end = date(2026, 12, 17)
        self.retainer.action_start()
        self.make_due(self.retainer)
        self.assertEqual((self.retainer.state, self.retainer.next_date), ("ended", False))
        with self.assertRefused("ended: write a later last day"):
            self.retainer.action_start()
        self.retainer.date_end = date(2027, 1, 17)
        self.retainer.action_start()
        with self.at(2026, 12, 18):
            self.assertEqual(len(self.make_due(self.retainer)), 1)

    def test_it_ends_with_the_client_and_the_project(self):
        for stop in (
            lambda retainer: setattr(retainer.partner_id, "active", False),
            lambda retainer: setattr(retainer.project_id, "active", False),
        ):
            partner = self.env["res.partner"].create({"name": "Juma Stores"})
            project = self.env["project.project"].create({"name": "Shop", "company_id": self.company.id})
            retainer = self.make_retainer(partner_id=partner.id, project_id=project.id)
            retainer.action_start()
            stop(retainer)
            self.assertFalse(retainer._sire_invoice_next())
            self.assertEqual((retainer.state, bool(retainer.ended_reason)), ("ended", True))

    def test_notice_of_the_end_once(self):
        self.retainer.date_end = date(2027, 1, 17)
        self.retainer.action_start()
        for day, count in ((date(2026, 12, 17), 0), (date(2026, 12, 18), 1), (date(2026, 12, 19), 1)):
            self.env["sire.retainer"]._sire_give_notice(day)
            self.assertEqual(len(self.retainer.activity_ids), count, day)

    def test_notice_again_after_a_renewal(self):
        """Who answered the first one with a later last day is told of that one, too; the same day again is no news."""
        self.retainer.date_end = date(2027, 1, 17)
        self.retainer.action_start()
        self.env["sire.retainer"]._sire_give_notice(date(2026, 12, 18))
        self.retainer.write({"date_end": "2027-01-17", "name": "Care"})
        self.assertTrue(self.retainer.notice_given)
        self.retainer.date_end = date(2028, 1, 17)
        for day, count in ((date(2026, 12, 19), 1), (date(2027, 12, 17), 1), (date(2027, 12, 18), 2)):
            self.env["sire.retainer"]._sire_give_notice(day)
            self.assertEqual(len(self.retainer.activity_ids), count, day)
        self.retainer.date_end = False
        self.assertFalse(self.retainer.notice_given)

    def test_what_was_invoiced_stays(self):
        self.retainer.action_start()
        self.make_due(self.retainer)
        for values in ({"date_start": date(2026, 1, 1)}, {"every": "year"}, {"partner_id": self.company.partner_id.id}):
            with self.assertRefused("was invoiced already"):
                self.retainer.write(values)
        for values in ({"period_count": 0}, {"state": "draft"}):
            with self.assertRefused("not written by hand"):
                self.retainer.write(values)
        with self.assertRefused("not written by hand"):
            self.env["sire.retainer"].with_context(sire_gate=True).create({"name": "x", "state": "running"})
        with self.assertRefused("it is not deleted"):
            self.retainer.unlink()
        with self.assertRefused("invoiced until 17/12/2026", ValidationError):
            self.retainer.date_end = date(2026, 12, 1)

    def test_nothing_to_invoice(self):
        with self.assertRefused("no line with a price"):
            self.make_retainer(price=0).action_start()

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other Ltd"})
        self.env.user.company_ids |= other
        foreign = self.env["sire.retainer"].create({"name": "x", "partner_id": self.client.id, "company_id": other.id})
        mine = self.env["sire.retainer"].with_user(self.user_accountant)
        self.assertIn(self.retainer, mine.search([]))
        self.assertNotIn(foreign, mine.search([]))
        with self.assertRaises(AccessError):
            foreign.with_user(self.user_accountant).read(["name"])
        with self.assertRaises(UserError):
            foreign.project_id = self.project
