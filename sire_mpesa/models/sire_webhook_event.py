from odoo import models

from ..const import C2B_KIND, COMMAND_KIND, STATEMENT_KIND, WEBHOOK_KIND


class SireWebhookEvent(models.Model):
    _inherit = "sire.webhook.event"

    def _get_handlers(self):
        return {
            **super()._get_handlers(),
            WEBHOOK_KIND: self.env["payment.transaction"]._mpesa_handle_stk_event,
            C2B_KIND: self.env["sire.mpesa.receipt"]._handle_c2b_event,
            COMMAND_KIND: self.env["sire.mpesa.command"]._handle_command_event,
            STATEMENT_KIND: self.env["sire.mpesa.receipt"]._handle_statement_event,
        }

    def _get_batch_handlers(self):
        txs = self.env["payment.transaction"]
        return {
            **super()._get_batch_handlers(),
            WEBHOOK_KIND: (txs._mpesa_prepare_stk_events, txs._mpesa_handle_stk_events),
        }
