import logging
import os

from psycopg2.errors import SerializationFailure

from odoo import models

from ..const import PUBLIC_VARIABLE, SANDBOX_VARIABLE
from ..utils import is_demo_server

_logger = logging.getLogger(__name__)


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    def _register_hook(self):
        """Take the addresses of this server and of its SMS service from the environment, when the server starts."""
        super()._register_hook()
        self._sire_demo_take_addresses()

    def _sire_demo_take_addresses(self):
        if not is_demo_server():
            return
        wanted = {}
        if url := (os.environ.get(PUBLIC_VARIABLE) or "").rstrip("/"):
            wanted.update({"web.base.url": url, "web.base.url.freeze": "True"})
        if url := (os.environ.get(SANDBOX_VARIABLE) or "").rstrip("/"):
            wanted["sms.endpoint"] = url  # the host's own SMS service: texts go to the sandbox's inbox
        try:
            # Every worker does this when it starts: reading is cheap, and only a new address is written.
            with self.env.cr.savepoint():
                for key, value in wanted.items():
                    if self.get_param(key) != value:
                        self.set_param(key, value)
        except SerializationFailure:
            _logger.info("Another worker wrote the addresses of this server at the same moment")
