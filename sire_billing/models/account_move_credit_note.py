from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError

from .. import gate


class AccountMove(models.Model):
    """Credit notes never give back more than the invoice asked for: in all, and of each tax."""

    _inherit = "account.move"

    def _post(self, soft=True):
        """Override of `account`: the day is Nairobi's, so that numbers of a year end at its midnight; and credit notes stay
        within their invoice.

        :raise UserError: in a sentence that says how much of the invoice is left to credit
        """
        if not gate.is_open(self.env):
            self._sire_check_credit()
        posting = self.with_context(tz="Africa/Nairobi", sire_posting=gate.GATE)
        return super(AccountMove, posting)._post(soft).with_env(self.env)

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Override of `account`: what takes the invoice's payments apart to credit all of it is refused once money is there."""
        if cancel and not gate.is_open(self.env):
            self.filtered(lambda move: move.move_type in ("out_invoice", "out_receipt"))._sire_check_no_money()
        return super()._reverse_moves(default_values_list, cancel)

    def _sire_check_no_money(self):
        """Refuse when money was received for these invoices, or is on its way. Locks them.

        :raise UserError: one sentence
        """
        invoices_sudo = self.sudo()  # payments and prompts are not everybody's to read
        if not invoices_sudo:
            return
        invoices_sudo._sire_lock_payable()
        payables = invoices_sudo._sire_get_payables()
        for move in invoices_sudo:
            partials = move.line_ids.matched_debit_ids.debit_move_id | move.line_ids.matched_credit_ids.credit_move_id
            _payable, residual, holds = payables[move.id]
            is_credited = partials.move_id.filtered(lambda other: other.move_type == "out_refund")
            if partials.move_id - is_credited:
                raise UserError(
                    self.env._(
                        "Money was received for %(name)s: give it back first, or make a credit note for the %(rest)s that "
                        "is left.",
                        name=move.name,
                        rest=move._sire_money(residual),
                    )
                )
            if holds:
                raise UserError(
                    self.env._(
                        "%(name)s cannot be voided now: %(why)s.",
                        name=move.name,
                        why=", ".join(holder._sire_hold_reason(move._sire_money(amount)) for holder, amount in holds),
                    )
                )
            live = move.transaction_ids.filtered(lambda tx: tx.state in ("pending", "authorized"))
            if live.filtered(lambda tx: tx.provider_code not in ("none", "custom")):
                raise UserError(self.env._("%s cannot be voided now: a payment for it is on its way.", move.name))

    def _sire_check_credit(self):
        """Refuse credit notes that give back more than their invoice asked for. Locks the invoices, so that two at once
        cannot both believe that there is enough left.

        :raise UserError: one sentence
        """
        credits_sudo = self.sudo().filtered(  # other credit notes of the invoice may be hidden from the user
            lambda move: move.move_type == "out_refund" and move.reversed_entry_id._sire_is_document()
        )
        for invoice in credits_sudo.reversed_entry_id:
            invoice._sire_lock_payable()
            notes = credits_sudo.filtered(lambda move, invoice=invoice: move.reversed_entry_id == invoice)
            given = invoice.reversal_move_ids.filtered(lambda move: move.state == "posted")
            invoice._sire_check_credit_notes(given - notes, notes)

    def _sire_check_credit_notes(self, given, notes):
        currency = self.currency_id
        if self.state != "posted":
            raise UserError(self.env._("%s is not confirmed: there is nothing to credit.", self._sire_names()))
        for note in notes:
            if note.currency_id != currency or note.company_id != self.company_id:
                raise UserError(self.env._("A credit note is in the currency and of the company of %s.", self.name))
            if note.commercial_partner_id != self.commercial_partner_id:
                raise UserError(self.env._("A credit note is for the client of %s.", self.name))
        left = self.amount_total - sum(given.mapped("amount_total"))
        if currency.compare_amounts(sum(notes.mapped("amount_total")), left) > 0:
            raise UserError(
                self.env._(
                    "Only %(left)s of %(name)s is left to credit: it is for %(total)s, and %(given)s is credited already.",
                    left=self._sire_money(max(left, 0)),
                    name=self.name,
                    total=self._sire_money(self.amount_total),
                    given=self._sire_money(self.amount_total - left),
                )
            )
        limits, used = self._sire_sum_by_tax(), (given | notes)._sire_sum_by_tax()
        # A tax is rounded once a document: parts may differ from the whole by a cent each.
        leeway = currency.rounding * len(given | notes)
        for tax, (base, amount) in used.items():
            limit_base, limit_amount = limits.get(tax, (0.0, 0.0))
            if currency.compare_amounts(base, limit_base) > 0 or amount > limit_amount + leeway + currency.rounding / 2:
                raise UserError(
                    self.env._(
                        "More would be credited with %(tax)s than %(name)s has with it: %(base)s of %(limit)s without tax.",
                        tax=tax.name or self.env._("no tax"),
                        name=self.name,
                        base=self._sire_money(base),
                        limit=self._sire_money(limit_base),
                    )
                )

    def _sire_sum_by_tax(self):
        """:return: ``{tax: (base, tax amount)}`` of these documents together, in their currency; the empty tax for what has
        none
        :rtype: dict
        """
        sums = defaultdict(lambda: [0.0, 0.0])
        no_tax = self.env["account.tax"]
        for line in self.line_ids:
            if line.display_type == "product":
                for tax in line.tax_ids.flatten_taxes_hierarchy() or [no_tax]:
                    sums[tax][0] += line.price_subtotal
            elif line.display_type == "tax":
                sums[line.tax_line_id][1] += abs(line.amount_currency)
        return {tax: tuple(amounts) for tax, amounts in sums.items()}
