"""Workers at once, each in a connection of its own, and one that is killed in the middle."""

from datetime import timedelta
from functools import partial
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sire_base.tests.together import TogetherCase, run_together
from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_mpesa.tools import own_transaction


class Killed(Exception):
    pass


def _invoice(retainer):
    return len(retainer._sire_invoice_next())


@tagged("post_install", "-at_install")
class TestRetainerRaces(TogetherCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            self.partner_id = env["res.partner"].create({"name": "Race Traders", "email": "pay@race.example"}).id
            retainer = env["sire.retainer"].create({
                "name": "Race", "partner_id": self.partner_id, "date_start": eat_today() - timedelta(days=45),
                "line_ids": [Command.create({"name": "Work", "price_unit": 1000, "tax_ids": [Command.clear()]})],
            })  # fmt: skip
            retainer.action_start()
            self.retainer_id = retainer.id

    def clean_up(self):
        """Other tests share the database. The invoices are drafts."""
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            env["account.move"].search([("partner_id", "=", self.partner_id)]).unlink()
            env["sire.retainer.period"].search([("retainer_id", "=", self.retainer_id)]).unlink()
            env.flush_all()
            cr.execute("UPDATE sire_retainer SET period_count = 0 WHERE id = %s", [self.retainer_id])
            env.invalidate_all()
            env["sire.retainer"].browse(self.retainer_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def counts(self):
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            retainer = env["sire.retainer"].browse(self.retainer_id)
            moves = env["account.move"].search_count([("partner_id", "=", self.partner_id)])
            return len(retainer.period_ids), retainer.period_count, moves

    def run_all(self, *works):
        """Override: each runs as the jobs do, with the retainer in a transaction of its own."""
        return run_together(works, partial(own_transaction.run, self.registry, "sire.retainer", self.retainer_id))

    def test_four_workers_make_each_of_two_periods_once(self):
        results = self.run_all(*[_invoice] * 4)
        self.assertEqual(sorted(results), [0, 0, 1, 1])
        self.assertEqual(self.counts(), (2, 2, 2))

    def test_end_against_invoice(self):
        """Who comes second sees what the first did: nothing is invoiced after the end, and the end is not lost."""
        ended, invoiced = self.run_all(lambda retainer: retainer.action_end(), _invoice)
        self.assertIs(ended, True)
        self.assertIn(invoiced, (0, 1))
        self.assertEqual(self.counts(), (invoiced,) * 3)
        self.assertEqual(self.run_all(_invoice), [0])
        with self.registry.cursor() as cr:
            self.assertEqual(self.make_env(cr)["sire.retainer"].browse(self.retainer_id).state, "ended")

    def test_killed_in_the_middle_and_the_job_goes_on(self):
        retainers = self.registry["sire.retainer"]
        prepare = retainers._sire_send

        def die(retainer, move):
            prepare(retainer, move)
            if retainer.period_count == 2:
                raise Killed

        with (
            patch.object(retainers, "_sire_send", die),
            mute_logger("odoo.addons.sire_retainer.models.sire_retainer_invoice"),
        ):
            self.run_cron()
        self.assertEqual(self.counts(), (1, 1, 1))
        for _turn in range(2):
            self.run_cron()
            self.assertEqual(self.counts(), (2, 2, 2))

    def run_cron(self):
        with self.registry.cursor() as cr:
            self.make_env(cr)["sire.retainer"]._cron_invoice()
