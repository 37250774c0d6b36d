from odoo import models

from .. import gate


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _reconcile_plan_with_sync(self, plan_list, all_amls):
        """Override of `account`: the one place that makes partials; nobody makes them beside it."""
        return super(AccountMoveLine, gate.matching(self))._reconcile_plan_with_sync(plan_list, all_amls)

    def _prepare_reconciliation_amls(self, values_list, shadowed_aml_values=None):
        """Override of `account`: of money for several invoices each gets what is expected for it, the earliest first, before
        one gets what is withheld of it. As `account.move._sire_get_payables` shares what is held.
        """
        withheld = self._sire_get_kept(values_list)
        if not withheld:
            return super()._prepare_reconciliation_amls(values_list, shadowed_aml_values)
        for values in values_list:
            self._sire_add_residual(values, withheld.get(values["aml"]), -1)
        left = [values for values in values_list if values["amount_residual_currency"]]
        results, done = super()._prepare_reconciliation_amls(left, shadowed_aml_values)
        for values in values_list:
            is_done = values["aml"].id in done  # the host leaves what was left before in the values
            if is_done:
                values["amount_residual"] = values["amount_residual_currency"] = 0.0
            self._sire_add_residual(values, withheld.get(values["aml"]))
        left = [values for values in values_list if values["amount_residual_currency"]]
        more, done_later = super()._prepare_reconciliation_amls(left, shadowed_aml_values)
        return [*results, *more], (done - {line.id for line in withheld}) | done_later

    def _sire_get_kept(self, values_list):
        """:return: by line of an invoice, what of it is not matched at first: in its currency, and its share of the balance in
        the company's; empty when the order makes no difference, or money and invoices are in different currencies
        :rtype: dict
        """
        lines = self.browse().concat(*(values["aml"] for values in values_list))
        debits = lines.filtered(lambda line: line.balance > 0)
        moves = debits.move_id
        if (
            len(moves) < 2
            or len(lines.currency_id) != 1
            or not all(line.move_id.origin_payment_id for line in lines - debits)
            or not all(move._sire_is_payable_kind() for move in moves)
        ):
            return {}
        kept, left = {}, {move: move._sire_get_withheld() for move in moves}
        for values in sorted(values_list, key=lambda found: found["aml"].date_maturity or found["aml"].date):
            line, residual = values["aml"], values["amount_residual_currency"]
            part = min(left[line.move_id], residual) if line in debits else 0.0
            if part > 0:
                kept[line] = (part, line.company_currency_id.round(values["amount_residual"] * part / residual))
                left[line.move_id] -= part
        return kept

    def _sire_add_residual(self, values, amounts, sign=1):
        line = values["aml"]
        amount, balance = amounts or (0.0, 0.0)
        for name, currency, part in (
            ("amount_residual_currency", line.currency_id, amount),
            ("amount_residual", line.company_currency_id, balance),
        ):
            values[name] = currency.round(values[name] + sign * part)
