from odoo import api, fields, models


class SireWithholdingSpreadLine(models.TransientModel):
    """One of its invoices, and the part that is for it."""

    _name = "sire.withholding.spread.line"
    _description = "An invoice of a withholding certificate"
    _order = "id"

    wizard_id = fields.Many2one("sire.withholding.spread.wizard", required=True, ondelete="cascade", index=True)
    invoice_id = fields.Many2one("account.move", required=True, ondelete="cascade")
    invoice_date = fields.Date(related="invoice_id.invoice_date", string="Date")
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    awaited = fields.Monetary(compute="_compute_awaited")
    amount = fields.Monetary(
        string="Of the Certificate", compute="_compute_part", store=True, readonly=False, precompute=True
    )

    @api.depends("invoice_id", "wizard_id.kind")
    def _compute_awaited(self):
        for line in self:
            line.awaited = line.invoice_id._sire_get_awaited().get(line.wizard_id.kind, 0.0) if line.invoice_id else 0.0

    @api.depends("invoice_id", "wizard_id.kind")
    def _compute_part(self):
        for line in self:
            line.amount = line.awaited

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.env["sire.withholding.spread.wizard"]._check_number(vals.get("amount") or 0.0)
        lines = super().create(vals_list)
        lines._check_invoice()
        return lines

    def write(self, vals):
        self.env["sire.withholding.spread.wizard"]._check_number(vals.get("amount") or 0.0)
        result = super().write(vals)
        if "invoice_id" in vals:
            self._check_invoice()
        return result

    def _check_invoice(self):
        """What is shown of an invoice is worked out as the system: whoever names one may read it.

        :raise AccessError: when the user may not
        """
        self.invoice_id.check_access("read")
