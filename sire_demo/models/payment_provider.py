import logging
import os

from psycopg2.errors import SerializationFailure

from odoo import models

from ..const import SANDBOX_MPESA, SANDBOX_VARIABLE
from ..utils import is_demo_server

_logger = logging.getLogger(__name__)


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    def _register_hook(self):
        """Point the demo's M-Pesa provider at the sandbox this server was started with."""
        super()._register_hook()
        url = (os.environ.get(SANDBOX_VARIABLE) or "").rstrip("/")
        if not url or not is_demo_server():
            return
        provider = self.env.ref("sire_demo.provider_mpesa", raise_if_not_found=False)
        if not provider or provider.mpesa_base_url == url:
            return
        if provider.mpesa_consumer_key != SANDBOX_MPESA["mpesa_consumer_key"]:
            return  # somebody wrote Safaricom's own credentials: theirs is the address
        try:
            with self.env.cr.savepoint():  # every worker does this when it starts
                provider.mpesa_base_url = url
        except SerializationFailure:
            _logger.info("Another worker wrote the address of the sandbox at the same moment")
