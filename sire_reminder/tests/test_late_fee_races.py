"""Late fees by workers at once, each in a connection of its own, and by one that is killed in the middle."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sire_base.utils.eat import eat_today

from .race_common import ReminderRaceCase


class Killed(Exception):
    pass


@tagged("post_install", "-at_install")
class TestLateFeeRaces(ReminderRaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            self.rule = env.company.read(["sire_late_fee_on", "sire_late_fee_grace"])[0]
            self.rule.pop("id")
            self.month = (eat_today().replace(day=1) - timedelta(days=1)).replace(day=1)
            env.company.write({"sire_late_fee_on": True, "sire_late_fee_grace": 0})
            env.flush_all()  # it was on in the month before
            cr.execute("UPDATE res_company SET sire_late_fee_since = %s WHERE id = %s", [self.month, env.company.id])
            env.invalidate_all()
            env["account.move"].search([("move_type", "=", "out_invoice")]).commercial_partner_id.write(
                {"sire_late_fee_off": True}
            )
            self.make_invoices(env, age=90, late=80)

    def clean_up(self):
        """Other tests share the database. The invoices of fees are drafts."""
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            # those of others as well, that the whole job looked at
            env["account.move"].search([("sire_late_fee_month", "!=", False), ("state", "=", "draft")]).unlink()
            env["sire.late.fee"].search([("month", "=", self.month)]).unlink()
            self.delete_invoices(env)
            env["res.company"].browse(self.company_id).write(self.rule)
            env["res.partner"].search([("sire_late_fee_off", "=", True)]).sire_late_fee_off = False
            env["res.partner"].browse(self.partner_id).unlink()

    def counts(self):
        """:return: rows, invoices of fees, and their lines"""
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            rows = env["sire.late.fee"].search_count([("move_id", "in", self.move_ids)])
            made = env["account.move"].search(
                [("partner_id", "=", self.partner_id), ("sire_late_fee_month", "=", self.month)]
            )
            return rows, len(made), len(made.invoice_line_ids)

    def charge(self, company):
        return len(company._sire_charge_late_fees(self.move_ids))

    def run_cron(self):
        with self.registry.cursor() as cr:
            self.make_env(cr)["res.company"]._cron_sire_late_fees()

    def test_three_workers_make_one(self):
        self.assertEqual(sorted(self.run_all(*[self.charge] * 3)), [0, 0, 1])
        self.assertEqual(self.counts(), (2, 1, 2))

    def test_two_workers_with_an_invoice_each(self):
        """Never two lines of one invoice, whatever each of them saw."""
        works = [lambda company, ids=ids: len(company._sire_charge_late_fees(ids)) for ids in
                 (self.move_ids, self.move_ids[:1])]  # fmt: skip
        self.assertEqual(sorted(self.run_all(*works)), [0, 1])
        rows, made, lines = self.counts()
        self.assertEqual((made, lines), (1, rows))

    def test_two_workers_with_nothing_in_common(self):
        """No lock that both take: the index of the database is what makes it one invoice for a client and month."""
        works = [lambda company, ids=[move_id]: len(company._sire_charge_late_fees(ids)) for move_id in self.move_ids]
        with mute_logger("odoo.sql_db"):
            self.assertEqual(sorted(self.run_all(*works)), [0, 1])
        self.assertEqual(self.counts(), (1, 1, 1))

    def test_charge_against_waive(self):
        """Who comes second sees what the first did: the fee is waived either way."""

        def waive(company):
            move = company.env["account.move"].browse(self.move_ids[0])
            return company.env["sire.late.fee"]._waive(move, self.month, "They are friends").state

        charged, waived = self.run_all(self.charge, waive)
        self.assertEqual((charged, waived), (1, "waived"))
        self.assertEqual(self.counts(), (2, 1, 1))

    def test_killed_in_the_middle_and_the_job_goes_on(self):
        companies = self.registry["res.company"]
        invoice = companies._sire_invoice_late_fees

        def die(company, fees):
            invoice(company, fees)
            raise Killed

        with (
            patch.object(companies, "_sire_invoice_late_fees", die),
            mute_logger("odoo.addons.sire_reminder.models.res_company_reminder"),
        ):
            self.run_cron()
        self.assertEqual(self.counts(), (0, 0, 0))
        for _turn in range(2):
            self.run_cron()
            self.assertEqual(self.counts(), (2, 1, 2))
