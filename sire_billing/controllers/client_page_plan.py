"""The invoicing plan on the client's page: what is paid, what is due now, what is to come."""


class ClientPagePlan:
    """Mixed into the page."""

    def get_plan(self):
        """Return the agreed parts, empty for a quotation that is invoiced at once.

        :rtype: sire.order.instalment
        """
        if not self.order or self.order.sire_invoicing == "all":
            return self.env["sire.order.instalment"]
        return self.order.sire_instalment_ids

    def sort_invoices(self, invoices):
        """Put what is to be paid now before what is paid, where there are several."""
        if not self.get_plan():
            return invoices
        return invoices.sorted(
            lambda move: (move.move_type == "out_refund", move.payment_state in ("paid", "reversed"))
        )

    def get_plan_state(self, part):
        """Return where a part stands, for the client: paid, due, or to come (also while staff prepares its invoice).

        :rtype: str
        """
        invoice = part._sire_get_live_move()
        if self.state != "approved" or invoice.state != "posted":
            return "planned"
        return "paid" if self.is_settled(invoice) else "due"

    def is_plan_paid(self):
        """Whether nothing of the plan is to come; true where there is none."""
        return all(self.get_plan_state(part) == "paid" for part in self.get_plan())

    def say_plan_terms(self):
        """Say before the approval what is to be paid first."""
        now = self.get_plan().filtered(lambda part: part.due == "approval")
        if not now:
            return self.env._("Nothing is to be paid at once: see the plan for when each part is invoiced.")
        return self.env._(
            "Once it is approved, you get an invoice for %(amount)s (%(part)s). The rest follows the plan.",
            amount=self.money(sum(now.mapped("amount"))),
            part=", ".join(now.mapped("name")),
        )

    def say_share(self, part):
        """Return the percentage of a part as it was agreed; empty for amounts."""
        return f"{part.percent:g} %" if part.basis == "percent" else ""
