"""Numbers: given when an invoice is confirmed, one after the other, by Nairobi's year, for each company."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoiceNumbers(BillingCommon):
    def make(self, post=True, env=None, **values):
        env = env or self.env
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.client.id,
                "invoice_line_ids": [
                    Command.create({"name": "Work", "price_unit": 1000, "tax_ids": [Command.clear()]})
                ],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    def counter(self, invoice):
        return int(invoice.name.rsplit("/", 1)[1])

    def test_drafts_use_none(self):
        first = self.make()
        drafts = [self.make(post=False) for _index in range(3)]
        self.assertFalse(any(draft.name and draft.name != "/" for draft in drafts))
        second = self.make()
        self.assertEqual(self.counter(second), self.counter(first) + 1)
        drafts[0].unlink()
        drafts[2].action_post()
        drafts[1].action_post()
        self.assertEqual(
            [self.counter(drafts[2]), self.counter(drafts[1])], [self.counter(first) + 2, self.counter(first) + 3]
        )

    def test_a_number_is_not_chosen(self):
        first = self.make()
        draft = self.make(post=False)
        with self.assertRefused("Numbers are given when an invoice is confirmed"):
            draft.with_user(self.user_accountant).name = "INV/2026/99999"
        with self.assertRefused("Numbers are given"):
            self.make(post=False, env=self.env(user=self.user_accountant), name="INV/2026/88888")
        draft.name = False
        draft.action_post()
        self.assertEqual(self.counter(draft), self.counter(first) + 1)

    def test_the_first_number_of_a_journal_may_be(self):
        """A firm goes on where its old books ended."""
        journal = self.env["account.journal"].create(
            {
                "name": "Old books",
                "code": "OLD",
                "type": "sale",
                "default_account_id": self.make().journal_id.default_account_id.id,
            }
        )
        first = self.make(post=False, journal_id=journal.id)
        first.name = "OLD/2026/00417"
        first.action_post()
        self.assertEqual(first.name, "OLD/2026/00417")
        self.assertEqual(self.make(journal_id=journal.id).name, "OLD/2026/00418")

    def test_the_year_ends_at_midnight_in_nairobi(self):
        for user in (self.env.user, self.user_accountant):
            for zone in ("UTC", "Africa/Nairobi", "America/New_York", False):
                user.tz = zone
                env = self.env(user=user, context={**self.env.context, "tz": zone})
                with freeze_time("2030-12-31 20:59:59"):
                    old = self.make(env=env)
                with freeze_time("2030-12-31 21:30:00"):
                    new = self.make(env=env)
                self.assertEqual((str(old.invoice_date), old.name[:9]), ("2030-12-31", "INV/2030/"), zone)
                self.assertEqual((str(new.invoice_date), new.name[:9]), ("2031-01-01", "INV/2031/"), zone)
                self.assertEqual(str(new.date), "2031-01-01")

    def test_a_draft_of_last_year_gets_a_number_of_this_one(self):
        with freeze_time("2030-12-30 09:00:00"):
            draft = self.make(post=False)
        with freeze_time("2031-01-02 09:00:00"):
            draft.action_post()
        self.assertEqual((draft.name[:9], str(draft.date)), ("INV/2031/", "2031-01-02"))

    def test_what_is_rolled_back_leaves_no_gap(self):
        first = self.make()
        refused = self.make(post=False)
        refused.partner_id = False
        with self.assertRaises(UserError), self.env.cr.savepoint():
            refused.action_post()
        late = self.make(post=False)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            late.action_post()
            raise ZeroDivisionError
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint(flush=False):
            self.make(post=False).action_post()
            raise ZeroDivisionError
        self.env.invalidate_all()
        self.assertEqual(self.counter(self.make()), self.counter(first) + 1)

    def test_credit_notes_are_in_a_row_too(self):
        notes = []
        for _index in range(3):
            notes.append(self.make()._sire_void("Not wanted"))
        counters = [self.counter(note) for note in notes]
        self.assertEqual(counters, list(range(counters[0], counters[0] + 3)))

    def test_two_companies(self):
        ours = self.make()
        self.company_2.write({"country_id": self.env.ref("base.ke").id})
        journal = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company_2.id)], limit=1
        )
        if not journal:
            self.env["account.chart.template"].try_loading("ke", company=self.company_2, install_demo=False)
        env = self.env(context={**self.env.context, "allowed_company_ids": [self.company_2.id]})
        theirs = [self.make(env=env) for _index in range(2)]
        self.assertEqual(theirs[0].company_id, self.company_2)
        self.assertEqual([self.counter(move) for move in theirs], [1, 2])
        self.assertEqual(self.counter(self.make()), self.counter(ours) + 1)
