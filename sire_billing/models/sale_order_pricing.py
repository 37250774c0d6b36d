from odoo import api, fields, models


class SaleOrder(models.Model):
    """Prices that the client reads with VAT or without, and quotations from a template."""

    _inherit = "sale.order"

    sire_price_include = fields.Boolean(
        string="Prices Include VAT",
        compute="_compute_sire_price_include",
        store=True,
        precompute=True,
        readonly=False,
        copy=True,
        help="The prices of the lines, as the client reads them. What was typed stays to the cent.",
    )

    # === COMPUTES ===#

    @api.depends("company_id")
    def _compute_sire_price_include(self):
        for order in self:
            order.sire_price_include = order.company_id._sire_quotes_with_vat()

    # === CRUD ===#

    def write(self, vals):
        """A quotation that shows its prices the other way costs the same: its prices follow, up to their rounding."""
        if "sire_price_include" not in vals:
            return super().write(vals)
        include = bool(vals["sire_price_include"])
        changed = self.filtered(lambda order: order.sire_price_include != include)
        changed._sire_check_not_frozen()
        lines = changed.order_line
        result = super().write(vals)
        for line in lines.exists().filtered(lambda line: not line.display_type):
            line._sire_change_taxes(line.tax_ids._sire_for_prices(include))
        return result

    # === ACTIONS ===#

    def action_sire_switch_prices(self):
        """Button: show the prices with VAT instead of without, or the other way round."""
        for order in self:
            order.sire_price_include = not order.sire_price_include
        return True

    def action_sire_discount(self):
        """Open the host's discount wizard for this quotation.

        :raise UserError: when it has no lines or is approved
        """
        self.ensure_one()
        self.check_access("write")
        self._sire_check_not_frozen()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Discount"),
            "res_model": "sale.order.discount",
            "view_mode": "form",
            "target": "new",
            "context": {"default_sale_order_id": self.id},
        }

    # === BUSINESS ===#

    def _sire_use_template(self):
        """Write the lines of the template chosen on this draft, with the VAT of the company where their product has none."""
        self.ensure_one()
        self._onchange_sale_order_template_id()
        for line in self.order_line.filtered(lambda line: not line.display_type and not line.tax_ids):
            line._sire_change_taxes(self._sire_taxes_for_client(self._sire_taxes_of(line.product_id)))

    def _sire_taxes_of(self, product):
        """:return: the VAT of a product on this quotation, the company's own where the product has none"""
        self.ensure_one()
        taxes = product.sudo().taxes_id._filter_taxes_by_company(self.company_id)  # sudo: a setting of the product
        return self.fiscal_position_id.map_tax(taxes or self.company_id.sudo().account_sale_tax_id)  # sudo: a setting

    def _sire_taxes_for_client(self, taxes):
        """:return: these taxes as the prices of this quotation are shown: with VAT or without"""
        self.ensure_one()
        return taxes._sire_for_prices(self.sire_price_include)

    def _sire_price_for_client(self, price, product, taxes):
        """:return: a price without VAT as this quotation shows it"""
        return self._sire_taxes_for_client(taxes)._sire_gross_price(price, product)

    def _sire_shows_vat(self):
        """:return: whether the prices of the lines include VAT"""
        self.ensure_one()
        return self.sire_price_include

    def _sire_say_prices(self):
        """:return: the words beside the prices: whether VAT is in them; empty where there is none"""
        self.ensure_one()
        if self.currency_id.is_zero(self.amount_tax):
            return ""
        return self.env._("VAT included") if self._sire_shows_vat() else self.env._("plus VAT")
