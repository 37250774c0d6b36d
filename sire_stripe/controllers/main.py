import json
import logging

from odoo import http
from odoo.http import request
from odoo.tools import mute_logger

from odoo.addons.payment_stripe.controllers.main import StripeController
from odoo.addons.sire_base.controllers.webhook import read_webhook_body, receive_webhook

from .. import const
from ..utils import is_id

_logger = logging.getLogger(__name__)


class SireStripeController(StripeController):
    # auth=public, as in the host: Stripe has no account here, its signature is the key.
    # csrf=False, as in the host: a machine posts, there is no session to protect.
    @http.route(save_session=False)
    def stripe_webhook(self):
        """Override of `payment_stripe`: keep what is signed and answer; the worker does the rest.

        The host handles in the request what it finds a transaction for, before it looks at a signature, and believes
        everybody while no secret is set.
        """
        raw_body = read_webhook_body(const.MAX_BODY)
        signature = request.httprequest.headers.get("Stripe-Signature", "")
        # the secrets are the administrator's
        provider_sudo = request.env["payment.provider"].sudo()._stripe_find_by_signature(signature, raw_body)
        if not provider_sudo:
            _logger.warning("A Stripe event from %s is not signed by any account of ours", self._get_peer())
            return request.make_response("", status=403)
        receive_webhook(
            const.WEBHOOK_KIND, self._get_key(provider_sudo, raw_body), raw_body, company=provider_sudo.company_id
        )
        return request.make_json_response("")

    # auth=public, as in the host: clients pay without an account.
    @http.route()
    def stripe_return(self, **data):
        """Override of `payment_stripe`: the browser names the payment, so it has to be this transaction's.

        The host asks Stripe about whatever the address names, and books it on whichever transaction it names.
        """
        # clients may not read transactions
        tx_sudo = request.env["payment.transaction"].sudo()._search_by_reference("stripe", data)
        is_validation = tx_sudo.operation == "validation"
        name, prefix = ("setup_intent", "seti") if is_validation else ("payment_intent", "pi")
        is_known = tx_sudo and is_id(data.get(name), prefix)
        if not is_known or (not is_validation and tx_sudo.provider_reference not in (False, data[name])):
            _logger.warning("Somebody returned from Stripe with a payment that is not the one of that transaction")
            with mute_logger("werkzeug"):
                return request.redirect("/payment/status")
        return super().stripe_return(**data)

    # === HELPERS === #

    @staticmethod
    def _get_peer():
        return request.httprequest.remote_addr

    @staticmethod
    def _get_key(provider_sudo, raw_body):
        """:return: the event's own id, within the account that signed it; its digest when it names none"""
        try:
            event_id = json.loads(raw_body)["id"]
        except (ValueError, RecursionError, KeyError, TypeError):
            event_id = None
        inbox_sudo = request.env["sire.webhook.event"].sudo()  # only its way to make a key
        if not is_id(event_id, "evt"):
            event_id = inbox_sudo._get_storable_key("", raw_body)
        return f"{provider_sudo.id}/{event_id}"
