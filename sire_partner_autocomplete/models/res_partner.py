from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def autocomplete_by_vat(self, vat, query_country_id, timeout=15):
        """Override of `partner_autocomplete`: where its service finds nothing, it asks the tax office of the EU."""
        if not self.env["ir.config_parameter"]._sire_company_lookup():
            return []
        return super().autocomplete_by_vat(vat, query_country_id, timeout=timeout)

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self.env["ir.config_parameter"]._sire_company_lookup())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Override of `partner_autocomplete`: a plain name, unless companies are looked up."""
        arch, view = super()._get_view(view_id, view_type, **options)
        self.env["ir.config_parameter"]._sire_plain_fields(arch)
        return arch, view
