from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sire_invoice_reached_parts = fields.Boolean(related="company_id.sire_invoice_reached_parts", readonly=False)
