from odoo import http
from odoo.http import request

from odoo.addons.payment.logging import get_payment_logger
from odoo.addons.sire_base.utils.net import ip_allowed

from .. import const

_logger = get_payment_logger(__name__, sensitive_keys=const.SENSITIVE_KEYS)


class SireMpesaCommandController(http.Controller):
    # auth=public: Safaricom has no account here; the unguessable token in the address is the only key it has.
    # csrf=False: a machine posts, there is no session to protect.
    @http.route(
        [f"{const.COMMAND_PATH}<string:token>/result", f"{const.COMMAND_PATH}<string:token>/late"],
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def command_result(self, token, **_kwargs):
        """Keep what Safaricom says about a request of ours and answer: the worker believes it or not."""
        # Requests are not the public's to read; a wrong token and a wrong sender learn the same: nothing.
        command_sudo = request.env["sire.mpesa.command"].sudo().search([("token", "=", token)], limit=1)
        http_request = request.httprequest
        if not command_sudo:
            return request.make_response("", status=404)
        if not ip_allowed(http_request.remote_addr, command_sudo.provider_id.mpesa_source_addresses):
            _logger.warning(
                "Result of request %s from %s, which is not in the list", command_sudo.id, http_request.remote_addr
            )
            return request.make_response("", status=404)
        if (http_request.content_length or 0) > const.MAX_CALLBACK_BYTES:
            return request.make_response("", status=413)
        headers = {"Content-Type": http_request.content_type or ""}
        is_late = http_request.path.endswith("/late")
        command_sudo._receive(http_request.get_data(), headers, http_request.remote_addr, is_late)
        return request.make_json_response({"ResultCode": 0, "ResultDesc": "Accepted"})
