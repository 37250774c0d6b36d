from odoo import fields, models

from odoo.addons.sire_access.const import GROUP_SEE_MONEY


class AccountAnalyticAccount(models.Model):
    """Who logs time reads the analytic account, not its amounts."""

    _inherit = "account.analytic.account"

    balance = fields.Monetary(groups=GROUP_SEE_MONEY)
    credit = fields.Monetary(groups=GROUP_SEE_MONEY)
    debit = fields.Monetary(groups=GROUP_SEE_MONEY)
    invoice_count = fields.Integer(groups=GROUP_SEE_MONEY)
    vendor_bill_count = fields.Integer(groups=GROUP_SEE_MONEY)
