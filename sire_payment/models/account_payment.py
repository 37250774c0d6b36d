from odoo import api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sire_base.utils.gate import given

from ..utils import is_finite_number, with_defaults

LIVE_STATES = ("in_process", "paid")
BOOKED_FIELDS = frozenset({"amount", "currency_id", "date", "journal_id", "payment_type"})


class AccountPayment(models.Model):
    _inherit = "account.payment"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        given_list = [with_defaults(self.env, vals, ("amount",)) for vals in vals_list]
        for vals in given_list:
            self._sire_check_values(vals)
        if "payment_transaction_id" in given(self, vals_list) and not self.env.su:
            raise self._sire_transaction_error()
        amounts = [vals.get("amount") for vals in given_list]
        payments = super().create(vals_list)
        for payment, amount in zip(payments, amounts, strict=True):
            if amount is not None and payment._sire_needs_check():
                # As it was asked for: the field is rounded already, and 0.001 is not an amount.
                payment.invoice_ids._sire_check_amount(amount, payment.currency_id)
        payments._sire_check_linked_invoices()
        return payments

    def write(self, vals):
        self._sire_check_values(vals)
        self._sire_check_as_booked(vals)
        starting = self.browse()
        if vals.get("state") in LIVE_STATES and not vals.get("move_id"):
            self._sire_set_outstanding_account()
        if vals.get("state") in LIVE_STATES:
            starting = self.filtered(lambda payment: payment.state not in LIVE_STATES)
            starting.filtered(lambda payment: payment._sire_needs_check()).invoice_ids._sire_lock_payable()
        result = super().write(vals)
        linked = self.filtered(lambda payment: payment.state in LIVE_STATES) if "invoice_ids" in vals else self.browse()
        (starting | linked)._sire_check_linked_invoices()
        return result

    def copy_data(self, default=None):
        """Override of `account_payment`: a copy is new money, not the money of the transaction."""
        return [{**vals, "payment_transaction_id": False} for vals in super().copy_data(default)]

    # === HELPERS === #

    def _sire_check_values(self, vals):
        """Refuse what is no amount before the database or a division meets it."""
        if "amount" in vals and not is_finite_number(vals["amount"]):
            raise UserError(self.env._("The amount must be a number, for example 1160 or 1160.50."))
        if vals.get("amount", 0) < 0:
            raise UserError(self.env._("The amount must be more than zero."))
        if vals.get("payment_transaction_id") and not self.env.su:
            raise self._sire_transaction_error()

    def _sire_check_as_booked(self, vals):
        """Keep a payment as its posted entry has it: the host writes the payment alone, and only its form does not let one.

        :raise UserError: a sentence that says what to do first
        """
        for payment in self if BOOKED_FIELDS & vals.keys() else ():
            fields = [payment._fields[name] for name in BOOKED_FIELDS & vals.keys()]
            if payment.move_id.state == "posted" and any(
                field.convert_to_cache(vals[field.name], payment)
                != field.convert_to_cache(payment[field.name], payment)
                for field in fields
            ):
                raise UserError(
                    self.env._("%s is booked as it is: reset it to draft to change it.", payment.display_name)
                )

    def _sire_transaction_error(self):
        return AccessError(self.env._("The transaction of a payment is set by the payment flow alone."))

    def _sire_needs_check(self):
        """Whether the payment is money that somebody enters for an invoice.

        What a confirmed transaction books has arrived already: it is never refused, the surplus is the client's credit.
        """
        self.ensure_one()
        tx_sudo = self.payment_transaction_id.sudo()  # Who enters a payment may not read other people's transactions.
        has_arrived = tx_sudo.state == "done" and self.currency_id.compare_amounts(self.amount, tx_sudo.amount) == 0
        return bool(
            self.invoice_ids.filtered(lambda move: move._sire_is_payable_kind())
            and self.payment_type == "inbound"
            and self.partner_type == "customer"
            and not has_arrived
        )

    def _sire_set_outstanding_account(self):
        """Give payments that lost their account one: the host confirms them without an entry, and calls the invoice paid."""
        for payment in self.filtered(lambda payment: not payment.outstanding_account_id and not payment.move_id):
            payment.outstanding_account_id = payment._get_outstanding_account(payment.payment_type)

    def _sire_get_settled(self):
        """:return: how much of its invoices the payment settles: its amount, and what is written off with it."""
        self.ensure_one()
        _liquidity, counterpart, _writeoff = self._seek_for_lines()
        lines = counterpart.filtered(lambda line: line.currency_id == self.currency_id)
        return max(self.amount, self.currency_id.round(-sum(lines.mapped("amount_currency"))))

    def _sire_check_linked_invoices(self):
        """Refuse customer payments that are more than what may be paid on the invoices they are linked to."""
        for payment in self:
            if payment._sire_needs_check() and payment.state not in ("canceled", "rejected"):
                payment.invoice_ids._sire_check_payable(
                    payment._sire_get_settled(),
                    currency=payment.currency_id,
                    date=payment.date,
                    exclude_payments=payment,
                )

    def _sire_get_held(self):
        """Return how much of its invoices' residual this payment holds: received for them, not matched yet.

        :return: amount and its currency.
        :rtype: tuple[float, res.currency]
        """
        self.ensure_one()
        held = 0.0
        if self.payment_type == "inbound" and self.partner_type == "customer" and self.state in LIVE_STATES:
            _liquidity, counterpart, _writeoff = self._seek_for_lines()
            held = -sum(counterpart.mapped("amount_residual_currency")) if self.move_id else self.amount
        return held, self.currency_id

    def _sire_hold_reason(self, amount):
        """Say why money is held, like the method of the same name on transactions.

        :param str amount: how much, as people write it.
        :rtype: str
        """
        self.ensure_one()
        return self.env._("%(amount)s was received and is not matched yet", amount=amount)
