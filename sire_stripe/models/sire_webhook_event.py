from odoo import models

from ..const import WEBHOOK_KIND


class SireWebhookEvent(models.Model):
    _inherit = "sire.webhook.event"

    def _get_handlers(self):
        return {**super()._get_handlers(), WEBHOOK_KIND: self.env["payment.provider"]._stripe_handle_event}
