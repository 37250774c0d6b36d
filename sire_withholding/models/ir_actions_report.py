from odoo import api, models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    @api.model
    def _sire_pdf_printed(self, model_name):
        """Override of `sire_pdf`: the pay box asks what is withheld."""
        names = super()._sire_pdf_printed(model_name)
        return [*names, "sire_vat_withheld", "sire_tax_withheld"] if model_name == "account.move" else names
