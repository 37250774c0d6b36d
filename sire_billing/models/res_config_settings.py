from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sire_price_include = fields.Boolean(related="company_id.sire_price_include", readonly=False)
    sire_invoice_reached_parts = fields.Boolean(related="company_id.sire_invoice_reached_parts", readonly=False)
    sire_link_days = fields.Integer(related="company_id.sire_link_days", readonly=False)
    sire_approval_code = fields.Boolean(related="company_id.sire_approval_code", readonly=False)
