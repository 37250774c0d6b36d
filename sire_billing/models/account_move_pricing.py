from odoo import models


class AccountMove(models.Model):
    """Prices as the quotation showed them."""

    _inherit = "account.move"

    def _sire_shows_vat(self):
        """:return: whether the prices of the lines include VAT: each line's amount is then shown with it, too"""
        self.ensure_one()
        return any(self.invoice_line_ids.tax_ids.mapped("price_include"))

    def _sire_say_prices(self):
        """:return: the words beside the prices; empty where there is no VAT"""
        if self.currency_id.is_zero(self.amount_tax):
            return ""
        return self.env._("VAT included") if self._sire_shows_vat() else self.env._("plus VAT")
