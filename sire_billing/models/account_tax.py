from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class AccountTax(models.Model):
    """The same VAT for prices with and without it.

    The host keeps on the tax whether a price includes it. So that one client reads prices with VAT and the next without, a
    tax has a twin that differs in nothing else: same group, accounts and tags, so that the VAT return does not see which of
    the two it was.
    """

    _inherit = "account.tax"

    sire_twin_of_id = fields.Many2one(
        "account.tax", string="Twin of", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )

    _sire_one_twin = models.UniqueIndex("(sire_twin_of_id) WHERE sire_twin_of_id IS NOT NULL AND active")

    def _sire_for_prices(self, include):
        """:return: these taxes, each as it is for prices that include VAT, or do not; twins are made when missing"""
        taxes = self.env["account.tax"]
        for tax in self:
            has_two = tax.amount_type == "percent" and tax.amount > 0 and tax.type_tax_use == "sale"
            taxes |= tax._sire_get_twin() if has_two and tax.price_include != include else tax
        return taxes

    def _sire_get_twin(self):
        """:return: the same tax for prices of the other kind
        :raise UserError: when somebody made the two differ
        """
        self.ensure_one()
        twin = self.sire_twin_of_id or self.search([("sire_twin_of_id", "=", self.id)], limit=1)
        if twin and (twin.amount, twin.amount_type) != (self.amount, self.amount_type):
            raise UserError(
                self.env._("%(tax)s and %(twin)s are one tax and must have one rate.", tax=self.name, twin=twin.name)
            )
        return twin or self._sire_make_twin()

    def _sire_make_twin(self):
        self.ensure_one()
        # Two at once: the second starts over and finds the twin of the first.
        self.env.cr.execute(SQL("UPDATE account_tax SET write_date = write_date WHERE id = %s", self.id))
        include = not self.price_include
        name = self.env._("%s, included", self.name) if include else self.env._("%s, on top", self.name)
        tax_sudo = self.sudo()  # sudo: who writes a quotation need not manage taxes
        return tax_sudo.copy(
            {
                "name": name,
                "invoice_label": self.invoice_label or self.name,
                "price_include_override": "tax_included" if include else "tax_excluded",
                "sire_twin_of_id": self.id,
                "original_tax_ids": False,
                "fiscal_position_ids": False,
                "sequence": self.sequence + 1,
            }
        ).with_env(self.env)

    def _sire_net_price(self, price, product):
        """:return: what is left of a price (not rounded) without the VAT that it includes"""
        return self._get_tax_details(price, 1.0, rounding_method="round_globally", product=product)["total_excluded"]

    def _sire_gross_price(self, price, product):
        """:return: a price without VAT plus the VAT that these taxes include, in the decimals of a price"""
        details = self._get_tax_details(
            price, 1.0, rounding_method="round_globally", product=product, special_mode="total_excluded"
        )
        price += sum(data["tax_amount"] for data in details["taxes_data"] if data["tax"].price_include)
        return round(price, self.env["decimal.precision"].precision_get("Product Price"))
