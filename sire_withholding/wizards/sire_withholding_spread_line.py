from odoo import api, fields, models


class SireWithholdingSpreadLine(models.TransientModel):
    """One of its invoices, and the part that is for it."""

    _name = "sire.withholding.spread.line"
    _inherit = "sire.withholding.spread.form"
    _description = "An invoice of a withholding certificate"
    _order = "id"
    _sire_documents = ("invoice_id",)

    wizard_id = fields.Many2one("sire.withholding.spread.wizard", required=True, ondelete="cascade", index=True)
    invoice_id = fields.Many2one("account.move", required=True, ondelete="cascade")
    invoice_date = fields.Date(related="invoice_id.invoice_date", related_sudo=False, string="Date")
    currency_id = fields.Many2one(related="invoice_id.currency_id", related_sudo=False)
    awaited = fields.Monetary(compute="_compute_awaited")
    amount = fields.Monetary(
        string="Of the Certificate",
        compute="_compute_part",
        compute_sudo=False,  # as for all that is shown of an invoice: with the rights of whoever named it
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("invoice_id", "wizard_id.kind")
    def _compute_awaited(self):
        for line in self:
            line.awaited = line.invoice_id._sire_get_awaited().get(line.wizard_id.kind, 0.0) if line.invoice_id else 0.0

    @api.depends("invoice_id", "wizard_id.kind")
    def _compute_part(self):
        for line in self:
            line.amount = line.awaited
