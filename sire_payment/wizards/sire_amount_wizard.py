from odoo import api, models
from odoo.exceptions import UserError

from ..utils import is_finite_number


class SireAmountWizard(models.AbstractModel):
    """A form of ours that asks for an amount: refuse what is no number before the rounding of the field meets it."""

    _name = "sire.amount.wizard"
    _description = "Form That Asks for an Amount"

    _sire_amounts = ("amount",)  # the fields that ask for one

    @api.model_create_multi
    def create(self, vals_list):
        context = self.env.context
        given = {name: context[f"default_{name}"] for name in self._sire_amounts if f"default_{name}" in context}
        for vals in vals_list:
            self._check_number(given | vals)  # a default of the caller's is written, too
        return super().create(vals_list)

    def write(self, vals):
        self._check_number(vals)
        return super().write(vals)

    def _check_number(self, vals):
        for name in self._sire_amounts:
            if name in vals and not is_finite_number(vals[name]):
                raise UserError(self.env._("The amount must be a number, for example 1160 or 1160.50."))
