"""Quotations with an invoicing plan."""

from odoo.fields import Command

from .common import BillingCommon


class PlanCommon(BillingCommon):
    @classmethod
    def part(cls, name, due="step", **values):
        share = values.pop("percent", None)
        if share is not None:
            values |= {"basis": "percent", "percent": share}
        return Command.create({"name": name, "due": due, **values})

    @classmethod
    def rest(cls, name="Balance", due="step", **values):
        return cls.part(name, due, basis="rest", **{"sequence": 90, **values})

    @classmethod
    def make_plan(cls, parts=None, sent=True, invoicing="milestones", order=None):
        """A quotation of KSh 110,200 with its parts; a deposit of 30 % and a balance when none are given."""
        order = order or cls.make_quotation(sent=False)
        if parts is None:
            invoicing, parts = "deposit", [cls.part("Deposit", "approval", percent=30), cls.rest()]
        order.write({"sire_invoicing": invoicing, "sire_instalment_ids": parts})
        if sent:
            order.action_sire_send()
        return order

    @classmethod
    def get_part(cls, order, name):
        return order.sire_instalment_ids.filtered(lambda part: part.name == name)

    def assertBilled(self, order, total=None):
        """What counts of the plan's invoices: posted, and adding up to the cent, VAT by VAT."""
        order = order.sudo()
        moves = order.sire_instalment_ids.move_id.filtered(lambda move: move.state == "posted")
        total = order.amount_total if total is None else total
        self.assertEqual(order.currency_id.compare_amounts(sum(moves.mapped("amount_total")), total), 0)
        return moves

    def credit(self, invoice, amount=None):
        """The host's credit note, of all of it or of an amount."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"reason": "Wrong name", "journal_id": invoice.journal_id.id})
        )
        credit = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        if amount is not None:
            line = credit.invoice_line_ids.filtered("price_unit")
            net = amount / (1 + line.tax_ids.amount / 100)
            line.write({"price_unit": credit.currency_id.round(net), "extra_tax_data": False})
        credit.action_post()
        return credit
