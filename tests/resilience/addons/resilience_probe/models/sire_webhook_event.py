import os
import signal
import time
from pathlib import Path

from odoo import models

from odoo.addons.sire_base.exceptions import WebhookRetry


class SireWebhookEvent(models.Model):
    _inherit = "sire.webhook.event"

    def _get_handlers(self):
        return {**super()._get_handlers(), "probe": self._probe_handle}

    def _probe_handle(self, event):
        """Does what the body asks for: ``{"sleep": s, "until": file, "kill": true, "retry": s}``.

        One that waits until a file is there says that it waits, by another file.
        """
        wish = event._get_json()
        self.env["resilience.effect"].create({"event_key": event.event_key, "pid": os.getpid()}).flush_recordset()
        if wish.get("sleep"):
            time.sleep(wish["sleep"])
        if wish.get("until"):
            Path(wish["until"] + ".waiting").touch()
            while not Path(wish["until"]).exists():
                time.sleep(0.05)
        if wish.get("retry") and event.attempts == 1:
            raise WebhookRetry("Asked to wait.", delay=wish["retry"])
        if wish.get("kill"):
            os.kill(os.getpid(), signal.SIGKILL)
