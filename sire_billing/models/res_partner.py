from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_sire_quotations(self):
        """Override of `sire_projects`: the quotations of this client on our own screens."""
        return self._sire_open("sire_billing.action_sire_quotations", "partner_id")

    def action_sire_invoices(self):
        """Override of `sire_projects`: the invoices of this client on our own screens."""
        action = self._sire_open("sire_billing.action_sire_invoices", "partner_id")
        action["domain"] = list(Domain(action["domain"]) & self._sire_invoice_domain())
        action["context"] = {"create": False}
        return action

    def _mpesa_get_numbers(self):
        """Override of `sire_mpesa`: the number for WhatsApp is a phone too."""
        numbers = super()._mpesa_get_numbers()
        return [*numbers, self.sire_whatsapp] if self.sire_whatsapp else numbers
