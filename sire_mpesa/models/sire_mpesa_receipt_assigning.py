from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sire_base.utils.eat import eat_today

from .. import gate


class SireMpesaReceipt(models.Model):
    """What staff do with a receipt: say whose it is, or take that back."""

    _inherit = "sire.mpesa.receipt"

    # === ACTIONS === #

    def action_assign(self):
        """Button: open the wizard that assigns receipts, with the likeliest client filled in."""
        self.ensure_one()
        self._check_may_assign()
        return self.env["sire.mpesa.assign.wizard"]._make(self)._open()

    def action_take_back(self):
        """Button: take a receipt back from the client for whom it was booked, to be assigned anew.

        :raise UserError: when it is a prompt's, or was never booked for a client
        """
        for receipt in self:
            receipt._check_may_assign()
            receipt_sudo = gate.opened(receipt.sudo())  # nobody writes the ledger but itself
            receipt_sudo._lock()
            receipt_sudo._take_back()

    def action_toggle_return(self):
        """Button: note that a receipt has to go back to whoever paid it, or that it has not."""
        for receipt in self:
            receipt._check_may_assign()
            receipt_sudo = gate.opened(receipt.sudo())  # nobody writes the ledger but itself
            if receipt_sudo.state != "suspense":
                raise UserError(self.env._("%s is booked for a client: take it back first.", receipt.name))
            receipt_sudo.to_return = not receipt_sudo.to_return
            words = self.env._("To be returned.") if receipt_sudo.to_return else self.env._("Not to be returned.")
            receipt.message_post(body=words)

    def action_open_payments(self):
        """Button: what a receipt was booked as."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payments of %s", self.name),
            "res_model": "account.payment",
            "view_mode": "list,form",
            "domain": [("sire_mpesa_receipt_id", "=", self.id)],
            "context": {"create": False},
        }

    # === BUSINESS === #

    def _assign(self, parts):
        """Book a receipt from suspense for whom it is. Checked and locked, for whoever may.

        :param list parts: ``(client, invoice or empty, shillings)``; together they are the whole receipt
        :return: the payments
        :raise UserError: when it is not in suspense any more, or the parts are not right
        """
        self.ensure_one()
        self._check_may_assign()
        receipt_sudo = gate.opened(self.sudo())  # nobody writes the ledger but itself
        receipt_sudo._lock()
        if receipt_sudo.state != "suspense":
            raise UserError(self.env._("%s is booked already: somebody was faster.", self.name))
        companies = self.company_id._mpesa_get_paid_for()
        for client, invoice, amount in parts:
            if not client or self.currency_id.compare_amounts(amount, 0) <= 0:
                raise UserError(self.env._("Each part needs a client and an amount above zero."))
            if invoice and (
                invoice.company_id not in companies
                or invoice.currency_id != self.currency_id
                or invoice.commercial_partner_id != client.commercial_partner_id
                or not invoice._sire_is_payable_kind()
            ):
                raise UserError(
                    self.env._("%(invoice)s is no invoice of %(client)s in shillings.",
                               invoice=invoice.display_name, client=client.name)
                )  # fmt: skip
        invoices_sudo = self.env["account.move"].sudo().union(*(part[1] for part in parts))  # locked whoever assigns
        invoices_sudo._sire_lock_payable()
        payments_sudo = receipt_sudo._pay(
            [(client.sudo(), invoice.sudo(), amount) for client, invoice, amount in parts]
        )
        receipt_sudo.to_return = False
        names = ", ".join(
            filter(None, (f"{client.name} {invoice.name or ''}".strip() for client, invoice, _amount in parts))
        )
        self.message_post(body=self.env._("Assigned to %s.", names))
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self.env["sire.mpesa.alert"]._look_soon()
        return payments_sudo.sudo(self.env.su)

    def _take_back(self):
        """Move a receipt's payments back to suspense, by an entry of today: what was booked stays readable."""
        if self.state != "booked" or self.transaction_id:
            raise UserError(
                self.env._("Only a payment that was made without a prompt can be taken back to be assigned anew.")
            )
        if self.returning_id:
            raise UserError(self.env._("%s is on its way back to whoever paid it.", self.name))
        if self.reversed_amount:
            raise UserError(
                self.env._("A part of %s went back to the payer: what is left stays the client's.", self.name)
            )
        payments = self.payment_ids
        if any(not payment.move_id or payment.state not in ("in_process", "paid") for payment in payments):
            raise UserError(self.env._("Its payment is not in the books."))
        names = ", ".join(payments.mapped("name"))
        lines = payments._mpesa_get_client_lines()
        lines.remove_move_reconcile()
        suspense = self.company_id._mpesa_get_suspense_account()
        move = self._post_entry(
            eat_today(),
            debit=lines,
            credit=suspense,
            label=self.env._("M-Pesa %s, taken back", self.name),
        )
        for line in lines:
            counterpart = move.line_ids.filtered(
                lambda item, line=line: (
                    item.account_id == line.account_id
                    and item.partner_id == line.partner_id
                    and not item.reconciled
                    and item.amount_currency == -line.amount_currency
                )
            )[:1]
            (line + counterpart).reconcile()
        payments.sire_mpesa_receipt_id = False
        self.write(
            {
                "state": "suspense",
                "reason": self.env._("It was taken back from %s.", names),
                "suspense_line_id": move.line_ids.filtered(lambda item: item.account_id == suspense).id,
            }
        )
        self.message_post(body=self.env._("Taken back from %s.", names))

    # === HELPERS === #

    def _get_responsible(self):
        """:return: who is told about this receipt: whom the provider names, or an accountant of the company"""
        self.ensure_one()
        return self.provider_id._mpesa_get_alerted("suspense")

    def _check_may_assign(self):
        """:raise AccessError: for anyone who may not enter payments"""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Assigning M-Pesa receipts is for accountants."))
