"""What holds of quotations, invoices, money and the ledger after each step, to the cent."""

from collections import Counter, defaultdict

from odoo.addons.sire_base.utils.eat import eat_today

from .books_money import BooksMoney


class BooksChecks(BooksMoney):
    """Everything is read from the database, and compared with itself and with what the steps say was done."""

    def check(self):
        self.env.flush_all()
        self.env.invalidate_all()
        for order in self.orders:
            self.check_order(order)
        for move in self.invoices() | self.invoices("out_refund"):
            self.check_document(move)
            self.check_left(move)
            self.check_status(move)
        for invoice in self.invoices():
            self.check_credited(invoice)
            self.check_payable(invoice)
        self.check_money()
        self.check_ledger()
        self.check_statement()
        for model, name in (("account.payment", "sire_receipt_number"), ("account.move", "name")):
            self.check_numbers(self.env[model], name)

    def sum_cents(self, documents, name="amount_total"):
        return sum(map(self.cents, documents.mapped(name)))

    # === QUOTATIONS === #

    def check_order(self, order):
        """What was approved is what is invoiced, in all and VAT by VAT, however it is split."""
        total = self.cents(order.amount_total)
        self.assertEqual(total, self.cents(order.amount_untaxed) + self.cents(order.amount_tax), order.name)
        self.assertEqual(sum(map(self.cents, self.taxes_of(order).values())), self.cents(order.amount_tax), order.name)
        invoices = order.invoice_ids.filtered(lambda move: move.state == "posted")
        self.assertTrue(all(move.currency_id == order.currency_id for move in invoices))
        billed = invoices.filtered(lambda move: move.move_type == "out_invoice")
        credits = invoices - billed
        net = self.sum_cents(billed) - self.sum_cents(credits)
        if order.state != "sale":
            self.assertEqual(net, 0, f"{order.name} is {order.state}")
            return
        self.assertEqual(total, self.agreed[order.id], order.name)
        self.assertLessEqual(net, total, order.name)
        parts = order.sire_instalment_ids
        self.assertEqual(self.sum_cents(parts, "amount"), total if parts else 0)
        for part in parts.filtered("move_id"):
            self.assertEqual(self.cents(part.move_id.amount_total), self.cents(part.amount), part.name)
        if all(part.move_id for part in parts):
            counted = parts.move_id or billed
            for name in ("amount_total", "amount_tax", "amount_untaxed"):
                self.assertEqual(self.sum_cents(counted, name), self.cents(order[name]), (order.name, name))
            self.assertEqual(self.taxes_of(counted), self.taxes_of(order))

    # === DOCUMENTS === #

    def check_document(self, move):
        """An entry balances; its total is its lines and its VAT, as they stand in the ledger."""
        currency, sign = move.currency_id, -1 if move.move_type == "out_invoice" else 1
        self.assertEqual(self.cents(sum(move.line_ids.mapped("balance"))), 0)
        sums, taxes = Counter(), defaultdict(float)
        for line in move.line_ids:
            sums[line.display_type] += self.cents(line.amount_currency) * sign
            if line.display_type == "tax":
                taxes[line.tax_line_id.tax_group_id.name] += line.amount_currency * sign
        names = {"product": "amount_untaxed", "tax": "amount_tax"}
        for kind, name in names.items():
            self.assertEqual(sums[kind], self.cents(move[name]), (move.name, name))
        self.assertEqual(self.cents(move.amount_total), -sums["payment_term"], move.name)
        self.assertEqual(self.cents(move.amount_total), sums["product"] + sums["tax"] + sums["rounding"], move.name)
        lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        # Where it is rounded once a document, each line on the paper is half a cent off at most, and so is their sum.
        globally = self.company.tax_calculation_rounding_method == "round_globally"
        off = abs(self.sum_cents(lines, "price_subtotal") - self.cents(move.amount_untaxed))
        self.assertLessEqual(off, (len(lines) + 1) // 2 if globally else 0, move.name)
        self.assertEqual(self.without_nothing(taxes, currency), self.taxes_of(move), move.name)

    def terms_of(self, move):
        return move.line_ids.filtered(lambda line: line.display_type == "payment_term")

    def check_left(self, move):
        """What is left of a document is its total less what is matched with it, in its currency and in shillings."""
        terms = self.terms_of(move)
        matched = sum(map(self.cents, terms.matched_credit_ids.mapped("debit_amount_currency")))
        matched += sum(map(self.cents, terms.matched_debit_ids.mapped("credit_amount_currency")))
        left = self.cents(move.amount_residual)
        self.assertEqual(left, self.cents(move.amount_total) - matched, move.name)
        self.assertGreaterEqual(left, 0, move.name)
        if not left:
            self.assertEqual(set(terms.mapped("amount_residual")), {0.0}, f"{move.name}: paid, and shillings are left")
            self.assertTrue(all(terms.mapped("reconciled")), move.name)

    def check_status(self, move):
        left = self.cents(move.amount_residual)
        terms = self.terms_of(move)
        partials = terms.matched_debit_ids | terms.matched_credit_ids
        others = (partials.debit_move_id | partials.credit_move_id).move_id - move - partials.exchange_move_id
        if not left:
            money = others.filtered(lambda entry: not entry.is_invoice())
            credited = "void" if move.sire_void_reason and move.move_type == "out_invoice" else "credited"
            said = "paid" if money or not others else credited
        elif move.move_type == "out_invoice" and self.is_overdue(move):
            said = "overdue"
        else:
            said = "partial" if left < self.cents(move.amount_total) else "unpaid"
        self.assertEqual(move.sire_status, said, move.name)

    def is_overdue(self, move):
        return any(line.date_maturity < eat_today() and not line.reconciled for line in self.terms_of(move))

    def check_credited(self, invoice):
        notes = invoice.reversal_move_ids.filtered(lambda note: note.state == "posted")
        self.assertLessEqual(self.sum_cents(notes), self.cents(invoice.amount_total), invoice.name)
        self.assertLessEqual(self.sum_cents(notes, "amount_untaxed"), self.cents(invoice.amount_untaxed), invoice.name)

    def check_payable(self, invoice):
        """What may be paid is what is left, less what cards hold and what was received for it and waits."""
        left, payable = self.cents(invoice.amount_residual), self.cents(invoice._sire_get_payable())
        held = sum(cents for invoice_id, cents in self.held.values() if invoice_id == invoice.id)
        waits = invoice.matched_payment_ids.filtered(lambda payment: payment.state in ("in_process", "paid"))
        loose = waits.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )
        self.assertGreaterEqual(payable, 0, invoice.name)
        self.assertLessEqual(payable, max(left - held, 0), invoice.name)
        if not loose:
            self.assertEqual(payable, max(left - held, 0), invoice.name)

    def check_money(self):
        """What was received is in one place: with the bank when it cleared, on the way there before, nowhere when it went back."""
        for payment in self.env["account.payment"].search([("partner_id", "=", self.client.id)]):
            entries = payment.move_id | payment.sire_clearing_move_id
            sums = Counter()
            for line in (entries | entries.reversal_move_ids).line_ids:
                if line.account_id.account_type != "asset_receivable":
                    sums[line.account_id] += self.cents(line.balance)
            bank = payment.journal_id.default_account_id
            place = bank if payment.sire_receipt_state == "cleared" else payment.outstanding_account_id
            cents = self.cents(payment.amount_company_currency_signed)
            expected = {} if payment.sire_receipt_state in ("void", "returned") else {place: cents}
            self.assertEqual({account: cents for account, cents in sums.items() if cents}, expected, payment.name)

    # === THE LEDGER === #

    def get_client_lines(self):
        return self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.client.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )

    def check_ledger(self):
        """What the client owes is what the steps say, in each currency; in shillings nothing is lost between the entries."""
        lines = self.get_client_lines()
        owed = Counter()
        for line in lines:
            matched = line.matched_credit_ids.mapped("amount"), line.matched_debit_ids.mapped("amount")
            left = self.cents(line.balance) - self.cents(sum(matched[0])) + self.cents(sum(matched[1]))
            self.assertEqual(self.cents(line.amount_residual), left, line.move_id.name)
            is_over = not line.amount_residual and not line.amount_residual_currency
            self.assertEqual(line.reconciled, is_over, line.move_id.name)
            self.assertGreaterEqual(line.amount_residual * line.amount_residual_currency, 0, line.move_id.name)
            owed[line.currency_id.name] += self.cents(line.amount_residual_currency)
        self.assertEqual(owed, self.balance, "what the client owes")
        self.assertEqual(self.sum_cents(lines, "balance"), self.sum_cents(lines, "amount_residual"))
        for entry in lines.move_id:
            self.assertEqual(self.cents(sum(entry.line_ids.mapped("balance"))), 0, entry.name)

    def check_statement(self):
        before, now = (
            self.client._sire_get_statement(self.company, *period)
            for period in ((self.first_day, self.day(-2)), (self.day(-1), self.day(0)))
        )
        self.assertEqual(Counter({found["currency"].name: self.cents(found["closing"]) for found in now}), self.balance)
        closings = Counter({found["currency"].name: self.cents(found["closing"]) for found in before})
        openings = Counter({found["currency"].name: self.cents(found["opening"]) for found in now})
        self.assertEqual(closings, openings)
        for found in now:
            closing = self.cents(found["closing"])
            self.assertEqual(sum(map(self.cents, [*found["ages"], found["unused"]])), closing)
            moved = self.cents(found["charged"]) - self.cents(found["paid"])
            self.assertEqual(self.cents(found["opening"]) + moved, closing)

    def check_numbers(self, model, name):
        """Of each row of numbers none is missing and none is there twice."""
        domain = [("partner_id", "=", self.client.id), (name, "not in", (False, "/"))]
        domain += [("move_type", "=", "out_invoice")] if name == "name" else []
        rows = defaultdict(list)
        for record in model.search(domain):
            row, _slash, number = record[name].rpartition("/")
            rows[row].append(int(number))
        for row, numbers in rows.items():
            self.assertEqual(sorted(numbers), list(range(min(numbers), min(numbers) + len(numbers))), row)
