from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sire_link_days = fields.Integer(related="company_id.sire_link_days", readonly=False)
    sire_approval_code = fields.Boolean(related="company_id.sire_approval_code", readonly=False)
