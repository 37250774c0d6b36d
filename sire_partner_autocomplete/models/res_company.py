from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _enrich(self):
        """Override of `partner_autocomplete`: nor is our own company looked up."""
        if not self.env["ir.config_parameter"]._sire_company_lookup():
            return False
        return super()._enrich()

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
