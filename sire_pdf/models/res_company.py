from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _sire_pdf_logo_address(self):
        """:return: where the print server finds the logo of the letterhead; another address when it was changed"""
        self.ensure_one()
        changed = self.partner_id.write_date  # the logo is the partner's picture
        return f"/sire_pdf/logo/{self.id}/{changed:%Y%m%d%H%M%S%f}"
