from odoo import models
from odoo.fields import Command

from odoo.addons.sire_base.utils.eat import eat_today

from .. import gate


class SaleOrder(models.Model):
    """The invoices of an approved quotation: one, or one for each part of its plan."""

    _inherit = "sale.order"

    def _create_invoices(self, grouped=False, final=False, date=None):
        """Override of `sale`: one conversion at a time; what the chatter says of it is in the staff's language, whichever
        the client reads.

        :param datetime.date date: invoice date, an East African day, where it is known already
        """
        self._sire_check_no_plan()
        self._sire_lock()
        lang = self.user_id[:1].lang or self.company_id[:1].partner_id.lang
        orders = self.with_context(sire_invoice_date=date, **({"lang": lang} if lang else {}))
        return super(SaleOrder, orders)._create_invoices(grouped=grouped, final=final, date=date).with_env(self.env)

    def _sire_get_invoice(self):
        """:return: the live customer invoice of this quotation: posted before draft, not cancelled, not credited.
        Of several the one to pay next."""
        self.ensure_one()
        invoices = self.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice" and move.state != "cancel" and move.payment_state != "reversed"
        )
        return invoices.sorted(
            lambda move: (move.state != "posted", move.payment_state in ("paid", "in_payment"), move.id)
        )[:1]

    def _sire_get_latest_invoice(self):
        """:return: the invoice that stands for this quotation: the live one, else the latest that was credited or
        cancelled; empty when none was ever made"""
        self.ensure_one()
        made = self.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
        return self._sire_get_invoice() or made.sorted("id")[-1:]

    def _sire_ensure_invoice(self, date=None):
        """Make the posted invoice of an approved quotation, or return the one there is. The row is locked.

        :param datetime.date date: invoice date, an East African day; today when not given
        :return: of a plan, the invoice to pay next; empty when no part was due with the approval
        :rtype: account.move
        """
        self.ensure_one()
        if self._sire_has_plan():
            self._sire_invoice_due_at_approval(date)
            return self._sire_get_invoice()
        invoice = self._sire_get_invoice()
        if not invoice:
            gate.opened(self)._force_lines_to_invoice_policy_order()
            invoice = self._create_invoices(final=True, date=date or eat_today())
        if invoice.state == "draft":
            if invoice.invoice_date != (date or eat_today()):
                invoice.invoice_date = date or eat_today()
            invoice.action_post()
        return invoice

    def _prepare_invoice(self):
        """Override of `sale`: money goes to the invoice by its own payments, never by a quotation's transactions. With the date
        known from the start, due dates and taxes are worked out once."""
        values = {**super()._prepare_invoice(), "transaction_ids": [Command.clear()]}
        if date := self.env.context.get("sire_invoice_date"):
            values["invoice_date"] = date
        return values
