"""What happens to quotations and invoices, one step after the other. What happens to money is in ``books_money``."""

from datetime import timedelta

from odoo.exceptions import UserError

from .plan_common import PlanCommon


class BooksSteps:
    """Each ``do_x(which, share)`` takes one of the records, and says whether it was done; ``share`` is from 0 to 1.

    What a step does to the client's balance it adds to ``balance``: {name of the currency: cents}. The ledger is not asked.
    """

    def cents(self, amount):
        return round(amount * 100)

    def pick(self, records, which):
        return records[which % len(records)] if records else records

    def owe(self, documents, sign=1):
        """These documents are in the books: the client owes them, or with -1 less by them."""
        for document in documents:
            amount = document.amount_total if document._name == "account.move" else document.amount
            self.balance[document.currency_id.name] += sign * self.cents(amount)

    # === THE WORLD === #

    def quote(self, lines, plan, currency, term):
        """
        :param tuple plan: kind, and the parts before the balance in percent or, as text, an amount
        :param int term: which of the payment terms
        """
        kind, shares = plan
        lines = [(*line[:4], bool(index and line[4])) for index, line in enumerate(lines)]
        order = self.make_order(lines, currency, payment_term_id=self.terms[term].id)
        if kind == "all":
            return order
        parts = []
        for index, share in enumerate(shares):
            due = "step" if index or kind == "milestones" else "approval"
            how = {"basis": "amount", "fixed_amount": share} if isinstance(share, float) else {"percent": share}
            parts.append(PlanCommon.part(f"Part {index}", due, sequence=index, **how))
        order.write({"sire_invoicing": kind, "sire_instalment_ids": [*parts, PlanCommon.rest(sequence=50)]})
        return order

    def open_orders(self):
        return self.orders.filtered(lambda order: order.state in ("draft", "sent") and not order.sire_superseded_at)

    def invoices(self, kind="out_invoice"):
        moves = self.env["account.move"].search([("partner_id", "=", self.client.id)], order="id")
        return moves.filtered(lambda move: move.move_type == kind and move.state == "posted")

    def do_night(self, which, share):
        """Some days go by, and the rates of the last one are others."""
        self.frozen.tick(timedelta(days=1 + which % 9))
        for name, usual in self.usual_rates.items():
            self.set_rate(round(usual * (0.8 + 0.4 * share), 4), 0, self.currencies[name])
            share = 1 - share
        self.env.invalidate_all()
        _late, mended = self.env["account.move"]._cron_sire_statuses()
        self.assertEqual(mended, 0, "a stored status that the ledger does not say")
        return True

    # === QUOTATIONS === #

    def do_edit(self, which, share):
        """Price, quantity, VAT or option of a line; what was sent is sent again some of the time."""
        order = self.pick(self.open_orders(), which)
        line = self.pick(order.order_line, which // 3)
        if not line:
            return False
        what = round(share * 100) % 4
        if what == 0:
            line.price_unit += round(share * 1000 + 0.37, 2)
        elif what == 1:
            price = line.price_unit
            line.write({"product_uom_qty": round(0.01 + share * 9, 2), "price_unit": price})
        elif what == 2:
            line.tax_ids = self.pick(list(self.taxes.values()), which)
        else:
            line.is_optional = not line.is_optional and len(order.order_line) > 1
        if order.state == "sent" and which % 2:
            order.action_quotation_sent()
        return True

    def do_discount(self, which, share):
        order = self.pick(self.open_orders(), which)
        order.order_line[-1:].discount = round(share * 100, 2)
        return order

    def send(self, order):
        if order.state == "draft":
            order.action_quotation_sent()

    def do_revise(self, which, share):
        order = self.pick(self.open_orders(), which)
        if not order:
            return False
        self.send(order)
        order.action_sire_revise()
        self.orders |= order.sire_next_ids
        return order

    def do_decline(self, which, share):
        order = self.pick(self.open_orders(), which)
        if not order:
            return False
        self.send(order)
        order._sire_decline("Too dear")
        return order.state == "cancel"

    def do_approve(self, which, share):
        order = self.pick(self.open_orders(), which)
        if not order:
            return False
        self.send(order)
        chosen = order._sire_get_options() if round(share * 100) % 2 else order.order_line.browse()
        before = self.invoices()
        agreed = self.cents(order._sire_get_totals(chosen)["total_amount_currency"])
        order._sire_approve("Jane Wanjiku", order._sire_offer_digest(chosen), chosen=chosen)
        self.agreed[order.id] = agreed
        self.owe(self.invoices() - before)
        return True

    def do_cancel(self, which, share):
        order = self.pick(self.orders, which)
        order.action_cancel()
        return order.state == "cancel"

    # === INVOICES === #

    def do_invoice(self, which, share):
        part = self.pick(self.orders.filtered(lambda order: order.state == "sale").sire_instalment_ids, which)
        if not part or part.move_id:
            return False
        if not part.reached_at:
            part.action_toggle_reached()
        return self.invoice_part(part)

    def invoice_part(self, part, **values):
        """Only the last part waits, for the others: a refusal of another one is a fault."""
        others = part.order_id.sire_instalment_ids - part
        waits = part.basis == "rest" and any(other.state in ("planned", "to_invoice", "credited") for other in others)
        try:
            with self.env.cr.savepoint():
                self.owe(part._sire_invoice(**values))
        except UserError as error:
            self.assertTrue(waits, error)
            self.env.invalidate_all()
            return False
        return True

    def do_again(self, which, share):
        """The invoice of a part was credited: the part has another one."""
        parts = self.orders.filtered(lambda order: order.state == "sale").sire_instalment_ids
        part = self.pick(parts.filtered(lambda part: part.state == "credited"), which)
        return bool(part) and self.invoice_part(part, reason="Wrong name")

    def do_credit_note(self, which, share):
        """For the first line of the invoice alone, or for a part of it."""
        invoice = self.pick(self.invoices(), which)
        if not invoice:
            return False
        credit = invoice._reverse_moves([{"invoice_date": self.day(0)}])
        credit.invoice_line_ids[1:].unlink()
        if round(share * 100) % 2:
            price = credit.currency_id.round(credit.invoice_line_ids.price_unit * share)
            credit.invoice_line_ids.write({"price_unit": price, "extra_tax_data": False})
        credit.action_post()
        self.owe(credit, -1)
        return True

    def do_credit_all(self, which, share):
        invoice = self.pick(self.invoices(), which)
        if not invoice:
            return False
        self.owe(PlanCommon.credit(self, invoice), -1)
        return True

    def do_void(self, which, share):
        invoice = self.pick(self.invoices(), which)
        if not invoice:
            return False
        self.owe(invoice._sire_void("Wrong name"), -1)
        return True

    def do_reset(self, which, share):
        """Never done here: each invoice was sent with its approval, or is held by something."""
        invoice = self.pick(self.invoices(), which)
        if invoice:
            invoice.button_draft()
            self.owe(invoice, -1)
        return bool(invoice)
