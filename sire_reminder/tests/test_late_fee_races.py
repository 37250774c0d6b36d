"""Late fees by workers at once, each in a connection of its own, and by one that is killed in the middle."""

import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_mpesa.tools import own_transaction


class Killed(Exception):
    pass


@tagged("post_install", "-at_install")
class TestLateFeeRaces(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self.clean_up)
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            self.company_id = env.company.id
            self.rule = env.company.read(["sire_late_fee_on", "sire_late_fee_grace"])[0]
            self.rule.pop("id")
            today = eat_today()
            self.month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
            env.company.write({"sire_late_fee_on": True, "sire_late_fee_grace": 0})
            env.flush_all()  # it was on in the month before
            cr.execute("UPDATE res_company SET sire_late_fee_since = %s WHERE id = %s", [self.month, self.company_id])
            env.invalidate_all()
            env["account.move"].search([("move_type", "=", "out_invoice")]).commercial_partner_id.write(
                {"sire_late_fee_off": True}
            )
            self.partner_id = env["res.partner"].create({"name": "Race Traders", "email": "pay@race.example"}).id
            moves = env["account.move"].create([{
                "move_type": "out_invoice", "partner_id": self.partner_id, "invoice_date": today - timedelta(days=90),
                "invoice_date_due": today - timedelta(days=80), "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create({"name": "Work", "price_unit": 1000, "tax_ids": [Command.clear()]})],
            } for _number in range(2)])  # fmt: skip
            moves.action_post()
            self.move_ids = moves.ids

    def make_env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def clean_up(self):
        """Other tests share the database. The invoices of fees are drafts."""
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            # those of others as well, that the whole job looked at
            env["account.move"].search([("sire_late_fee_month", "!=", False), ("state", "=", "draft")]).unlink()
            env["sire.late.fee"].search([("month", "=", self.month)]).unlink()
            payments = env["account.payment"].search([("partner_id", "=", self.partner_id)])
            payments.action_draft()
            payments.unlink()
            moves = env["account.move"].browse(self.move_ids)
            moves.button_draft()
            moves.with_context(force_delete=True).unlink()
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

    def run_all(self, *works):
        barrier = threading.Barrier(len(works), timeout=30)
        results = [None] * len(works)

        def run(index, work):
            first = [True]

            def once(company):
                company.env.cr.execute("SELECT 1")  # the snapshot is taken here
                if first:
                    first.clear()
                    barrier.wait()
                return work(company)

            try:
                results[index] = own_transaction.run(self.registry, "res.company", self.company_id, once)
            except Exception as error:  # noqa: BLE001  what it was is asserted
                results[index] = error

        threads = [threading.Thread(target=run, args=args) for args in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        return results

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
