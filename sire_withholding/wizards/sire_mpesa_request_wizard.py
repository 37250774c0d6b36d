from odoo import models


class SireMpesaRequestWizard(models.TransientModel):
    _inherit = "sire.mpesa.request.wizard"

    def _get_proposed(self):
        """Override of `sire_mpesa`: what the clients withhold is not asked of their phone, unless somebody types it."""
        proposed = sum(invoice._sire_get_proposed() for invoice in self.invoice_ids._origin)
        provider_sudo = self._get_provider()
        return provider_sudo._mpesa_get_step(proposed)[0] if provider_sudo else proposed
