"""What happens to money, one step after the other: cash, cheques, the bank, cards, the client's credit."""

from odoo.fields import Command

from .books_steps import BooksSteps


class BooksMoney(BooksSteps):
    """``crossed`` holds what was paid in another currency than the invoice's: {(entry, invoice): ({currency: cents}, …)}, and
    ``held`` what a card holds: {transaction: (invoice, cents)}. As ``balance``, both are this test's own account.
    """

    def receipts(self, *states):
        receipts = self.env["account.payment"].search(
            [("partner_id", "=", self.client.id), ("sire_receipt_number", "!=", False)], order="id"
        )
        return receipts.filtered(lambda payment: payment.sire_receipt_state in states)

    def share_of(self, invoice, share):
        """:return: a part of what is left of the invoice, in its currency; all of it for the largest shares"""
        return invoice.currency_id.round((invoice.amount_residual or 0) * (1 if share > 0.85 else share or 1))

    # === IN PERSON === #

    def receive(self, which, share, **values):
        invoice = self.pick(self.invoices(), which)
        amount = self.share_of(invoice, share) if invoice else 0
        if not amount:
            return False
        self.owe(self.take_cash(invoice, amount, date=self.day(-(which // 40)), **values), -1)
        return True

    def do_cash(self, which, share):
        return self.receive(which, share)

    def do_cheque(self, which, share):
        self.number += 1
        cheque = {"cheque_number": f"{self.number:06}", "cheque_bank": "KCB", "cheque_date": self.day(0)}
        return self.receive(which, share, instrument="cheque", **cheque)

    def do_clear(self, which, share):
        payment = self.pick(self.receipts("uncleared"), which)
        return payment and payment.action_sire_clear() is not False

    def end(self, payment, method):
        if not payment:
            return False
        getattr(payment, method)("As the bank said")
        self.owe(payment)
        return True

    def do_bounce(self, which, share):
        return self.end(self.pick(self.receipts("uncleared", "cleared"), which), "action_sire_return")

    def do_void_receipt(self, which, share):
        return self.end(self.pick(self.receipts("received", "uncleared"), which), "action_sire_void")

    # === BY THE BANK === #

    def do_transfer(self, which, share):
        """In the invoice's own currency, or in shillings at the rate of the day."""
        invoice = self.pick(self.invoices(), which)
        amount = self.share_of(invoice, share) if invoice else 0
        return amount and self.transfer(invoice, amount, self.shilling if which % 2 else invoice.currency_id)

    def transfer(self, invoice, amount, currency):
        """:param amount: in the currency of the invoice"""
        amount = invoice.currency_id._convert(amount, currency, self.company, self.day(0))
        before = invoice.amount_residual
        payment = self.pay(invoice, amount, currency)
        self.owe(payment, -1)
        self.cross(payment.move_id, invoice, before, amount, currency)
        return True

    def do_bank_line(self, which, share):
        """What the bank reports in shillings, matched with the invoice."""
        invoice = self.pick(self.invoices(), which)
        amount = self.share_of(invoice, share) if invoice else 0
        if not amount:
            return False
        amount = invoice.currency_id._convert(amount, self.shilling, self.company, self.day(0))
        before = invoice.amount_residual
        line = self.match_bank_line(invoice, amount)
        self.balance["KES"] -= self.cents(amount)
        self.cross(line.move_id, invoice, before, amount, self.shilling)
        return True

    def cross(self, entry, invoice, before, amount, currency):
        """Money in one currency settles an invoice in another: both balances move, by what it is worth that day."""
        if currency == invoice.currency_id:
            return
        worth = currency._convert(amount, invoice.currency_id, self.company, self.day(0))
        moved = {
            currency.name: self.cents(amount),
            invoice.currency_id.name: -min(self.cents(worth), self.cents(before)),
        }
        self.crossed[entry.id, invoice.id] = moved
        self.balance.update(moved)

    def do_unmatch(self, which, share):
        """The money stays, and is the client's credit."""
        invoice = self.pick(self.invoices(), which)
        partials = invoice.line_ids.matched_credit_ids.filtered(
            lambda partial: not partial.credit_move_id.move_id.is_invoice() and partial.debit_amount_currency
        )
        partial = self.pick(partials.sorted(), which // 3)
        if not partial:
            return False
        entry = partial.credit_move_id.move_id
        invoice.js_remove_outstanding_partial(partial.id)
        self.balance.subtract(self.crossed.pop((entry.id, invoice.id), {}))
        return True

    # === BY CARD === #

    def do_card(self, which, share):
        """Somebody begins to pay: the amount is held until it is charged."""
        invoice = self.pick(self.invoices(), which)
        amount = self.share_of(invoice, share) if invoice else 0
        if not amount:
            return False
        tx = self.env["payment.transaction"].create(
            {
                "provider_id": self.card.id,
                "payment_method_id": self.env.ref("payment.payment_method_mpesa").id,
                "amount": amount,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.client.id,
                "operation": "online_direct",
                "invoice_ids": [Command.set(invoice.ids)],
                "state": "pending",
            }
        )
        self.held[tx.id] = (invoice.id, self.cents(amount))
        return True

    def do_charge(self, which, share):
        """It is charged, or it is not; what the invoice does not need any more is the client's credit."""
        tx = self.env["payment.transaction"].browse(self.pick(sorted(self.held), which) or [])
        if not tx:
            return False
        if share < 0.25:
            tx._set_canceled()
        else:
            tx._set_done()
            tx._create_payment(payment_method_line_id=self.bank.inbound_payment_method_line_ids[:1].id)
            tx._post_process()
            self.owe(tx, -1)
        del self.held[tx.id]
        return True

    # === CREDIT === #

    def do_give_credit(self, which, share):
        """The client pays what no invoice asked for."""
        currency = self.pick(list(self.currencies.values()), which)
        payment = self.env["account.payment"].create(
            {
                "amount": 1 + round(share * 500, 2),
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.client.id,
                "currency_id": currency.id,
            }
        )
        payment.action_post()
        self.owe(payment, -1)
        return True

    def do_use_credit(self, which, share):
        invoice = self.pick(self.invoices(), which)
        return invoice and invoice.action_sire_use_credit()
