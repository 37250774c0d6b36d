import logging
import os

from psycopg2.errors import SerializationFailure

from odoo import models

from ..const import PUBLIC_VARIABLE
from ..utils import is_demo_server

_logger = logging.getLogger(__name__)


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    def _register_hook(self):
        """Take the address this server is reached at from the environment, when the server starts."""
        super()._register_hook()
        self._sire_demo_take_address()

    def _sire_demo_take_address(self):
        url = (os.environ.get(PUBLIC_VARIABLE) or "").rstrip("/")
        if not url or not is_demo_server():
            return
        try:
            # Every worker does this when it starts: reading is cheap, and only a new address is written.
            with self.env.cr.savepoint():
                for key, value in (("web.base.url", url), ("web.base.url.freeze", "True")):
                    if self.get_param(key) != value:
                        self.set_param(key, value)
        except SerializationFailure:
            _logger.info("Another worker wrote the address of this server at the same moment")
