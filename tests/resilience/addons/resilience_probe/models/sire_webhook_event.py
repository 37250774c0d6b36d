import os
import signal
import time

from odoo import models

from odoo.addons.sire_base.exceptions import WebhookRetry


class SireWebhookEvent(models.Model):
    _inherit = "sire.webhook.event"

    def _get_handlers(self):
        return {**super()._get_handlers(), "probe": self._probe_handle}

    def _probe_handle(self, event):
        """Does what the body asks for: ``{"touch": partner id, "sleep": s, "kill": true, "retry": s}``."""
        wish = event._get_json()
        self.env["resilience.effect"].create({"event_key": event.event_key, "pid": os.getpid()}).flush_recordset()
        if wish.get("touch"):
            self.env["res.partner"].browse(wish["touch"]).write({"comment": event.event_key})
            self.env.flush_all()
        if wish.get("sleep"):
            time.sleep(wish["sleep"])
        if wish.get("retry") and event.attempts == 1:
            raise WebhookRetry("Asked to wait.", delay=wish["retry"])
        if wish.get("kill"):
            os.kill(os.getpid(), signal.SIGKILL)
