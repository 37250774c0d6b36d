from odoo import http
from odoo.http import request

from .. import const
from .sender import find_addressee, read_headers, refuse_stranger


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
        # Requests are not the public's to read.
        command_sudo = find_addressee(request.env["sire.mpesa.command"].sudo(), "token", token)
        if refusal := refuse_stranger(command_sudo, command_sudo.provider_id):
            return refusal
        http_request = request.httprequest
        is_late = http_request.path.endswith("/late")
        command_sudo._receive(http_request.get_data(), read_headers(), http_request.remote_addr, is_late)
        return request.make_json_response({"ResultCode": 0, "ResultDesc": "Accepted"})
