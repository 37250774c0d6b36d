from odoo import api, models
from odoo.exceptions import UserError

from ..utils import is_finite_number, with_defaults


class SireAmountWizard(models.AbstractModel):
    """A form of ours that asks for an amount: refuse what is no number before the rounding of the field meets it."""

    _name = "sire.amount.wizard"
    _description = "Form That Asks for an Amount"

    _sire_amounts = ("amount",)  # the fields that ask for one

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_number(with_defaults(self.env, vals, self._sire_amounts))
        return super().create(vals_list)

    def write(self, vals):
        self._check_number(vals)
        return super().write(vals)

    def _check_number(self, vals):
        for name in self._sire_amounts:
            if name in vals and not is_finite_number(vals[name]):
                raise UserError(self.env._("The amount must be a number, for example 1160 or 1160.50."))
