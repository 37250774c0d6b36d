from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_projects.const import MAX_MB_DEFAULT, MAX_MB_PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sire_company_pin = fields.Char(related="company_id.vat", string="Company's KRA PIN")
    sire_hourly_rate = fields.Monetary(
        related="company_id.sire_hourly_rate", readonly=False, currency_field="company_currency_id"
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    sire_document_max_mb = fields.Integer(
        string="Largest Document", config_parameter=MAX_MB_PARAMETER, default=MAX_MB_DEFAULT
    )

    def set_values(self):
        for settings in self:
            if settings.sire_document_max_mb < 1:
                raise UserError(self.env._("A document may have 1 MB at least."))
        return super().set_values()
