import logging
import os

from psycopg2.errors import SerializationFailure

from odoo import models
from odoo.exceptions import UserError

from ..const import SANDBOX_MPESA, SANDBOX_VARIABLE
from ..utils import is_demo_server

_logger = logging.getLogger(__name__)


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    def _register_hook(self):
        """Point the demo's M-Pesa provider at the sandbox this server was started with."""
        super()._register_hook()
        provider = self._sire_demo_point_to_sandbox()
        if provider:
            provider._sire_demo_register_pay_bill()

    def _sire_demo_point_to_sandbox(self):
        """:return: the demo's provider, when this server is a demo with a sandbox; else empty"""
        url = (os.environ.get(SANDBOX_VARIABLE) or "").rstrip("/")
        if not url or not is_demo_server():
            return self.browse()
        provider = self.env.ref("sire_demo.provider_mpesa", raise_if_not_found=False)
        if not provider or provider.mpesa_consumer_key != SANDBOX_MPESA["mpesa_consumer_key"]:
            return self.browse()  # somebody wrote Safaricom's own credentials: theirs is the address
        if provider.mpesa_base_url != url:
            try:
                with self.env.cr.savepoint():  # every worker does this when it starts
                    provider.mpesa_base_url = url
            except SerializationFailure:
                _logger.info("Another worker wrote the address of the sandbox at the same moment")
        return provider

    def _sire_demo_register_pay_bill(self):
        """Tell the sandbox where to report payments to the pay bill: it forgets that when it is restarted.

        Without a sandbox that answers, pay bill is not shown to clients.
        """
        self.env["ir.config_parameter"]._sire_demo_take_addresses()  # the one that the sandbox is told
        try:
            with self.env.cr.savepoint():
                self.action_mpesa_register_c2b()
        except SerializationFailure:
            _logger.info("Another worker registered the pay bill at the same moment")
        except UserError as error:
            _logger.warning("The pay bill is not registered: %s", error)
