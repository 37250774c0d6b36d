"""The state of what is behind the link in one word, and what an invoice says of itself: overdue, void, credited."""

from datetime import timedelta


class ClientPageStatus:
    """Mixed into the page."""

    def get_summary(self):
        """Return the word for the state: that of the money once there is an invoice. What was taken back does not count."""
        invoices = self.invoices.filtered(lambda invoice: invoice.move_type != "out_refund")
        counting = invoices.filtered(lambda invoice: not self.is_taken_back(invoice))
        if not counting:
            return invoices[-1:].sire_status or self.state
        if all(self.is_settled(invoice) for invoice in counting):
            return "paid" if self.is_plan_paid() else "partial"
        if any(self.is_overdue(invoice) for invoice in counting):
            return "overdue"
        return "partial" if any(self.get_money(invoice)["paid"] > 0 for invoice in counting) else "unpaid"

    def is_taken_back(self, invoice):
        """Whether a credit note took the whole invoice back, with a reason (void) or without."""
        return invoice.sire_status in ("void", "credited")

    def is_overdue(self, invoice):
        """Whether a day by which something should have been paid is over in Nairobi."""
        return invoice.sire_status == "overdue" and not self.is_settled(invoice)

    def is_all_withheld(self, invoice, sums):
        """Whether what is left will not come as money: nothing is asked for, by no way."""
        return invoice.currency_id.compare_amounts(invoice._sire_get_withheld(), sums["left"]) >= 0

    def is_all_held(self, invoice, sums):
        """Whether all the money that is asked for is on its way: what will not come as money may be left beside it."""
        return sums["payable"] <= 0 or (sums["asked"] <= 0 and not self.is_all_withheld(invoice, sums))

    def say_credited(self, note):
        return self.env._("taken off invoice %s", note.reversed_entry_id.name)

    def say_overdue(self, invoice):
        return self.env._("Overdue since %s", self.date(invoice.sire_next_due + timedelta(days=1)))
