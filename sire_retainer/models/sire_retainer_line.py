from odoo import Command, fields, models


class SireRetainerLine(models.Model):
    """A line that each invoice of a retainer has."""

    _name = "sire.retainer.line"
    _inherit = "sire.named.documents"
    _description = "Line of a retainer"
    _order = "retainer_id, sequence, id"
    _check_company_auto = True
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": ("name", "quantity", "price_unit", "tax_ids"),
        "parent": "retainer_id",
        "name": "name",
        "kind": "document",
    }

    retainer_id = fields.Many2one("sire.retainer", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="retainer_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="retainer_id.currency_id")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one("product.product", check_company=True, ondelete="restrict")
    name = fields.Char(string="Text", required=True)
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit", aggregator=None)
    price_unit = fields.Monetary(string="Price", required=True, aggregator=None)
    tax_ids = fields.Many2many(
        "account.tax",
        string="VAT",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale'), ('company_id', 'parent_of', company_id)]",
        default=lambda self: self.env.company.account_sale_tax_id,
    )

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "The quantity of a line is above zero.")
    _price_positive = models.Constraint("CHECK(price_unit >= 0)", "The price of a line is not below zero.")

    def write(self, vals):
        if vals.get("retainer_id"):
            # what is written may lead out of the company, and rules look at what was there before
            self.env["sire.retainer"].browse(vals["retainer_id"]).check_access("write")
        return super().write(vals)

    def _sire_prepare_invoice_line(self, period):
        """:param Period period: what is invoiced: its share, and the rise of its years
        :return: the command that makes the line of the invoice; its price is rounded to the cent
        """
        self.ensure_one()
        retainer = self.retainer_id
        factor = period.share * (1 + retainer.rise_percent / 100) ** period.years
        values = {
            "product_id": self.product_id.id,
            "name": f"{self.name}\n{retainer._sire_describe(period)}",
            "quantity": self.quantity,
            "price_unit": retainer.currency_id.round(self.price_unit * factor),
            "tax_ids": [Command.set(self.tax_ids.ids)],
        }
        if account := retainer.project_id.account_id:
            values["analytic_distribution"] = {str(account.id): 100}
        return Command.create(values)
