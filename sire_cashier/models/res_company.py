from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    sire_cashier_required = fields.Boolean(
        string="Cash Only in an Open Drawer",
        help="Cash is received and paid out by the cashier who opened the drawer, and by nobody else.",
    )
