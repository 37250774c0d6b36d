"""Two workers at once, each in a connection of its own, and a payment that comes at the same moment."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import res_company_reminder
from .race_common import ReminderRaceCase


@tagged("post_install", "-at_install")
class TestRaces(ReminderRaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            env.company._sire_setup_cash()
            self.make_invoices(env, age=60, late=8)

    def clean_up(self):
        """Other tests share the database."""
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            for name in ("sire.reminder.letter", "sire.statement.sending"):
                records = env[name].search([("client_id", "=", self.partner_id)])
                env["mail.mail"].search([("model", "=", name), ("res_id", "in", records.ids)]).unlink()
                records.unlink()
            env["account.payment.register"].search([("partner_id", "=", self.partner_id)]).unlink()
            self.delete_invoices(env)
            env["sire.client.link"].search([("invoice_id", "in", self.move_ids)]).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def counts(self):
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            letters = env["sire.reminder.letter"].search([("client_id", "=", self.partner_id)])
            mails = env["mail.mail"].search([("model", "=", letters._name), ("res_id", "in", letters.ids)])
            sent = env["sire.reminder"].search([("move_id", "in", self.move_ids), ("state", "=", "sent")])
            return len(letters), len(mails), len(sent)

    def test_four_workers_send_one(self):
        results = self.run_all(*[lambda company: len(company._sire_remind(self.move_ids))] * 4)
        self.assertEqual(sorted(results), [0, 0, 0, 1])
        self.assertEqual(self.counts(), (1, 1, 2))

    def test_two_workers_with_an_invoice_each_are_one_mail_a_day(self):
        results = self.run_all(
            *[lambda company, i=move_id: len(company._sire_remind([i])) for move_id in self.move_ids]
        )
        self.assertEqual(sorted(results), [0, 1])
        self.assertEqual(self.counts(), (1, 1, 1))

    def test_remind_against_pay(self):
        """Either the client is reminded of what was open, and pays after; or it is not reminded."""
        move_id = self.move_ids[0]

        def pay(company):
            bank = company.env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
            )
            registering = company.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=[move_id]
            )
            return bool(registering.create({"journal_id": bank.id}).action_create_payments())

        reminded, paid = self.run_all(lambda company: len(company._sire_remind([move_id])), pay)
        self.assertIs(paid, True)
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            rows = env["sire.reminder"].search([("move_id", "=", move_id), ("state", "=", "sent")])
            payment = env["account.payment"].search([("partner_id", "=", self.partner_id)])
            self.assertEqual(len(rows), reminded)
            self.assertEqual(rows.mapped("amount"), [1000.0] * reminded)
            self.assertEqual(payment.amount, 1000)
        self.assertEqual(self.run_all(lambda company: len(company._sire_remind([move_id]))), [0])

    def test_a_statement_by_four_workers(self):
        results = self.run_all(*[lambda company: len(company._sire_send_monthly_statement(self.partner_id))] * 4)
        self.assertEqual(sorted(results), [0, 0, 0, 1])
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            sendings = env["sire.statement.sending"].search([("client_id", "=", self.partner_id)])
            self.assertEqual(len(sendings), 1)
            mails = env["mail.mail"].search([("model", "=", sendings._name), ("res_id", "in", sendings.ids)])
            self.assertEqual(len(mails), 1)

    def test_the_job_and_a_client_in_trouble(self):
        """The whole job, on cursors of its own: what fails for one client is rolled back and holds nobody else up."""
        companies = self.registry["res.company"]
        remind = companies._sire_remind

        def stumble(company, move_ids):
            result = remind(company, move_ids)
            if self.troubled.issuperset(move_ids):
                raise ValueError("a template that somebody broke")
            return result

        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            other = env["res.partner"].create({"name": "Race Traders 2", "email": "pay2@race.example"})
            move = env["account.move"].browse(self.move_ids[1])
            move.button_draft()
            move.partner_id = other
            move.action_post()
            env["res.company"].browse(self.company_id).sire_reminder_on = True
        self.addCleanup(self.clean_up_job, other.id)
        self.troubled = {self.move_ids[0]}
        with (
            patch.object(companies, "_sire_is_working_time", lambda company, now=None: True),
            patch.object(companies, "_sire_remind", stumble),
            mute_logger("odoo.addons.sire_reminder.models.res_company_reminder"),
        ):
            for trouble, reminded in (({self.move_ids[0]}, [1]), (set(), [0, 1]), (set(), [0, 1])):
                self.troubled = trouble
                with self.registry.cursor() as cr:
                    self.make_env(cr)["res.company"]._cron_sire_remind()
                with self.registry.cursor() as cr:
                    rows = self.make_env(cr)["sire.reminder"].search([("move_id", "in", self.move_ids)])
                    sent = rows.filtered(lambda row: row.state == "sent").move_id.ids
                    self.assertEqual(sorted(sent), sorted(self.move_ids[index] for index in reminded))

    def test_the_job_of_the_statements(self):
        companies = self.registry["res.company"]
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            company = env["res.company"].browse(self.company_id)
            env["res.partner"].browse(self.partner_id).with_company(company).sire_statement_monthly = "yes"
        with (
            patch.object(companies, "_sire_is_working_time", lambda company, now=None: True),
            patch.object(res_company_reminder, "LAST_DAY_FOR_STATEMENTS", 31),
        ):
            for _turn in range(2):
                with self.registry.cursor() as cr:
                    self.make_env(cr)["res.company"]._cron_sire_statements()
        with self.registry.cursor() as cr:
            sendings = self.make_env(cr)["sire.statement.sending"].search([("client_id", "=", self.partner_id)])
            self.assertEqual((len(sendings), sendings.monthly, sendings.sire_delivery), (1, True, "queued"))

    def clean_up_job(self, partner_id):
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            env["res.company"].browse(self.company_id).sire_reminder_on = False
            letters = env["sire.reminder.letter"].search([("client_id", "=", partner_id)])
            env["mail.mail"].search([("model", "=", letters._name), ("res_id", "in", letters.ids)]).unlink()
            letters.unlink()
            move = env["account.move"].browse(self.move_ids[1])
            move.button_draft()
            move.partner_id = self.partner_id
            env["res.partner"].browse(partner_id).unlink()
            move.action_post()
