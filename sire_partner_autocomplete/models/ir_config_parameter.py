from odoo import api, models
from odoo.tools import str2bool

LOOKUP_PARAMETER = "sire_partner_autocomplete.company_lookup"


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    @api.model
    def _sire_company_lookup(self):
        """:return: whether what is typed as a client may be looked up on the internet; off until somebody says otherwise
        :rtype: bool
        """
        params_sudo = self.sudo()  # asked for everybody who types a client
        return str2bool(params_sudo.get_param(LOOKUP_PARAMETER) or "", default=False)

    @api.model
    def _sire_plain_fields(self, arch):
        """Take the widget that looks companies up out of a form, while they are not looked up.

        :param arch: the form, as an element tree; changed in place
        """
        if not self._sire_company_lookup():
            for node in arch.xpath("//field[@widget='field_partner_autocomplete']"):
                del node.attrib["widget"]
