from odoo import models


class SireWithholdingSpreadForm(models.AbstractModel):
    """What the form of a certificate for several invoices shares with its lines: both ask for amounts of documents."""

    _name = "sire.withholding.spread.form"
    _inherit = ["sire.amount.wizard", "sire.document.wizard"]
    _description = "Form about a withholding certificate for several invoices"

    def _check_number(self, vals):
        """Override of `sire_payment`: what is left empty is nothing."""
        return super()._check_number({name: value or 0.0 for name, value in vals.items()})
