"""A company that reminds, a client, and invoices that are due on days counted from today."""

from contextlib import contextmanager
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command

from odoo.addons.sire_base.utils.eat import eat_to_utc
from odoo.addons.sire_billing.tests.common import BillingCommon

TODAY = datetime(2026, 11, 18, 10, 0)  # a Wednesday in Nairobi, no holiday for weeks


class ReminderCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        frozen = freeze_time(eat_to_utc(TODAY))
        frozen.start()
        cls.addClassCleanup(frozen.stop)
        super().setUpClass()
        cls.company.write({"sire_reminder_on": True, "sire_reminder_from": 8, "sire_reminder_to": 17})
        cls.company.sire_reminder_days = "5"
        cls.ladder = cls.company.sire_reminder_ladder_id
        cls.today = TODAY.date()
        # nothing but what a test makes
        cls.env["account.move"].search(
            [("state", "=", "posted"), ("payment_state", "in", ("not_paid", "partial"))]
        ).filtered(lambda move: move.move_type == "out_invoice").commercial_partner_id.write(
            {"sire_reminder_off": True}
        )

    @classmethod
    def bill(cls, due=0, amount=1000.0, partner=None, **values):
        """:param int due: days from today; the invoice is two months old"""
        company = cls.env["res.company"].browse(values.get("company_id")) or cls.company
        move = cls.env["account.move"].with_company(company).create({
            "move_type": "out_invoice", "partner_id": (partner or cls.client).id, "company_id": company.id,
            "invoice_date": cls.today - timedelta(days=60), "invoice_date_due": cls.today + timedelta(days=due),
            "invoice_payment_term_id": False, "invoice_user_id": cls.user_manager.id,
            "invoice_line_ids": [Command.create({"name": "Work", "price_unit": amount, "tax_ids": [Command.clear()]})],
            **values,
        })  # fmt: skip
        move.action_post()
        return move

    @classmethod
    def pay_on_account(cls, amount, kind="bank", **values):
        """A payment of the client that is matched with nothing yet.

        :param kind: of the journal, "bank" or "cash"
        """
        journal = cls.env["account.journal"].search([("type", "=", kind), ("company_id", "=", cls.company.id)], limit=1)
        payment = cls.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "partner_id": cls.client.id, "amount": amount,
            "journal_id": journal.id, **values,
        })  # fmt: skip
        payment.action_post()
        return payment

    @classmethod
    def at(cls, days=0, hour=10, minute=0):
        """:return: a context manager in which it is another day and hour in Nairobi"""
        return freeze_time(eat_to_utc(TODAY.replace(hour=hour, minute=minute) + timedelta(days=days)))

    @classmethod
    def run_company(cls, company=None):
        """What the job does for one company, on the test's own transaction.

        :return: the letters that were sent
        """
        company = company or cls.company
        letters = cls.env["sire.reminder.letter"]
        before = letters.search([])
        company._sire_settle_promises()
        if company.sire_reminder_on and company._sire_is_working_time():
            for move_ids in company._sire_reminder_groups():
                company._sire_remind(move_ids)
        return letters.search([]) - before

    def plan(self, move):
        return [(plan.step.days, plan.amount, plan.reason) for plan in move._sire_reminder_plans()]

    def mails(self, *records):
        found = self.env["mail.mail"]
        for record in records:
            found |= found.search([("model", "=", record._name), ("res_id", "=", record.id)])
        return found

    @contextmanager
    def assertSends(self, count, days=0):
        """Expect that many e-mails of reminders, on a day."""
        with self.at(days):
            letters = self.run_company()
        self.assertEqual(len(letters), count)
        self.assertEqual(len(self.mails(*letters)), count)
        yield letters
