from odoo import models
from odoo.fields import Command


class AccountMoveLine(models.Model):
    """The end of an invoice in another currency that is paid in the company's: what is less than a cent cannot be paid."""

    _inherit = "account.move.line"

    def reconcile(self):
        """Override of `account`: what is left of an invoice after a payment in the company's currency, and is worth less than
        its smallest coin, goes where differences of rates go. A cent is a fifth of a Tanzanian shilling: without this, such
        an invoice would never be paid.
        """
        result = super().reconcile()
        if not self.env.context.get("no_exchange_difference"):
            for line in self:
                line._sire_settle_crumb(self - line)
        return result

    def _sire_settle_crumb(self, others):
        """:param others: the lines that this one was matched with"""
        currency, own = self.currency_id, self.company_currency_id
        is_receivable = self.display_type == "payment_term" and self.move_id._sire_is_payable_kind()
        paid = others.filtered(lambda line: line.currency_id == own)
        if not is_receivable or currency == own or not paid or currency.is_zero(self.amount_residual_currency):
            return
        left, balance = self.amount_residual_currency, self.amount_residual
        day = max(paid.mapped("date"))
        if abs(currency._convert(left, own, self.company_id, day, round=False)) >= own.rounding:
            return
        # sudo: the entry follows from the payment, as the host's entries for rates do
        line_sudo = self.sudo()
        journal_sudo = line_sudo._get_exchange_journal(line_sudo.company_id)
        if not journal_sudo:
            return  # not set up: the host says so where a rate makes a difference, and a crumb is not worth a refusal
        common = {
            "name": self.env._("Less than the smallest coin"),
            "partner_id": self.partner_id.id,
            "currency_id": currency.id,
        }
        account_sudo = line_sudo._get_exchange_account(line_sudo.company_id, left)
        entry_sudo = line_sudo.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": journal_sudo.id,
                "date": max(journal_sudo.with_context(move_date=day).accounting_date, self.date),
                "line_ids": [
                    Command.create({**common, "account_id": account, "amount_currency": amount, "balance": value})
                    for account, amount, value in (
                        (self.account_id.id, -left, -balance),
                        (account_sudo.id, left, balance),
                    )
                ],
            }
        )
        entry_sudo._post(soft=False)
        crumb_sudo = entry_sudo.line_ids.filtered(lambda line: line.account_id == self.account_id)
        (line_sudo | crumb_sudo).with_context(no_exchange_difference=True).reconcile()
