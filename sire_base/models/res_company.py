from odoo import api, models

from .res_lang import KENYAN_TIME_FORMAT

STOCK_TIME_FORMATS = ("%I:%M:%S %p", "%H:%M:%S")
STOCK_DATE_FORMAT = "%m/%d/%Y"
KENYAN_DATE_FORMAT = "%d/%m/%Y"


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _sire_apply_kenyan_formats(self):
        """Write ``KSh 98,600.00``, ``20/11/2026``, ``18:42``, *KRA PIN*, weeks from Monday: stock has them American.

        Languages and currencies are shared by all companies of a database, so nothing is touched unless one of
        the companies is in Kenya, and a format that somebody chose already is left alone.
        """
        companies_sudo = self.sudo()  # of every company, whatever the user's own are
        if not companies_sudo.search_count([("partner_id.country_id.code", "=", "KE")], limit=1):
            return
        langs_sudo = self.env["res.lang"].sudo().search([("code", "in", ["en_US", "sw"])])  # see above
        for lang_sudo in langs_sudo.filtered(lambda lang: lang.date_format == STOCK_DATE_FORMAT):
            lang_sudo.write({"date_format": KENYAN_DATE_FORMAT, "week_start": "1"})
        for lang_sudo in langs_sudo.filtered(lambda lang: lang.time_format in STOCK_TIME_FORMATS):
            lang_sudo.time_format = KENYAN_TIME_FORMAT
        shilling_sudo = self.env.ref("base.KES").sudo()  # see above
        if shilling_sudo.symbol == "KSh":
            shilling_sudo.position = "before"
        if shilling_sudo.currency_unit_label == "Shilling":
            shilling_sudo.currency_unit_label = "Shillings"  # amounts in words, on receipts
        kenya_sudo = self.env.ref("base.ke").sudo()  # see above
        if not kenya_sudo.vat_label:
            kenya_sudo.vat_label = "KRA PIN"
