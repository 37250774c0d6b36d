"""What is not on our screens: defaults in the context, and people who cannot have a to-do."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RetainerCommon


@tagged("post_install", "-at_install")
class TestRetainerForged(RetainerCommon):
    def test_none_is_made_as_if_it_ran(self):
        accountant = self.env(user=self.user_accountant)
        for name, value in (
            ("state", "running"),
            ("period_count", 3),
            ("ended_reason", "x"),
            ("notice_given", True),
        ):
            with self.subTest(name=name), self.assertRefused("not written by hand"), self.cr.savepoint():
                self.make_retainer(accountant(context={f"default_{name}": value}))

    def test_an_invoice_is_what_the_retainer_says(self):
        self.retainer.action_start()
        forged = {
            "default_discount": 100.0,
            "default_narration": "Free of charge",
            "default_invoice_date_due": "2030-01-01",
            "default_ref": "forged",
            "default_state": "cancel",
            "default_move_id": self.make_invoice().id,
            "default_number": 77,
        }
        retainer = self.retainer.with_user(self.user_accountant).with_context(**forged)
        retainer.action_invoice()
        move, period = self.retainer.period_ids.move_id, self.retainer.period_ids
        self.assertEqual(
            (move.state, move.amount_total, move.ref, bool(move.narration)), ("posted", 10000, False, False)
        )
        self.assertLess(move.invoice_date_due, date(2030, 1, 1))
        self.assertEqual((period.number, len(period)), (0, 1))

    def test_one_that_nobody_can_be_told_of_does_not_stop_the_others(self):
        gone = self.make_user("gone", "sire_access.group_accountant")
        first = self.make_retainer(user_id=gone.id, date_end=date(2027, 1, 17))
        second = self.make_retainer(date_end=date(2027, 1, 17))
        (first | second).action_start()
        gone.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        self.env["sire.retainer"]._sire_give_notice(date(2026, 12, 18))
        self.assertNotIn(gone, first.activity_ids.user_id)
        self.assertEqual((len(second.activity_ids), second.notice_given), (1, True))

    def test_who_left_has_no_to_do(self):
        gone = self.make_user("gone", "sire_access.group_accountant")
        retainer = self.make_retainer(user_id=gone.id, date_end=date(2027, 1, 17))
        retainer.action_start()
        gone.active = False
        self.env["sire.retainer"]._sire_give_notice(date(2026, 12, 18))
        self.assertNotIn(gone, retainer.activity_ids.user_id)
        self.assertEqual(len(retainer.activity_ids), 1)
        mine = self.make_retainer(self.env(user=self.user_accountant), user_id=gone.id, date_end=date(2027, 1, 17))
        mine.action_start()
        self.env["sire.retainer"]._sire_give_notice(date(2026, 12, 18))
        self.assertEqual(mine.activity_ids.user_id, self.user_accountant)

    def test_a_client_of_another_company(self):
        stranger = self.env["res.partner"].create({"name": "Only there", "company_id": self.company_2.id})
        with self.assertRefused("company|companies"):
            self.make_retainer(partner_id=stranger.id)

    def test_portal(self):
        portal = self.env["res.users"].create({
            "name": "P", "login": "p@acacia.example", "partner_id": self.client.id,
            "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
        })  # fmt: skip
        self.retainer.action_start()
        for ask in (
            lambda one: one.read(["name"]),
            lambda one: one.action_invoice(),
            lambda one: one.action_end(),
            lambda one: one.action_start(),
        ):
            with self.assertRaises(AccessError):
                ask(self.retainer.with_user(portal))

    def test_a_line_is_of_ones_own_retainers(self):
        """Rules look at the retainer that a line was of; what is written may lead elsewhere."""
        other = self.env["sire.retainer"].create(
            {"name": "x", "partner_id": self.client.id, "company_id": self.company_2.id}
        )
        lines = self.env["sire.retainer.line"].with_user(self.user_accountant)
        with self.assertRaises(AccessError):
            lines.create({"retainer_id": other.id, "name": "x", "price_unit": 1, "tax_ids": [Command.clear()]})
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.retainer.line_ids.with_user(self.user_accountant).retainer_id = other
            self.env.flush_all()

    def test_one_that_runs_is_not_moved_into_anothers_books(self):
        """The job would invoice it there, as the system."""
        retainer = self.make_retainer(date_start=date(2026, 12, 1))
        retainer.action_start()
        with self.assertRaises(AccessError), self.cr.savepoint():
            retainer.with_user(self.user_accountant).company_id = self.company_2
        self.assertEqual(retainer.company_id, self.company)
