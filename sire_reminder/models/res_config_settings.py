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
    sire_late_fee_on = fields.Boolean(related="company_id.sire_late_fee_on", readonly=False)
    sire_late_fee_kind = fields.Selection(related="company_id.sire_late_fee_kind", readonly=False, required=True)
    sire_late_fee_percent = fields.Float(related="company_id.sire_late_fee_percent", readonly=False)
    sire_late_fee_fixed = fields.Monetary(
        related="company_id.sire_late_fee_fixed", readonly=False, currency_field="company_currency_id"
    )
    sire_late_fee_grace = fields.Integer(related="company_id.sire_late_fee_grace", readonly=False)
    sire_late_fee_least = fields.Monetary(
        related="company_id.sire_late_fee_least", readonly=False, currency_field="company_currency_id"
    )
    sire_late_fee_most = fields.Float(related="company_id.sire_late_fee_most", readonly=False)
    sire_late_fee_product_id = fields.Many2one(related="company_id.sire_late_fee_product_id", readonly=False)
    sire_late_fee_send = fields.Boolean(related="company_id.sire_late_fee_send", readonly=False)
