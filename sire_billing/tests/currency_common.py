"""Invoices in dollars, rates by day, and what the ledger has to say about them."""

from odoo import Command

from odoo.addons.sire_billing.controllers.client_page_content import ClientPage

from .common import BillingCommon


class CurrencyCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shilling, cls.dollar = cls.env.ref("base.KES"), cls.env.ref("base.USD")
        cls.dollar.active = True
        cls.dollar.rate_ids.unlink()
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )

    @classmethod
    def set_rate(cls, shillings, days, currency=None):
        """From that day on, one unit of the currency is so many shillings."""
        rates = cls.env["res.currency.rate"]
        currency, day = currency or cls.dollar, cls.day(days)
        rates.search([("currency_id", "=", currency.id), ("name", "=", day)]).unlink()
        rates.create(
            {
                "currency_id": currency.id,
                "company_id": cls.company.id,
                "name": day,
                "inverse_company_rate": shillings,
            }
        )

    @classmethod
    def make_bill(cls, amount, currency=None, rate=None, day=0, tax=True, **values):
        currency = currency or cls.dollar
        if rate:
            cls.set_rate(rate, day, currency)
        taxes = cls.tax.ids if tax else []
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.client.id,
                "currency_id": currency.id,
                "invoice_date": cls.day(day),
                "invoice_line_ids": [
                    Command.create({"name": "Work", "price_unit": amount, "tax_ids": [Command.set(taxes)]})
                ],
                **values,
            }
        )
        move.action_post()
        return move

    @classmethod
    def due(cls, days):
        return {"invoice_date_due": cls.day(days), "invoice_payment_term_id": False}

    @classmethod
    def make_two_bills(cls):
        """USD 1,160 due earlier and USD 580 due later, each of a day with a rate of its own; today has another."""
        cls.early = cls.make_bill(1000, rate=130.0, day=-20, **cls.due(5))
        cls.late = cls.make_bill(500, rate=128.0, day=-10, **cls.due(9))
        cls.both = cls.early | cls.late
        cls.set_rate(131.37, 0)

    @classmethod
    def pay(cls, invoice, amount, currency, day=0, journal=None):
        wizard = (
            cls.env["account.payment.register"]
            .with_user(cls.user_accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "amount": amount,
                    "currency_id": currency.id,
                    "payment_date": cls.day(day),
                    "journal_id": (journal or cls.bank).id,
                    "payment_difference_handling": "open",
                }
            )
        )
        return wizard._create_payments().with_env(cls.env)

    @classmethod
    def pay_rest(cls, invoice, currency, day=0):
        """Pay what the wizard asks for in that currency."""
        left = invoice.currency_id._convert(invoice._sire_get_payable(), currency, cls.company, cls.day(day))
        return cls.pay(invoice, left, currency, day)

    @classmethod
    def credit(cls, invoice, amount, day=0):
        note = invoice._reverse_moves([{"invoice_date": cls.day(day)}])
        note.invoice_line_ids.write({"price_unit": amount, "quantity": 1, "discount": 0})
        note.action_post()
        (invoice | note).line_ids.filtered(lambda line: line.display_type == "payment_term").reconcile()
        return note

    @classmethod
    def match_bank_line(cls, invoice, amount):
        """What the bank reports, matched with the invoice as the host's reconciliation does it."""
        line = cls.env["account.bank.statement.line"].create(
            {"journal_id": cls.bank.id, "date": cls.day(0), "amount": amount, "payment_ref": invoice.name}
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        receivable = invoice.line_ids.filtered(lambda one: one.display_type == "payment_term")
        suspense.write({"account_id": receivable.account_id.id, "partner_id": invoice.commercial_partner_id.id})
        (suspense | receivable).reconcile()
        return line

    @classmethod
    def get_page(cls, invoice):
        return ClientPage(cls.env["sire.client.link"]._for(invoice))

    def get_receivables(self, moves):
        """The receivable lines of these documents, and of everything that was matched with them."""
        lines = moves.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        while True:
            partials = lines.matched_debit_ids | lines.matched_credit_ids
            more = (
                partials.debit_move_id
                | partials.credit_move_id
                | partials.exchange_move_id.line_ids.filtered(
                    lambda line: line.account_id.account_type == "asset_receivable"
                )
            )
            if more <= lines:
                return lines
            lines |= more

    def get_exchange(self, moves):
        """:return: what was gained (or lost, below zero) by rates on these documents, in shillings; the Kenyan chart has one
        account for both
        """
        company = self.company
        accounts = company.income_currency_exchange_account_id | company.expense_currency_exchange_account_id
        lines = self.get_receivables(moves).move_id.line_ids.filtered(lambda line: line.account_id in accounts)
        return self.shilling.round(-sum(lines.mapped("balance")))

    def assertLedger(self, moves):
        """Each entry balances, and what is left of each document is what its matches leave, to the cent."""
        lines = self.get_receivables(moves)
        for entry in lines.move_id:
            self.assertTrue(self.shilling.is_zero(sum(entry.line_ids.mapped("balance"))), entry.name)
        for line in lines:
            matched = sum(line.matched_credit_ids.mapped("amount")) - sum(line.matched_debit_ids.mapped("amount"))
            self.assertEqual(self.shilling.compare_amounts(line.amount_residual, line.balance - matched), 0)
            self.assertFalse(line.reconciled and (line.amount_residual or line.amount_residual_currency))
        for move in moves:
            own = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
            left = abs(sum(own.mapped("amount_residual_currency")))
            self.assertEqual(move.currency_id.compare_amounts(move.amount_residual, left), 0)

    def assertSettled(self, move):
        """Nothing is left in either currency: neither of the document nor of what paid it."""
        self.assertLedger(move)
        self.assertEqual((move.amount_residual, move.amount_residual_signed), (0, 0))
        self.assertIn(move.sire_status, ("paid", "credited"))
        lines = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(lines.mapped("amount_residual"), [0.0] * len(lines))
        self.assertEqual(lines.mapped("amount_residual_currency"), [0.0] * len(lines))
        self.assertTrue(all(lines.mapped("reconciled")))
