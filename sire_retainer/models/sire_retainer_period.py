from odoo import api, fields, models


class SireRetainerPeriod(models.Model):
    """That a period of a retainer was invoiced. Written by the system alone; its indexes are what makes it once."""

    _name = "sire.retainer.period"
    _description = "Period of a retainer"
    _order = "retainer_id, number desc"
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": ("number", "date_from", "date_to", "move_id"),
        "parent": "retainer_id",
        "kind": "record",
    }

    retainer_id = fields.Many2one("sire.retainer", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="retainer_id.company_id", store=True, index=True)
    number = fields.Integer(required=True, aggregator=None)
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True)
    move_id = fields.Many2one("account.move", string="Invoice", ondelete="set null", index="btree_not_null")
    currency_id = fields.Many2one(related="retainer_id.currency_id")
    amount_total = fields.Monetary(related="move_id.amount_total", string="Total")
    status = fields.Selection(related="move_id.sire_status", string="Status")

    _number_unique = models.UniqueIndex("(retainer_id, number)", "This period was invoiced already.")
    _from_unique = models.UniqueIndex("(retainer_id, date_from)", "This period was invoiced already.")
    _move_unique = models.UniqueIndex("(move_id) WHERE move_id IS NOT NULL", "An invoice is for one period.")

    @api.depends("retainer_id.name", "date_from")
    def _compute_display_name(self):
        for period in self:
            period.display_name = f"{period.retainer_id.name}, {period.date_from}"

    def action_open_invoice(self):
        self.ensure_one()
        return self.retainer_id._sire_open_invoices(self.move_id)
