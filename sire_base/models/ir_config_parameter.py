from odoo import api, models


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    @api.model
    def _sire_public_url(self):
        """The address under which people and payment services on the internet reach this server.

        :return: such as ``https://pay.example.co.ke``, without a slash at the end
        :rtype: str
        """
        params_sudo = self.sudo()  # public pages build links too
        url = params_sudo.get_param("sire_base.public_url") or params_sudo.get_param("web.base.url") or ""
        return url.strip().rstrip("/")
