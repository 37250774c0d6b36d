from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    sire_invoice_reached_parts = fields.Boolean(
        string="Invoice Reached Parts by Itself",
        help="A part of an invoicing plan that was reached is invoiced and sent without anybody pressing a button.",
    )
