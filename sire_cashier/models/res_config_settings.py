from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sire_cashier_required = fields.Boolean(related="company_id.sire_cashier_required", readonly=False)
