import json

from odoo import http
from odoo.http import request

from odoo.addons.payment.logging import get_payment_logger
from odoo.addons.sire_base.utils.net import ip_allowed

from .. import const

_logger = get_payment_logger(__name__, sensitive_keys=const.SENSITIVE_KEYS)


class SireMpesaC2bController(http.Controller):
    # auth=public: Safaricom has no account here; the unguessable token in the address is the only key it has.
    # csrf=False: a machine posts, there is no session to protect.
    @http.route(
        f"{const.C2B_PATH}<string:token>/confirm",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def confirm(self, token, **_kwargs):
        """Keep what Safaricom says about a payment and answer: the worker books it."""
        provider_sudo, refusal = self._check(token)
        if refusal:
            return refusal
        http_request = request.httprequest
        raw_body, headers = http_request.get_data(), {"Content-Type": http_request.content_type or ""}
        provider_sudo._mpesa_receive_c2b(raw_body, headers, http_request.remote_addr, self._read(raw_body))
        return request.make_json_response({"ResultCode": 0, "ResultDesc": "Success"})

    # auth=public and csrf=False: as above. Nothing is written here.
    @http.route(
        f"{const.C2B_PATH}<string:token>/validate",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=True,
    )
    def validate(self, token, **_kwargs):
        """Tell Safaricom whether a payment may be made."""
        provider_sudo, refusal = self._check(token)
        if refusal:
            return refusal
        return request.make_json_response(provider_sudo._mpesa_validate_c2b(self._read(request.httprequest.get_data())))

    def _check(self, token):
        """:return: the provider as superuser and None, or an empty one and the answer to whoever should not be here"""
        # Providers are not the public's to read; a wrong token and a wrong sender learn the same: nothing.
        provider_sudo = request.env["payment.provider"].sudo().search([("mpesa_c2b_token", "=", token)], limit=1)
        remote_addr = request.httprequest.remote_addr
        if not provider_sudo:
            return provider_sudo, request.make_response("", status=404)
        if not ip_allowed(remote_addr, provider_sudo.mpesa_source_addresses):
            _logger.warning("Pay bill report for %s from %s, which is not in the list", provider_sudo.id, remote_addr)
            return provider_sudo, request.make_response("", status=404)
        if (request.httprequest.content_length or 0) > const.MAX_CALLBACK_BYTES:
            return provider_sudo, request.make_response("", status=413)
        return provider_sudo, None

    @staticmethod
    def _read(raw_body):
        """:return: the decoded JSON, None when it is none"""
        try:
            return json.loads(raw_body)
        except (ValueError, RecursionError):
            return None
