from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import RATE_MAX, TAX_RATE, VAT_RATE


class ResPartner(models.Model):
    _inherit = "res.partner"
    # for sire_audit, where it is installed
    _sire_audit = {
        "fields": (
            "sire_withholds_vat",
            "sire_vat_withholding_rate",
            "sire_withholds_tax",
            "sire_tax_withholding_rate",
        )
    }

    sire_withholds_vat = fields.Boolean(string="Withholds VAT", help="KRA appointed this client to withhold VAT.")
    sire_vat_withholding_rate = fields.Float(
        string="VAT Withheld (%)", default=VAT_RATE, digits=(5, 2), help="Percent of the value that VAT is charged on."
    )
    sire_withholds_tax = fields.Boolean(
        string="Withholds Tax", help="This client withholds income tax on professional and management fees."
    )
    sire_tax_withholding_rate = fields.Float(
        string="Tax Withheld (%)", default=TAX_RATE, digits=(5, 2), help="Percent of the value without VAT."
    )

    @api.constrains("sire_vat_withholding_rate", "sire_tax_withholding_rate")
    def _check_sire_withholding_rates(self):
        for partner in self:
            for rate in (partner.sire_vat_withholding_rate, partner.sire_tax_withholding_rate):
                if not 0 <= rate <= RATE_MAX:
                    raise ValidationError(self.env._("A withholding rate is from 0 to %s percent.", RATE_MAX))

    @api.model
    def _commercial_fields(self):
        """Override of `base`: KRA appoints the company, not each of its contacts."""
        return [
            *super()._commercial_fields(),
            "sire_withholds_vat",
            "sire_vat_withholding_rate",
            "sire_withholds_tax",
            "sire_tax_withholding_rate",
        ]

    def _sire_statement_words(self, move, amount):
        """Override of `sire_billing`: a certificate is called by its number."""
        certificate = move.sire_certificate_id
        if certificate and amount < 0:
            return {"kind": certificate._sire_get_title(), "name": "", "reference": certificate.name}
        if certificate:
            return {"kind": self.env._("Certificate voided"), "name": "", "reference": certificate.name}
        return super()._sire_statement_words(move, amount)
