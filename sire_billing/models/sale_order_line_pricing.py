import math

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

NUMBERS = ("price_unit", "product_uom_qty", "discount")
MOST = 1e11  # a hundred billion, in whatever currency: beyond it a number was mistyped


class SaleOrderLine(models.Model):
    """Numbers that can be paid, and VAT in the prices or on top as the quotation says."""

    _inherit = "sale.order.line"

    def _compute_tax_ids(self):
        """Override of `sale`: of each VAT the twin that the prices of the quotation are for."""
        result = super()._compute_tax_ids()
        for line in self.filtered("tax_ids"):
            taxes = line.tax_ids._origin._sire_for_prices(line.order_id.sire_price_include)
            if taxes != line.tax_ids._origin:
                line.tax_ids = taxes
        return result

    def _reset_price_unit(self):
        """Override of `sale`: the price of a product is in its pricelist as its own taxes say; here as the client reads it."""
        result = super()._reset_price_unit()
        own = self.order_id.fiscal_position_id.map_tax(
            self.product_id.taxes_id._filter_taxes_by_company(self.company_id)
        )
        shown = own._sire_for_prices(self.order_id.sire_price_include)
        if shown != own:
            price = shown._sire_gross_price(own._sire_net_price(self.price_unit, self.product_id), self.product_id)
            self.update({"price_unit": price, "technical_price_unit": price})
        return result

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._sire_check_numbers(vals)
        lines = super().create(vals_list)
        lines._sire_check_amounts()
        lines._sire_follow_prices()
        return lines

    def write(self, vals):
        self._sire_check_numbers(vals)
        result = super().write(vals)
        if "tax_ids" in vals:
            self._sire_follow_prices()
        return result

    def _sire_follow_prices(self):
        """A VAT that was chosen by hand counts as the quotation's prices are: the price that was typed stays."""
        for line in self.filtered("tax_ids"):
            taxes = line.tax_ids._sire_for_prices(line.order_id.sire_price_include)
            if taxes != line.tax_ids:
                line.tax_ids = [Command.set(taxes.ids)]

    def _sire_change_taxes(self, taxes):
        """Give the line other taxes at the same price without VAT."""
        self.ensure_one()
        if taxes != self.tax_ids:
            price = taxes._sire_gross_price(
                self.tax_ids._sire_net_price(self.price_unit, self.product_id), self.product_id
            )
            self.write({"tax_ids": [Command.set(taxes.ids)], "price_unit": price})

    def _sire_check_amounts(self):
        """As `_sire_check_numbers`, for what came from defaults."""
        for line in self:
            self._sire_check_numbers({name: line[name] for name in NUMBERS})

    @api.model
    def _sire_check_numbers(self, vals):
        """:raise UserError: for what is no number, is out of reach, or a discount that is not from 0 to 100 %"""
        for name in NUMBERS:
            value = vals.get(name)
            if not value or isinstance(value, str):
                continue
            if not math.isfinite(value) or abs(value) > MOST:
                raise UserError(
                    self.env._(
                        "%(field)s: %(value)s is not a number that can be billed.",
                        field=self._fields[name]._description_string(self.env),
                        value=value,
                    )
                )
            if name == "discount" and not 0 <= value <= 100:
                raise UserError(self.env._("A discount is from 0 to 100 %%, not %s %%.", f"{value:g}"))
