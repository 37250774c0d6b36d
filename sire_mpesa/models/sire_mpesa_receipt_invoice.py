from odoo import Command, models
from odoo.exceptions import UserError

from odoo.addons.sire_payment.utils import format_money

from .. import gate


class SireMpesaReceipt(models.Model):
    """A receipt and the invoice that its payer meant."""

    _inherit = "sire.mpesa.receipt"

    # === BUSINESS === #

    def _book_by_account(self):
        """Book what was paid without a prompt by the account that the payer typed.

        One open invoice: on it, and what is more than it needs is the client's credit. An invoice that needs nothing:
        the client's credit. Anything else: suspense.
        """
        found = self.env["account.move"]._mpesa_find_by_account(self.company_id, self.reference)
        found._sire_lock_payable()
        found.invalidate_recordset()
        invoices = found.filtered(lambda move: move.state == "posted" and move.amount_residual > 0)
        clients = found.commercial_partner_id
        if len(invoices) == 1 and invoices.currency_id == self.currency_id and found._mpesa_is_one_number():
            self._pay([(clients if len(clients) == 1 else invoices.commercial_partner_id, invoices, self.amount)])
        elif len(clients) == 1 and not invoices:
            self._pay([(clients, invoices, self.amount)])
            found[-1:].message_post(body=self._get_credit_message(found[-1:]))
        else:
            self._book_in_suspense(self._get_suspense_reason(found, invoices))

    def _pay(self, parts):
        """Make the clients' payments of a receipt, and match them with their invoices as far as these need it.

        :param list parts: ``(client, invoice or empty, shillings)``; together they are the whole receipt
        :return: the payments
        :rtype: account.payment
        :raise UserError: when they are not
        """
        self.ensure_one()
        if self.currency_id.compare_amounts(sum(part[2] for part in parts), self.amount) != 0:
            raise UserError(
                self.env._("The parts have to make %s together.", format_money(self.amount, self.currency_id))
            )
        common = self._get_payment_values()
        payments = gate.opened(self.env["account.payment"]).with_company(self.company_id)
        for client, invoice, amount in parts:
            payment = payments.create(self._get_part_values(common, client, invoice, amount))
            payment.action_post()
            payments |= payment
        self._take_payments(payments)
        for payment, (_client, invoice, _amount) in zip(payments, parts, strict=True):
            self._match(payment, invoice)
        return payments

    # === HELPERS === #

    def _get_part_values(self, common, client, invoice, amount):
        line = self._get_method_line()
        if not line:
            self._get_incoming_account()  # says what is missing
        values = {
            **common,
            "amount": amount,
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": client.commercial_partner_id.id,
            "currency_id": self.currency_id.id,
            "journal_id": line.journal_id.id,
            "payment_method_line_id": line.id,
            "company_id": self.company_id.id,
            "memo": " ".join(filter(None, (self.name, invoice.name or self.reference))),
            "invoice_ids": [Command.set(invoice.ids)],
        }
        if terms := invoice.line_ids.filtered(lambda line: line.display_type == "payment_term"):
            values["destination_account_id"] = terms[0].account_id.id
        return values

    def _match(self, payment, invoice):
        """Match a payment with its invoice, as far as both reach."""
        account = payment.destination_account_id
        lines = payment.move_id._mpesa_get_open_lines(account)
        open_lines = invoice.filtered(lambda move: move.state == "posted")._mpesa_get_open_lines(account)
        if lines and open_lines:
            (lines + open_lines).reconcile()

    def _get_credit_message(self, invoice):
        return self.env._(
            "%(amount)s arrived by M-Pesa for %(invoice)s (receipt %(receipt)s), which needs no payment. It is the"
            " client's credit.",
            amount=format_money(self.amount, self.currency_id),
            invoice=invoice.name or invoice.mpesa_reference,
            receipt=self.name,
        )

    def _get_suspense_reason(self, found, invoices):
        """:return: why nobody knows what was paid, one sentence for staff"""
        typed = self.reference
        if not typed:
            return self.env._("The payer typed no account.")
        if not found:
            return self.env._("No invoice has the account “%s”.", typed)
        if len(invoices) == 1 and found._mpesa_is_one_number():
            return self.env._(
                "%(invoice)s is in %(currency)s, and M-Pesa pays shillings.",
                invoice=invoices.name,
                currency=invoices.currency_id.name,
            )
        named = invoices if len(invoices) > 1 else found
        names = ", ".join(named.mapped(lambda move: move.name or move.mpesa_reference))
        return self.env._("“%(typed)s” can mean several invoices: %(invoices)s.", typed=typed, invoices=names)
