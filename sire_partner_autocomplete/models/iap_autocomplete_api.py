from odoo import api, models


class IapAutocompleteApi(models.AbstractModel):
    _inherit = "iap.autocomplete.api"

    @api.model
    def _contact_iap(self, local_endpoint, action, params, timeout=15):
        """Override of `partner_autocomplete`: the one door to its service, closed until an administrator opens it.

        :raise ValueError: when it is closed; the host then finds nothing and says nothing
        """
        if not self.env["ir.config_parameter"]._sire_company_lookup():
            raise ValueError("Companies are not looked up on the internet.")
        return super()._contact_iap(local_endpoint, action, params, timeout=timeout)
