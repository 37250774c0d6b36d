"""The stored status of an invoice is what the ledger says, and what the day in Nairobi says, at any moment."""

import random
from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sire_base.utils.eat import eat_today

from .common import BillingCommon

STATUS = "odoo.addons.sire_billing.models.account_move_status"


@tagged("post_install", "-at_install")
class TestInvoiceStatus(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.terms = cls.env["account.payment.term"].create(
            {
                "name": "Half now, half in 30 days",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 10}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 30}),
                ],
            }
        )
        cls.thirty = cls.env.ref("account.account_payment_term_30days")

    def make(self, amount=1000, post=True, **values):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.client.id,
                "invoice_payment_term_id": self.thirty.id,
                "invoice_line_ids": [
                    Command.create({"name": "Work", "price_unit": amount, "tax_ids": [Command.clear()]})
                ],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    def pay(self, invoice, amount):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard.create({"amount": amount, "journal_id": self.bank.id})._create_payments()

    def credit(self, invoice, amount=None):
        note = invoice._reverse_moves([{"invoice_date": eat_today()}])
        if amount is not None:
            note.invoice_line_ids.price_unit = amount
        note.action_post()
        lines = (invoice | note).line_ids.filtered(lambda line: line.display_type == "payment_term")
        if not all(lines.mapped("reconciled")):
            lines.filtered(lambda line: not line.reconciled).reconcile()
        return note

    def stored(self, invoice):
        """What the database has, past the ORM."""
        self.env.flush_all()
        return self.env.execute_query(SQL("SELECT sire_status FROM account_move WHERE id = %s", invoice.id))[0][0]

    def ledger(self, invoice):
        """The status, worked out anew from the entries that are matched with the invoice."""
        if invoice.state != "posted":
            return {"draft": "draft", "cancel": "void"}[invoice.state]
        self.env.flush_all()
        terms = self.env.execute_query_dict(
            SQL(
                """SELECT line.date_maturity AS due, line.balance - COALESCE((
                              SELECT SUM(part.amount) FROM account_partial_reconcile part
                               WHERE part.debit_move_id = line.id), 0) AS left
                     FROM account_move_line line
                    WHERE line.move_id = %s AND line.display_type = 'payment_term'""",
                invoice.id,
            )
        )
        types = self.env.execute_query(
            SQL(
                """SELECT DISTINCT other_move.move_type FROM account_partial_reconcile part
                     JOIN account_move_line line ON line.id = part.debit_move_id
                     JOIN account_move_line other ON other.id = part.credit_move_id
                     JOIN account_move other_move ON other_move.id = other.move_id
                    WHERE line.move_id = %s""",
                invoice.id,
            )
        )
        left = sum(row["left"] for row in terms)
        if abs(left) < 0.005:
            if {row[0] for row in types} == {"out_refund"}:
                return "void" if invoice.sire_void_reason else "credited"
            return "paid"
        if any(row["left"] > 0.005 and row["due"] < eat_today() for row in terms):
            return "overdue"
        return "partial" if left < float(invoice.amount_total) - 0.005 else "unpaid"

    def assertLedger(self, invoice, step=""):
        invoice.invalidate_recordset()
        expected = self.ledger(invoice)
        self.assertEqual(invoice.sire_status, expected, step)
        self.assertIn(invoice, invoice.search([("sire_status", "=", expected), ("id", "=", invoice.id)]), step)
        groups = invoice._read_group([("id", "=", invoice.id)], ["sire_status"], ["__count"])
        self.assertEqual(groups, [(expected, 1)], step)
        self.assertEqual(invoice.sire_overdue, expected == "overdue", step)

    def test_each_status(self):
        invoice = self.make(post=False)
        self.assertEqual((invoice.sire_status, self.stored(invoice)), ("draft", "draft"))
        invoice.action_post()
        self.assertEqual(self.stored(invoice), "unpaid")
        self.pay(invoice, 400)
        self.assertEqual(self.stored(invoice), "partial")
        self.pay(invoice, 600)
        self.assertEqual(self.stored(invoice), "paid")
        credited = self.make()
        self.credit(credited)
        self.assertEqual(self.stored(credited), "credited")
        void = self.make()
        note = void._sire_void("Billed twice")
        self.assertEqual((self.stored(void), self.stored(note)), ("void", "credited"))
        mixed = self.make()
        self.pay(mixed, 400)
        self.credit(mixed, 600)
        self.assertEqual(self.stored(mixed), "paid")
        cancelled = self.make()
        cancelled.button_cancel()
        self.assertEqual(self.stored(cancelled), "void")
        entry = self.env["account.move"].create({"move_type": "entry"})
        self.assertFalse(entry.sire_status)

    def test_random_walks_agree_with_the_ledger(self):
        """Post, pay a part, pay, take apart, credit, void, let days pass, in any order; what is refused changes nothing."""
        chance = random.Random(20261121)
        start = fields.Datetime.now()
        seen = set()
        for walk in range(20):
            with freeze_time(start) as clock:
                terms = chance.choice([self.terms, self.thirty])
                invoice = self.make(post=False, invoice_payment_term_id=terms.id)
                steps = []
                for _step in range(14):
                    step = chance.choice(
                        ["post", "part", "rest", "apart", "credit", "all", "void", "day", "days", "draft"]
                    )
                    steps.append(step)
                    try:
                        with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                            self.walk(invoice, step, chance, clock)
                    except UserError:
                        steps[-1] += " (refused)"
                    self.assertLedger(invoice, f"{walk}: {', '.join(steps)}")
                    seen.add(invoice.sire_status)
        self.assertEqual(seen, {"draft", "unpaid", "partial", "overdue", "paid", "credited", "void"})

    def walk(self, invoice, step, chance, clock):
        if step == "post":
            invoice.action_post()
        elif step == "part":
            self.pay(invoice, chance.choice([1, 250, 499.99]))
        elif step == "rest":
            self.pay(invoice, invoice.amount_residual)
        elif step == "apart":
            invoice.line_ids.remove_move_reconcile()
        elif step == "credit":
            self.credit(invoice, chance.choice([1, 300]))
        elif step == "all":
            self.credit(invoice)
        elif step == "void":
            invoice._sire_void("Not what was agreed")
        elif step == "draft":
            invoice.button_draft()
        else:
            clock.tick(timedelta(days=1 if step == "day" else 40))

    def test_overdue_by_instalment(self):
        invoice = self.make(invoice_payment_term_id=self.terms.id)
        first, second = sorted(invoice.line_ids.filtered("date_maturity").mapped("date_maturity"))
        self.assertEqual(invoice.sire_next_due, first)
        with freeze_time(f"{first} 20:59:59"):
            self.assertLedger(invoice)
            self.assertEqual(invoice.sire_status, "unpaid")
        with freeze_time(f"{first} 21:00:00"):
            self.assertLedger(invoice)
            self.assertEqual(
                invoice.sire_status, "overdue", "it is tomorrow in Nairobi, and the invoice is due in weeks"
            )
            self.assertGreater(invoice.invoice_date_due, eat_today())
            self.pay(invoice, 500)
            self.assertEqual((self.stored(invoice), invoice.sire_next_due), ("partial", second))
        with freeze_time(f"{second} 21:00:00"):
            self.assertLedger(invoice)
            self.assertEqual(invoice.sire_status, "overdue")
            invoice.line_ids.remove_move_reconcile()
            self.assertEqual((invoice.sire_status, invoice.sire_next_due), ("overdue", first))

    def test_what_another_module_says_is_not_expected(self):
        """The seam for tax that a client withholds: that part does not make the invoice overdue, nor paid."""
        invoice = self.make()
        model = type(invoice)
        self.pay(invoice, 980)

        def due(moves):
            return {move: [] for move in moves}

        self.patch(model, "_sire_get_due_amounts", due)
        self.env.add_to_compute(invoice._fields["sire_status"], invoice)
        with freeze_time(fields.Datetime.now() + timedelta(days=90)):
            self.assertEqual(
                (self.stored(invoice), invoice.sire_next_due, invoice.sire_overdue), ("partial", False, False)
            )

    def test_the_nightly_pass(self):
        late, early = self.make(), self.make(invoice_date=self.day(10))
        with freeze_time(f"{late.invoice_date_due} 21:00:30"):
            self.assertEqual(self.stored(late), "unpaid", "nothing was stored yet")
            self.env.invalidate_all()
            self.assertEqual(late.sire_status, "overdue", "and yet who looks sees it")
            became_late, mended = (late | early)._sire_mend_statuses()
            self.assertEqual((became_late, mended), (late, late.browse()))
            self.assertEqual((self.stored(late), self.stored(early)), ("overdue", "unpaid"))
            self.assertFalse(late.message_ids.filtered(lambda message: "ledger" in message.body))

    def test_the_nightly_pass_mends_and_says_so(self):
        invoice = self.make()
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE account_move SET sire_status = 'paid' WHERE id = %s", invoice.id))
        self.env.invalidate_all()
        with self.assertLogs(STATUS, "WARNING") as log:
            _late, mended = self.env["account.move"]._cron_sire_statuses()
        self.assertGreaterEqual(mended, 1)
        self.assertIn(f"{invoice.name}: status paid does not agree with the ledger, which says unpaid", log.output[0])
        self.assertEqual(self.stored(invoice), "unpaid")
        self.assertIn("The status said Paid, the ledger says Unpaid", invoice.message_ids[0].body)

    def test_the_nightly_pass_is_scheduled_at_midnight_in_nairobi(self):
        cron = self.env.ref("sire_billing.ir_cron_invoice_statuses")
        self.assertEqual((cron.nextcall.hour, cron.nextcall.minute), (21, 0))
        self.assertTrue(cron.active)
        cron.method_direct_trigger()

    def test_written_by_nobody(self):
        invoice = self.make()
        for user in (self.user_accountant, self.user_admin):
            for vals in ({"sire_status": "paid"}, {"sire_next_due": "2030-01-01"}, {"sire_void_reason": "x"}):
                with self.assertRefused("not written by hand"):
                    invoice.with_user(user).with_context(sire_gate=True, sire_posting=True).write(vals)
            for vals in ({"payment_state": "paid"}, {"amount_residual": 0}):
                with self.assertRefused("reset it to draft"):
                    invoice.with_user(user).write(vals)
        with self.assertRefused("not written by hand"):
            self.make(sire_status="paid")
        moves = self.env["account.move"].with_user(self.user_accountant)
        with self.assertRefused("not written by hand"):
            moves.with_context(default_sire_void_reason="x").create({"move_type": "out_invoice"})
        self.assertEqual(self.stored(invoice), "unpaid")

    def test_the_list_asks_the_database_once_for_all(self):
        invoices = self.env["account.move"].union(*(self.make(index + 1) for index in range(40)))
        self.env.flush_all()
        specification = {"name": {}, "sire_status": {}, "amount_residual": {}, "sire_next_due": {}}
        counts = []
        for part in (invoices[:5], invoices):
            self.env.invalidate_all()
            part.search([("id", "in", part.ids)]).web_read(specification)  # warms what is cached once
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            part.web_search_read([("id", "in", part.ids)], specification, order="sire_status")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_two_companies(self):
        other = self.env["account.move"].with_company(self.company_2)
        self.assertFalse(other.search([("company_id", "=", self.company_2.id), ("sire_status", "=", "overdue")]))
        invoice = self.make()
        stranger = self.make_user("status_stranger", "sire_access.group_accountant", company=self.company_2)
        self.assertFalse(invoice.with_user(stranger).search([("sire_status", "=", "unpaid"), ("id", "=", invoice.id)]))
