from datetime import date

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.sire_payment.utils import format_money


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _get_total_amounts_to_pay(self, batch_results):
        """Override of `account`: what the client withholds does not come as money. The whole may be entered all the same.

        Of instalments the next one that expects money is proposed. An early payment discount is left as the host works it
        out: it writes off the difference to what is proposed.
        """
        result = super()._get_total_amounts_to_pay(batch_results)
        lines = self.env["account.move.line"].union(*(batch["lines"] for batch in batch_results))
        kept = {} if result["epd_applied"] else self._sire_get_kept(lines)
        if not kept:
            return result
        passed = self.env["account.move.line"].union(
            *(
                line
                for line, part in kept.items()
                if line.currency_id.compare_amounts(line.amount_residual_currency, part) <= 0
            )
        )
        rest = [{**batch, "lines": batch["lines"] - passed} for batch in batch_results]
        expected = super()._get_total_amounts_to_pay(rest)
        money = self._sire_convert_parts({line: kept.get(line, 0.0) for line in expected["lines"]})
        shown = (expected if expected["lines"] else result)["lines"] | passed
        return {
            **result,
            "amount_by_default": max(money, 0.0),
            "amount_for_difference": abs(self._sire_convert_parts(dict.fromkeys(shown, 0.0))),
            "installment_mode": expected["installment_mode"] or result["installment_mode"],
            "lines": shown,
        }

    def _create_payment_vals_from_wizard(self, batch_result):
        """Override of `account`: nothing is no payment.

        :raise UserError: when nothing was typed, and only a certificate is to come
        """
        if self.currency_id.is_zero(self.amount) and (words := self._sire_say_nothing_expected()):
            names = ", ".join(batch_result["lines"].move_id.mapped("name"))
            raise UserError(
                self.env._(
                    "%(invoice)s: %(why)s Type the amount if it was paid all the same.", invoice=names, why=words
                )
            )
        return super()._create_payment_vals_from_wizard(batch_result)

    def _create_payment_vals_from_batch(self, batch_result):
        """Override of `account`: of several invoices that are paid one by one, each.

        :raise UserError: for an invoice of which only a certificate is to come
        """
        values = super()._create_payment_vals_from_batch(batch_result)
        lines = batch_result["lines"]
        if values["payment_type"] != "inbound" or values["write_off_line_vals"]:
            return values
        currency = self.env["res.currency"].browse(values["currency_id"])
        if withheld := sum(self._sire_get_kept(lines).values()):
            values["amount"] = max(currency.round(values["amount"] - withheld), 0.0)
            if currency.is_zero(values["amount"]):
                raise UserError(
                    self.env._(
                        "Of %s only a certificate is to come: leave it out, or register its payment by itself.",
                        ", ".join(lines.move_id.mapped("name")),
                    )
                )
        return values

    def _sire_get_kept(self, lines):
        """:param lines: journal items that are to be paid
        :return: by part of an invoice, what of it will not come as money, of the earliest parts first as in
            ``account.move._sire_get_due_amounts``; in the currency of the invoice, without the parts that come whole
        :rtype: dict
        """
        kept = {}
        if sum(lines.mapped("amount_residual")) < 0:
            return kept  # credit notes for more than the invoices: we pay
        for move in lines.move_id:
            withheld = sum(move._sire_get_awaited().values())
            terms = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
            for line in terms.sorted(lambda line: line.date_maturity or date.max) if withheld else terms.browse():
                part = min(withheld, line.amount_residual_currency)
                if move.currency_id.compare_amounts(part, 0) > 0:
                    kept[line] = move.currency_id.round(part)
                    withheld -= part
        return {line: part for line, part in kept.items() if line in lines}

    def _sire_convert_parts(self, taken):
        """:param dict taken: by journal item, what of its rest is left out, in its currency
        :return: the rests together, in the currency of the wizard
        :rtype: float
        """
        rows = []
        for line, part in taken.items():
            rest = line.amount_residual_currency
            share = (rest - part) / rest if rest else 0.0
            rows.append(
                {
                    "line": line,
                    "amount_residual_currency": line.currency_id.round(rest - part),
                    "amount_residual": line.company_currency_id.round(line.amount_residual * share),
                }
            )
        return self.currency_id.round(self._convert_to_wizard_currency(rows))

    def _sire_say_nothing_expected(self):
        """:return: a sentence when only certificates are to come for what is to be paid; empty otherwise
        :rtype: str
        """
        if not (money := self._sire_say_withheld()):
            return ""
        amounts = self._get_total_amounts_to_pay(self.batches)
        if not self.currency_id.is_zero(amounts["amount_by_default"]):
            return ""
        return self.env._("No money is expected: %s is withheld, and a certificate is to come.", money)

    def _sire_say_withheld(self):
        """:return: how much is withheld of what is to be paid, as people write it; empty when nothing is
        :rtype: str
        """
        lines = self.env["account.move.line"].union(*(batch["lines"] for batch in self.batches))
        if self._get_total_amounts_to_pay(self.batches)["epd_applied"] or not (kept := self._sire_get_kept(lines)):
            return ""
        rests = {line: line.amount_residual_currency - part for line, part in kept.items()}
        return format_money(self._sire_convert_parts(rests), self.currency_id)

    @api.depends("installments_mode")
    def _compute_installments_switch_values(self):
        """Override of `account`: it would speak of instalments."""
        result = super()._compute_installments_switch_values()
        for wizard in self.filtered(lambda one: one.journal_id and one.currency_id and not one.custom_user_amount):
            if not (money := wizard._sire_say_withheld()):
                continue
            amounts = wizard._get_total_amounts_to_pay(wizard.batches)
            is_whole = wizard.currency_id.compare_amounts(wizard.amount, amounts["full_amount"]) == 0
            wizard.installments_switch_amount = amounts["amount_by_default" if is_whole else "full_amount"]
            words = (
                self.env._("%s of it is withheld: a certificate is to come.", money)
                if is_whole
                else wizard._sire_say_nothing_expected()
                or self.env._("%s more is withheld: a certificate is to come.", money)
            )
            button = self.env._("Money to expect") if is_whole else self.env._("The whole")
            wizard.installments_switch_html = Markup(
                '%s <span class="installments_switch_button btn btn-link p-0 align-baseline">%s</span>'
            ) % (words, button)
        return result
