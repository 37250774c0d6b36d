"""What happens to quotations, invoices and money, one step after the other."""

from odoo.fields import Command


class BooksSteps:
    """Each ``do_x(which, share)`` takes one of the records, and says whether it was done; ``share`` is from 0 to 1."""

    def cents(self, amount):
        return round(amount * 100)

    def pick(self, records, which):
        return records[which % len(records)] if records else records

    def quote(self, lines, parts):
        values = [
            {
                "product_id": self.product.id,
                "price_unit": price,
                "product_uom_qty": quantity,
                "discount": discount,
                "tax_ids": [Command.set(self.taxes[vat].ids)],
                "is_optional": bool(index and optional),
            }
            for index, (price, quantity, discount, vat, optional) in enumerate(lines)
        ]
        order = self.env["sale.order"].create(
            {"partner_id": self.client.id, "order_line": [Command.create(line) for line in values]}
        )
        if parts:
            parts = [self.part(f"Part {index}", percent=share, sequence=index) for index, share in enumerate(parts)]
            order.write({"sire_invoicing": "milestones", "sire_instalment_ids": [*parts, self.rest(sequence=50)]})
        return order

    def open_orders(self):
        return self.orders.filtered(lambda order: order.state in ("draft", "sent") and not order.sire_superseded_at)

    def invoices(self, kind="out_invoice"):
        moves = self.env["account.move"].search([("partner_id", "=", self.client.id)], order="id")
        return moves.filtered(lambda move: move.move_type == kind and move.state == "posted")

    def receipts(self, *states):
        receipts = self.env["account.payment"].search(
            [("partner_id", "=", self.client.id), ("sire_receipt_number", "!=", False)], order="id"
        )
        return receipts.filtered(lambda payment: payment.sire_receipt_state in states)

    def do_edit(self, which, share):
        order = self.pick(self.open_orders(), which)
        for line in order.order_line[:1]:
            line.price_unit += round(share * 1000, 2)
        return order

    def do_discount(self, which, share):
        order = self.pick(self.open_orders(), which)
        order.order_line[-1:].discount = round(share * 100, 2)
        return order

    def do_revise(self, which, share):
        order = self.pick(self.open_orders(), which)
        if not order:
            return False
        if order.state == "draft":
            order.action_quotation_sent()
        order.action_sire_revise()
        self.orders |= order.sire_next_ids
        return order

    def do_approve(self, which, share):
        order = self.pick(self.open_orders(), which)
        if not order:
            return False
        if order.state == "draft":
            order.action_quotation_sent()
        chosen = order._sire_get_options() if round(share * 100) % 2 else order.order_line.browse()
        before = sum(map(self.cents, self.invoices().mapped("amount_total")))
        order._sire_approve("Jane Wanjiku", order._sire_offer_digest(chosen), chosen=chosen)
        self.balance += sum(map(self.cents, self.invoices().mapped("amount_total"))) - before
        return True

    def do_invoice(self, which, share):
        part = self.pick(self.orders.filtered(lambda order: order.state == "sale").sire_instalment_ids, which)
        if not part or part.move_id:
            return False
        if not part.reached_at:
            part.action_toggle_reached()
        self.balance += self.cents(part._sire_invoice().amount_total)
        return True

    def receive(self, which, share, **values):
        invoice = self.pick(self.invoices(), which)
        amount = self.currency.round((invoice.amount_residual or 0) * (share or 1))
        if not invoice or not amount:
            return False
        self.balance -= self.cents(self.take_cash(invoice, amount, **values).amount)
        return True

    def do_cash(self, which, share):
        return self.receive(which, 1 if share > 0.9 else share)

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
        self.balance += self.cents(payment.amount)
        return True

    def do_bounce(self, which, share):
        return self.end(self.pick(self.receipts("uncleared", "cleared"), which), "action_sire_return")

    def do_void_receipt(self, which, share):
        return self.end(self.pick(self.receipts("received", "uncleared"), which), "action_sire_void")

    def do_give_credit(self, which, share):
        payment = self.env["account.payment"].create(
            {
                "amount": 1 + round(share * 500, 2),
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.client.id,
            }
        )
        payment.action_post()
        self.balance -= self.cents(payment.amount)
        return True

    def do_use_credit(self, which, share):
        invoice = self.pick(self.invoices(), which)
        return invoice and invoice.action_sire_use_credit()

    def do_credit_note(self, which, share):
        """For the first line of the invoice alone."""
        invoice = self.pick(self.invoices(), which)
        if not invoice:
            return False
        credit = invoice._reverse_moves([{"invoice_date": self.day(0)}])
        credit.invoice_line_ids[1:].unlink()
        credit.action_post()
        self.balance -= self.cents(credit.amount_total)
        return True

    def do_credit_all(self, which, share):
        invoice = self.pick(self.invoices(), which)
        if not invoice:
            return False
        self.balance -= self.cents(self.credit(invoice).amount_total)
        return True

    def do_void(self, which, share):
        invoice = self.pick(self.invoices(), which)
        if not invoice:
            return False
        self.balance -= self.cents(invoice._sire_void("Wrong name").amount_total)
        return True

    def do_reset(self, which, share):
        """Never done here: each invoice was sent with its approval, or is held by something."""
        invoice = self.pick(self.invoices(), which)
        if invoice:
            invoice.button_draft()
            self.balance -= self.cents(invoice.amount_total)
        return bool(invoice)

    def do_cancel(self, which, share):
        order = self.pick(self.orders, which)
        order.action_cancel()
        return order.state == "cancel"
