from odoo import models


class SaleOrder(models.Model):
    """What our letterhead prints beside the host's quotation."""

    _inherit = "sale.order"

    def _sire_get_stamp(self):
        """Return the word across each page of the print, and its colour.

        :return: (word, ``muted``, ``danger`` or ``success``); an empty word for a quotation that can be approved
        :rtype: tuple[str, str]
        """
        self.ensure_one()
        return {
            "draft": (self.env._("Draft"), "muted"),
            "changed": (self.env._("Draft"), "muted"),
            "expired": (self.env._("Expired"), "danger"),
            "superseded": (self.env._("Superseded"), "danger"),
            "cancelled": (self.env._("Cancelled"), "danger"),
            "declined": (self.env._("Declined"), "danger"),
            "approved": (self.env._("Approved"), "success"),
        }.get(self._sire_client_state(), ("", ""))
