from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sire_withholding_journal_id = fields.Many2one(related="company_id.sire_withholding_journal_id", readonly=False)
    sire_withheld_vat_account_id = fields.Many2one(related="company_id.sire_withheld_vat_account_id", readonly=False)
    sire_withheld_tax_account_id = fields.Many2one(related="company_id.sire_withheld_tax_account_id", readonly=False)
    sire_certificate_days = fields.Integer(related="company_id.sire_certificate_days", readonly=False)
    sire_certificate_email = fields.Boolean(related="company_id.sire_certificate_email", readonly=False)
