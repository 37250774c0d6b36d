from odoo import fields, models


class SireMpesaStatementLine(models.TransientModel):
    _name = "sire.mpesa.statement.line"
    _description = "Row of an M-Pesa Statement"

    wizard_id = fields.Many2one("sire.mpesa.statement.wizard", required=True, ondelete="cascade")
    currency_id = fields.Many2one("res.currency", default=lambda self: self.env.ref("base.KES"))
    number = fields.Char("Receipt", readonly=True)
    paid_at = fields.Datetime("Paid On", readonly=True)
    amount = fields.Monetary(readonly=True)
    payer = fields.Char(readonly=True)
    account = fields.Char("Account Typed", readonly=True)
    outcome = fields.Selection(
        [("new", "New"), ("known", "Known"), ("flag", "Does not fit"), ("out", "Left out")], readonly=True
    )
    words = fields.Char("What Would Happen", readonly=True)
