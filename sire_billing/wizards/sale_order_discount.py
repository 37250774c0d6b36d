import math

from odoo import api, models
from odoo.exceptions import UserError


class SaleOrderDiscount(models.TransientModel):
    _inherit = "sale.order.discount"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._sire_check_finite(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._sire_check_finite(vals)
        return super().write(vals)

    @api.model
    def _sire_check_finite(self, vals):
        """:raise UserError: for what is no number, before the host rounds it"""
        for name in ("discount_amount", "discount_percentage"):
            if not math.isfinite(vals.get(name) or 0.0):
                raise UserError(self.env._("A discount is from 0 to 100 %%, not %s %%.", vals[name]))

    def action_apply_discount(self):
        """Override of `sale`: nothing off an approved quotation, and no more off than there is."""
        self.ensure_one()
        order = self.sale_order_id
        order.check_access("write")
        order._sire_check_not_frozen()
        percent = self.discount_percentage if self.discount_type != "amount" else 0.0
        if not 0 <= percent <= 1:
            raise UserError(self.env._("A discount is from 0 to 100 %%, not %s %%.", f"{percent * 100:g}"))
        amount = self.discount_amount if self.discount_type == "amount" else 0.0
        if amount < 0 or order.currency_id.compare_amounts(amount, order.amount_total) > 0:
            raise UserError(
                self.env._("A discount is from 0 to the total of %s: more cannot be taken off.", order.name)
            )
        return super().action_apply_discount()

    def _create_discount_lines(self):
        """Override of `sale`: a discount is of what is in the total, and not of options that nobody has chosen."""
        options = self.sale_order_id._sire_get_options().filtered(lambda line: not line.sire_chosen)
        wizard = self.with_context(sire_left_out=tuple(options.ids))
        return super(SaleOrderDiscount, wizard)._create_discount_lines()

    def _get_discount_product(self):
        """Override of `sale`: made when the first discount is given, whoever gives it."""
        # sudo: a project manager gives discounts, but does not make products or change companies
        return super(SaleOrderDiscount, self.sudo())._get_discount_product().with_env(self.env)
