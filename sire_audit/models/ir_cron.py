from odoo import models

from ..engine.actor import through


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _callback(self, cron_name, server_action_id):
        """Override of `base`: what a job writes is said to come from that job."""
        with through("cron", cron_name):
            return super()._callback(cron_name, server_action_id)
