"""What is answered here before the host's long way to an answer is the host's answer."""

from odoo import Command
from odoo.tests import tagged

from odoo.addons.account.models.account_move import AccountMove
from odoo.addons.account.models.account_payment import AccountPayment

from .common import BillingCommon

OF_PAYMENTS = (
    "reconciled_invoice_ids",
    "reconciled_invoices_count",
    "reconciled_invoices_type",
    "reconciled_bill_ids",
    "reconciled_bills_count",
    "reconciled_statement_line_ids",
    "reconciled_statement_lines_count",
)


@tagged("post_install", "-at_install")
class TestShortcuts(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )

    def make(self, move_type="out_invoice", post=True, **values):
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.client.id,
                "invoice_date": self.day(0),
                "invoice_line_ids": [Command.create({"name": "Work", "price_unit": 1000, "tax_ids": []})],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def pay(self, move, amount):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        return wizard.create({"amount": amount, "journal_id": self.bank.id})._create_payments()

    def assertAsTheHost(self, records, host, compute, names):
        for record in records:
            answers = []
            for method in (getattr(record, compute), lambda record=record: getattr(host, compute)(record)):
                record.env.flush_all()
                record.invalidate_recordset(names)
                method()
                answers.append(
                    {name: sorted(value.ids) if hasattr(value := record[name], "ids") else value for name in names}
                )
            self.assertEqual(*answers, record.display_name)

    def test_matched(self):
        draft, unpaid, partial, loose = self.make(post=False), self.make(), self.make(), self.make()
        credited, bill, refund = self.make(), self.make("in_invoice"), self.make("out_refund")
        payments = self.pay(partial, 400) | self.pay(bill, 1000) | self.pay(refund, 1000) | self.pay(loose, 300)
        self.assertTrue(all(payment.move_id for payment in payments))
        loose.line_ids.remove_move_reconcile()
        note = credited._reverse_moves([{"date": self.day(0)}], cancel=True)
        waiting = self.env["account.payment"].create(
            [
                {
                    "partner_id": self.client.id,
                    "amount": 50,
                    "journal_id": self.bank.id,
                    "payment_type": way,
                    "invoice_ids": [Command.set(moves.ids)],
                }
                for way, moves in (
                    ("inbound", unpaid.browse()),
                    ("inbound", unpaid),
                    ("outbound", bill),
                    ("outbound", self.make("out_refund")),
                    ("outbound", unpaid | bill),
                    ("outbound", unpaid | draft),
                )
            ]
        )
        moves = draft | unpaid | partial | loose | credited | bill | refund | note
        self.assertAsTheHost(moves, AccountMove, "_compute_reconciled_payment_ids", ("reconciled_payment_ids",))
        self.assertAsTheHost(
            payments | waiting, AccountPayment, "_compute_stat_buttons_from_reconciliation", OF_PAYMENTS
        )
        self.assertEqual(moves._sire_get_matched(), partial | credited | bill | refund | note)

    def test_matched_all_at_once_and_none(self):
        partial, unpaid = self.make(), self.make()
        payment = self.pay(partial, 400)
        (partial | unpaid).invalidate_recordset(["reconciled_payment_ids"])
        (partial | unpaid)._compute_reconciled_payment_ids()
        self.assertEqual((partial.reconciled_payment_ids, unpaid.reconciled_payment_ids), (payment, payment.browse()))
        self.assertFalse(partial.browse()._sire_get_matched())
        form = self.env["account.payment"].new({"amount": 5})
        self.assertFalse(form.reconciled_invoice_ids)
        self.assertFalse(self.env["account.move"].new({"move_type": "out_invoice"}).reconciled_payment_ids)

    def test_matched_in_a_form(self):
        """Whoever only reads an invoice is told in a form, too: nothing is written on the saved one."""
        partial = self.make()
        payment = self.pay(partial, 400)
        self.env.flush_all()
        self.env.invalidate_all()
        partial = partial.with_user(self.user_viewer)
        form = partial.new(origin=partial)
        self.assertEqual(form.reconciled_payment_ids._origin, payment)
        self.assertEqual(form.matched_payment_ids._origin, payment)

    def test_the_kind_of_several_credit_notes(self):
        notes = self.make("out_refund") | self.make("out_refund")
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.client.id,
                "amount": 2000,
                "journal_id": self.bank.id,
                "payment_type": "outbound",
                "invoice_ids": [Command.set(notes.ids)],
            }
        )
        self.assertAsTheHost(payment, AccountPayment, "_compute_stat_buttons_from_reconciliation", OF_PAYMENTS)

    def test_analytic_rules_of_this_moment(self):
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        analytic = self.env["account.analytic.account"].create({"name": "Web", "plan_id": plan.id, "company_id": False})
        self.assertFalse(self.make(post=False).invoice_line_ids.analytic_distribution)
        rules = self.env["account.analytic.distribution.model"]
        rule = rules.create({"partner_id": self.client.id, "analytic_distribution": {analytic.id: 100}})
        wanted = {str(analytic.id): 100}
        self.assertEqual(self.make(post=False).invoice_line_ids.analytic_distribution, wanted)
        self.env.cr.precommit.data.clear()  # another request
        self.assertEqual(self.make(post=False).invoice_line_ids.analytic_distribution, wanted)
        other = self.env["res.company"].create({"name": "Other Ltd"})
        rule.company_id = other
        self.assertFalse(self.make(post=False).invoice_line_ids.analytic_distribution)
        self.assertTrue(
            rules.with_company(other)._get_applicable_models({"company_id": other.id, "partner_id": self.client.id})
        )
        with self.env.cr.savepoint() as savepoint:
            rule.unlink()
            self.assertFalse(rules._get_applicable_models({"company_id": other.id, "partner_id": self.client.id}))
            savepoint.rollback()
        self.assertTrue(rules._get_applicable_models({"company_id": other.id, "partner_id": self.client.id}))

    def test_lines_are_described_to_whoever_asks(self):
        lines = self.env["account.move.line"]
        self.assertEqual(lines.fields_get([]).keys(), lines.fields_get().keys())
        self.assertGreater(len(lines.fields_get([])), 50)

    def test_changes_of_lines_are_told_as_before(self):
        invoice = self.make().with_context(tracking_disable=False)
        invoice.button_draft()
        for vals, is_told in (({"sequence": 7}, False), ({"name": "Work of May"}, True)):
            with self.subTest(vals=vals):
                told = invoice.message_ids
                invoice.invoice_line_ids.write(vals)
                self.env.cr.precommit.run()
                words = (invoice.message_ids - told).tracking_value_ids.mapped("new_value_char")
                self.assertEqual("Work of May" in words, is_told)

    def test_the_status_is_written_with_the_state(self):
        invoice = self.make(post=False)
        self.env.flush_all()
        statements = []
        execute = type(self.env.cr).execute

        def listen(cr, query, params=None, log_exceptions=True):
            statements.append(str(getattr(query, "code", query)))
            return execute(cr, query, params, log_exceptions)

        self.patch(type(self.env.cr), "execute", listen)
        invoice.action_post()
        self.env.flush_all()
        written = [text for text in statements if 'UPDATE "account_move"' in text and '"sire_status"' in text]
        self.assertEqual(len(written), 1)
        self.assertIn('"state"', written[0])
        self.assertEqual(invoice.sire_status, "unpaid")
