import re
from html import escape

from markupsafe import Markup

from odoo import api, models

# Possessive, and each space belongs to one place in it: no text takes more than one look.
_BREAKS = r",?(?<!\s)\s*+<br\s*/?>\s*+(?:<br\s*/?>\s*+)*+"
_BLOCK = r"(?:p|div|address)"
_TAG = rf"</?{_BLOCK}\b[^<>]*+>"


class ResCompany(models.Model):
    _inherit = "res.company"

    def _sire_pdf_logo_address(self):
        """:return: where the print server finds the logo of the letterhead; another address when it was changed"""
        self.ensure_one()
        changed = self.partner_id.write_date  # the logo is the partner's picture
        return f"/sire_pdf/logo/{self.id}/{changed:%Y%m%d%H%M%S%f}"

    @api.model
    def _sire_pdf_details(self, details, name):
        """The host writes a line for the name, each part of the address and the country, more than a head has room for.

        :param Markup details: HTML
        :param str name: of the company, which is printed above them
        :return: the same with commas in place of breaks, and without the name at its beginning
        """
        # as the sanitizer writes it: quotes stay what they are
        name = re.escape(escape(name, quote=False))
        text = re.sub(rf"^(\s*+(?:{_TAG}\s*+)*+){name}{_BREAKS}", r"\1", str(details))
        text = re.sub(rf"({_TAG})\s*+(?:<br\s*/?>\s*+)++", r"\1", text)
        text = re.sub(rf"{_BREAKS}(?={_TAG}|\Z)", "", text)
        return Markup(re.sub(_BREAKS, ", ", text))
