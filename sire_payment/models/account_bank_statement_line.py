from odoo import api, models
from odoo.exceptions import UserError

from ..utils import is_finite_number, with_defaults

AMOUNTS = ("amount", "amount_currency")


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._sire_check_values(with_defaults(self.env, vals, AMOUNTS))
        return super().create(vals_list)

    def write(self, vals):
        self._sire_check_values(vals)
        return super().write(vals)

    def _sire_check_values(self, vals):
        """Refuse what is no amount before the running balance of the bank meets it. Money that left has a minus."""
        for name in AMOUNTS:
            value = vals.get(name, 0.0)
            if value is False:
                continue  # an empty field of a form
            if not is_finite_number(value):
                raise UserError(self.env._("The amount must be a number, for example 1160 or -1160.50."))
