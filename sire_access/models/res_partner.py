from odoo import fields, models

from odoo.addons.sire_access.const import GROUPS_SEE_MONEY_OR_PORTAL


class ResPartner(models.Model):
    """What a client owes, bought and how it pays is hidden from who sees no money."""

    _inherit = "res.partner"

    days_sales_outstanding = fields.Float(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    invoice_ids = fields.One2many(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    payment_token_count = fields.Integer(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    payment_token_ids = fields.One2many(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    sale_order_ids = fields.One2many(groups=GROUPS_SEE_MONEY_OR_PORTAL)
    supplier_invoice_count = fields.Integer(groups=GROUPS_SEE_MONEY_OR_PORTAL)
