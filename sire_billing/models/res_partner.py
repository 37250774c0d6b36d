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

    def _increase_rank(self, field, n=1):
        """Override of `account`: counting an invoice changes nothing that the chatter tracks, so none of it is read before,
        column by column, after each posting."""
        return super(ResPartner, self.with_context(tracking_disable=True))._increase_rank(field, n)

    def _mpesa_get_numbers(self):
        """Override of `sire_mpesa`: the number for WhatsApp is a phone too."""
        numbers = super()._mpesa_get_numbers()
        return [*numbers, self.sire_whatsapp] if self.sire_whatsapp else numbers
