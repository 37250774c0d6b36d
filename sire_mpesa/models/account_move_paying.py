from odoo import Command, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sire_payment.utils import format_money

from .. import gate
from ..utils import parse_receipt


class AccountMove(models.Model):
    """What people do with an invoice and M-Pesa: staff ask for a payment, a client says that one was made."""

    _inherit = "account.move"

    # === ACTIONS === #

    def action_mpesa_request(self):
        """Button: ask the client's phone for the PIN."""
        return self.env["sire.mpesa.request.wizard"]._make(self)._open()

    # === BUSINESS === #

    def _mpesa_request(self, amount, phone):
        """Ask a phone for the PIN, for staff. The prompt leaves after the commit.

        Of several invoices of one client the oldest are paid first; what the amount does not reach is left alone.

        :param float amount: shillings, never more than may be paid now
        :param str phone: as typed
        :return: the transaction, as superuser
        :rtype: payment.transaction
        :raise UserError: a sentence that says why not
        """
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Requesting M-Pesa payments is for accountants."))
        self.check_access("read")
        if len(self.commercial_partner_id) != 1 or len(self.company_id) != 1:
            raise UserError(self.env._("A prompt is for the invoices of one client, and there has to be one to pay."))
        provider_sudo = self.env["payment.provider"]._mpesa_for_company(self.company_id)
        method_sudo = provider_sudo._mpesa_get_method()
        if not method_sudo:
            raise UserError(self.env._("M-Pesa is not set up for %s.", self.company_id.name))
        provider_sudo._mpesa_check_amount(amount, self.currency_id[:1])
        txs_sudo = self.env["payment.transaction"].sudo()  # transactions are written by the payment flow alone
        provider_sudo._mpesa_check_wait(txs_sudo._mpesa_parse_phone(phone), amount, self)
        self._sire_check_payable(amount)
        invoices = self._mpesa_choose(amount)
        tx_sudo = txs_sudo.create(
            {
                "provider_id": provider_sudo.id,
                "payment_method_id": method_sudo.id,
                "reference": txs_sudo._compute_reference("mpesa", invoice_ids=[Command.set(invoices.ids)]),
                "amount": amount,
                "currency_id": invoices.currency_id.id,
                "partner_id": invoices[0].partner_id.id,
                "operation": "online_direct",
                "invoice_ids": [Command.set(invoices.ids)],
            }
        )
        tx_sudo._mpesa_request_payment(phone)
        return tx_sudo

    def _mpesa_oldest_first(self):
        """:return: the same invoices, in the order in which the host matches a payment with them"""
        return self.sorted(lambda move: (move.invoice_date_due or move.date, move.id))

    def _mpesa_choose(self, amount):
        """:return: the oldest of these invoices that an amount reaches
        :rtype: account.move
        """
        chosen, payables = self.browse(), {invoice: invoice._sire_get_payable() for invoice in self}
        for invoice, withheld in self._sire_sharing(self.currency_id[:1]):
            part = invoice.currency_id.round(payables[invoice] - withheld)
            if amount > 0 and part > 0:
                chosen |= invoice
                amount = invoice.currency_id.round(amount - part)
                payables[invoice] -= part
        return chosen

    def _mpesa_claim_receipt(self, number):
        """Take a receipt that the client names, when Safaricom reported it and nobody knew whose it was.

        What is typed is never believed by itself. Whoever calls this limits how often it may be tried.

        :param str number: as the client typed it
        :return: ``state`` (paid, unseen, taken or bad) and ``message``, a sentence for the client
        :rtype: dict
        """
        self.ensure_one()
        receipt_no = parse_receipt(number)
        if not receipt_no:
            return self._mpesa_say("bad", self.env._("Type the M-Pesa code of the message, such as UKL7XQ2M4P."))
        receipts_sudo = gate.opened(self.env["sire.mpesa.receipt"].sudo())  # clients have no account
        paid = self.env["payment.provider"]._mpesa_for_company(self.company_id).company_id or self.company_id
        receipt_sudo = receipts_sudo._find(paid, receipt_no)
        if not receipt_sudo or receipt_sudo.state == "waiting":
            return self._mpesa_say(
                "unseen",
                self.env._(
                    "We have not seen this payment yet. It can take some minutes: check the code, and try again shortly."
                ),
            )
        receipt_sudo._lock()
        client = self.commercial_partner_id
        if receipt_sudo.returning_id or receipt_sudo.to_return:  # staff may be returning it by hand, at Safaricom
            return self._mpesa_say("taken", self._mpesa_get_elsewhere())
        if receipt_sudo.currency_id != self.currency_id:  # at which rate, staff say
            return self._mpesa_say("taken", self._mpesa_get_elsewhere())
        if receipt_sudo.state == "suspense" and self._sire_is_payable_kind() and self.state == "posted":
            receipt_sudo._assign([(client, self, receipt_sudo.amount)])
        elif receipt_sudo.state != "booked" or receipt_sudo.payment_ids.partner_id != client:
            return self._mpesa_say("taken", self._mpesa_get_elsewhere())
        else:
            for payment_sudo in receipt_sudo.payment_ids:  # it may be credit
                receipt_sudo._match(payment_sudo, self)
        amount = format_money(receipt_sudo.amount, receipt_sudo.currency_id)
        return self._mpesa_say("paid", self.env._("We have it: %(amount)s, receipt %(receipt)s.",
                                                  amount=amount, receipt=receipt_sudo.name))  # fmt: skip

    # === HELPERS === #

    def _mpesa_get_elsewhere(self):
        return self.env._("This payment is counted already, and not here. Please ask us.")

    @staticmethod
    def _mpesa_say(state, message):
        return {"state": state, "message": message}
