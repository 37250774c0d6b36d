from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.sire_base.utils.gate import given

from ..utils import format_money, get_amount_fault


class AccountMove(models.Model):
    _inherit = "account.move"

    sire_payable_version = fields.Integer(
        string="Payable Version",
        readonly=True,
        copy=False,
        help="Raised by whoever takes a payment, so that two payments at once cannot both believe the same rest.",
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        names = given(self, vals_list)
        if "sire_payable_version" in names:
            raise self._sire_version_error()
        moves = super().create(vals_list)
        if not self.env.su and "transaction_ids" in names and moves.sudo().transaction_ids:
            raise moves._sire_transactions_error()
        return moves

    def write(self, vals):
        if "sire_payable_version" in vals:
            raise self._sire_version_error()
        if "transaction_ids" in vals and not self.env.su:
            raise self._sire_transactions_error()
        return super().write(vals)

    def _sire_version_error(self):
        """At the most that its column holds nobody could pay the invoice any more."""
        return UserError(self.env._("How often an invoice was locked to be paid is counted by the system alone."))

    def _sire_transactions_error(self):
        """Linking or unlinking a transaction moves what it holds from one invoice to another."""
        return AccessError(self.env._("The transactions of an invoice are kept by the payment flow alone."))

    # === BUSINESS === #

    def _sire_get_payable(self, exclude=None, exclude_payments=None):
        """Return what may be paid on the invoice now.

        The residual, less what live transactions hold (pending, authorized, or confirmed and not yet booked) and less
        what was received for this invoice and is not matched yet.

        :param exclude: ``payment.transaction`` records that are not counted.
        :param exclude_payments: ``account.payment`` records that are not counted.
        :return: amount in the currency of the invoice, never below 0; 0 when it is not a posted customer invoice.
        :rtype: float
        """
        self.ensure_one()
        return self._sire_get_payables(exclude, exclude_payments)[self.id][0]

    def _sire_check_payable(self, amount, currency=None, date=None, exclude=None, exclude_payments=None):
        """Refuse an amount that may not be paid on these invoices now. Locks them until the end of the transaction.

        :param float amount: what somebody wants to pay, on all invoices of the recordset together.
        :param currency: ``res.currency`` of the amount; the invoice's when left out.
        :param date: with a date, an amount in another currency is converted at its rate; without, it is refused.
        :param exclude: ``payment.transaction`` records that are not counted.
        :param exclude_payments: ``account.payment`` records that are not counted.
        :return: None
        :raise UserError: a sentence that says what is left and why.
        """
        invoices_sudo = self.sudo()  # Clients pay without an account, and transactions are not theirs to read.
        if not invoices_sudo:
            raise UserError(self.env._("There is no invoice to pay."))
        currency = currency or invoices_sudo[0].currency_id
        self._sire_check_amount(amount, currency)
        invoices_sudo._sire_lock_payable()
        invoices_sudo._sire_check_open()
        invoice_currency = invoices_sudo[0].currency_id
        if invoices_sudo.currency_id != invoice_currency:
            raise UserError(self.env._("Invoices in different currencies cannot be paid together."))
        if invoice_currency != currency and not date:
            raise UserError(
                self.env._(
                    "%(invoice)s is in %(currency)s and has to be paid in %(currency)s.",
                    invoice=invoices_sudo._sire_names(),
                    currency=invoice_currency.name,
                )
            )
        payables = invoices_sudo._sire_get_payables(exclude, exclude_payments)
        payable = limit = sum(payables[invoice.id][0] for invoice in invoices_sudo)
        if invoice_currency != currency:
            limit = invoice_currency._convert(payable, currency, invoices_sudo[0].company_id, date)
        if currency.compare_amounts(amount, limit) > 0:
            raise UserError(invoices_sudo._sire_refusal(payable, payables))

    def _sire_check_amount(self, amount, currency):
        """Refuse what is not an amount of that currency.

        :raise UserError: one sentence.
        """
        fault = get_amount_fault(amount, currency.decimal_places)
        if fault == "number":
            raise UserError(self.env._("The amount must be a number, for example 1160 or 1160.50."))
        if fault == "positive":
            raise UserError(self.env._("The amount must be more than zero."))
        if fault == "decimals":
            raise UserError(
                self.env._(
                    "An amount in %(currency)s has at most %(decimals)s decimals.",
                    currency=currency.name,
                    decimals=currency.decimal_places,
                )
            )

    def _sire_get_withheld(self):
        """Return what is open of the invoice and will not come as money, as far as anybody knows. A hook: it may be paid all
        the same, but nobody is asked for it, and of money for several invoices each gets its own before one gets this.

        :return: amount in the currency of the invoice, never more than what is open
        :rtype: float
        """
        self.ensure_one()
        return 0.0

    # === HELPERS === #

    def _sire_is_payable_kind(self):
        return self.move_type in ("out_invoice", "out_receipt")

    def _sire_names(self):
        return ", ".join(invoice.name or self.env._("The draft invoice") for invoice in self)

    def _sire_check_open(self):
        """Refuse what is not a posted customer invoice, in words."""
        for invoice in self:
            name = invoice._sire_names()
            if not invoice._sire_is_payable_kind():
                raise UserError(
                    self.env._("%(invoice)s is not a customer invoice: no payment can be taken for it.", invoice=name)
                )
            if invoice.state == "draft":
                raise UserError(
                    self.env._("%(invoice)s is not confirmed yet: confirm it first, then it can be paid.", invoice=name)
                )
            if invoice.state != "posted":
                raise UserError(self.env._("%(invoice)s was cancelled: there is nothing to pay.", invoice=name))

    def _sire_lock_payable(self):
        """Make whoever pays one of these invoices at the same time wait, and then start over.

        A row lock alone is not enough under REPEATABLE READ: after waiting for it, our snapshot would still not show
        the transaction that the other one created. Updating the row makes PostgreSQL refuse the later of the two
        (serialization failure), and the host runs it again on a new snapshot.
        """
        self.flush_recordset()
        if ids := tuple(sorted(self.ids)):
            self.env.cr.execute(
                SQL(
                    """UPDATE account_move SET sire_payable_version = COALESCE(sire_payable_version, 0) + 1
                        WHERE id IN (SELECT id FROM account_move WHERE id IN %s ORDER BY id FOR NO KEY UPDATE)""",
                    ids,
                )
            )
            self.invalidate_recordset(["sire_payable_version"], flush=False)

    def _sire_get_payables(self, exclude=None, exclude_payments=None):
        """Share what is held among the invoices, the way the host will reconcile it.

        A transaction or payment can be for several invoices, so all that hang together are looked at at once. The earliest
        come first, each with the money that is expected for it; what is left over goes to what is withheld of them.

        :return: ``{invoice id: (payable, residual, [(holder, amount), …])}`` in the currency of each invoice.
        :rtype: dict
        """
        invoices_sudo = self.sudo()  # Whoever may pay an invoice may know what is left, not who holds it.
        exclude = exclude or self.env["payment.transaction"]
        exclude_payments = exclude_payments or self.env["account.payment"]
        holders, seen, new = [], invoices_sudo, invoices_sudo
        while new:
            for holder in [*(new.transaction_ids - exclude), *(new.matched_payment_ids - exclude_payments)]:
                if holder not in holders:
                    holders.append(holder)
            linked = self.env["account.move"].sudo().union(*(holder.invoice_ids for holder in holders))
            new, seen = linked - seen, seen | linked
        result = {}
        for invoice in seen:
            is_open = invoice.state == "posted" and invoice._sire_is_payable_kind()
            residual = max(invoice.amount_residual, 0.0) if is_open else 0.0
            result[invoice.id] = (residual, residual, [])
        for holder in sorted(holders, key=lambda record: (record._name != "payment.transaction", record.id)):
            held, currency = holder._sire_get_held()
            for invoice, withheld in holder.invoice_ids._sire_sharing(currency):
                if currency.compare_amounts(held, 0) <= 0:
                    break
                left, residual, holds = result[invoice.id]
                company, today = invoice.company_id, fields.Date.context_today(invoice)
                part = currency._convert(held, invoice.currency_id, company, today)
                part = invoice.currency_id.round(min(part, left - withheld))
                if part > 0:
                    before = sum(amount for other, amount in holds if other == holder)
                    holds = [*(hold for hold in holds if hold[0] != holder), (holder, before + part)]
                    result[invoice.id] = (invoice.currency_id.round(left - part), residual, holds)
                    held -= invoice.currency_id._convert(part, currency, company, today)
        return result

    def _sire_sharing(self, currency):
        """Say in which order money for these invoices goes to them, as `account.move.line._sire_get_kept` matches it.

        :param currency: ``res.currency`` of the money; in another one than the invoices' the earliest comes whole first
        :return: tuples of an invoice and what of it is not reached yet; an invoice can come twice
        :rtype: list[tuple]
        """
        ordered = self.sorted(lambda move: (move.invoice_date_due or move.date, move.id))
        whole = [(invoice, 0.0) for invoice in ordered]
        if len(ordered) < 2 or ordered.currency_id != currency:
            return whole
        expected = [(invoice, invoice._sire_get_withheld()) for invoice in ordered]
        return [*expected, *whole] if any(withheld for _invoice, withheld in expected) else whole

    def _sire_refusal(self, payable, payables):
        """Say what is left on these invoices and why.

        :return: a sentence such as "Only KSh 480 is left to pay on INV/2026/00012: KSh 500 is waiting for …".
        :rtype: str
        """
        currency = self.currency_id
        reasons = []
        for invoice in self:
            _payable, residual, holds = payables[invoice.id]
            reasons += [holder._sire_hold_reason(format_money(amount, currency)) for holder, amount in holds]
            paid = invoice.amount_total - residual
            if currency.compare_amounts(paid, 0) > 0:
                reasons.append(
                    self.env._(
                        "%(paid)s of %(total)s is already paid",
                        paid=format_money(paid, currency),
                        total=format_money(invoice.amount_total, currency),
                    )
                )
        values = {"invoice": self._sire_names(), "left": format_money(payable, currency), "why": ", ".join(reasons)}
        if currency.compare_amounts(payable, 0) > 0:
            if reasons:
                return self.env._("Only %(left)s is left to pay on %(invoice)s: %(why)s.", **values)
            return self.env._("Only %(left)s is to be paid on %(invoice)s.", **values)
        if all(currency.is_zero(payables[invoice.id][1]) for invoice in self):
            return self.env._("%(invoice)s is already paid: nothing is left to pay.", **values)
        return self.env._("Nothing more can be paid on %(invoice)s now: %(why)s.", **values)
