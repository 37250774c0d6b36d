from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sire_reminder_on = fields.Boolean(related="company_id.sire_reminder_on", readonly=False)
    sire_reminder_ladder_id = fields.Many2one(
        related="company_id.sire_reminder_ladder_id",
        readonly=False,
        domain="[('company_id', '=', company_id)]",
    )
    sire_reminder_from = fields.Float(related="company_id.sire_reminder_from", readonly=False)
    sire_reminder_to = fields.Float(related="company_id.sire_reminder_to", readonly=False)
    sire_reminder_days = fields.Selection(related="company_id.sire_reminder_days", readonly=False, required=True)
    sire_statement_monthly = fields.Boolean(related="company_id.sire_statement_monthly", readonly=False)
