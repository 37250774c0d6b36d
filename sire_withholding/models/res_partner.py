from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sire_payment.utils import format_money

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

    # === STATEMENT === #

    def _sire_statement_in(self, currency, all_lines_sudo, date_from, date_to):
        """Override of `sire_billing`: besides, ``awaited`` has the certificates that were to come on the last day (dicts of
        ``move``, ``kind`` in words and ``amount``), and ``without_awaited`` the closing balance without them.
        """
        statement = super()._sire_statement_in(currency, all_lines_sudo, date_from, date_to)
        certificates = self.env["sire.withholding.certificate"]
        awaited = [
            {"move": move, "kind": certificates._sire_get_kind_title(kind), "amount": amount}
            for move, left in statement["open"]
            for kind, amount in move._sire_get_awaited_on(date_to, left).items()
        ]
        without = currency.round(statement["closing"] - sum(row["amount"] for row in awaited))
        return {**statement, "awaited": awaited, "without_awaited": without}

    def _sire_statement_words(self, move, amount):
        """Override of `sire_billing`: a certificate is called by its number, and says which invoice it settles."""
        certificate = move.sire_certificate_id
        if not certificate:
            return super()._sire_statement_words(move, amount)
        kind = certificate._sire_get_title() if amount < 0 else self.env._("Certificate voided")
        reference = certificate.invoice_id.name
        if certificate.other_ids:
            total = format_money(certificate.total, certificate.currency_id)
            reference = self.env._("%(invoice)s, part of %(total)s", invoice=reference, total=total)
        return {"kind": kind, "name": certificate.name, "reference": reference}
