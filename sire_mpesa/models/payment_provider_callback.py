from odoo import models
from odoo.tools import ormcache


class PaymentProvider(models.Model):
    """What the callback route asks the provider for, each time anew and a thousand times in a minute."""

    _inherit = "payment.provider"

    def write(self, vals):
        result = super().write(vals)
        if "mpesa_source_addresses" in vals:
            self.env.registry.clear_cache()
        return result

    @ormcache("self.id")
    def _mpesa_get_source_addresses(self):
        """:return: the list of senders whose callbacks are taken, as it is typed; remembered until it is changed
        :rtype: str
        """
        return self.sudo().mpesa_source_addresses  # a public route asks
