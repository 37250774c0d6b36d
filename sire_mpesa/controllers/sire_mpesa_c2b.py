import json

from odoo import http
from odoo.http import request

from .. import const
from .sender import find_addressee, read_headers, refuse_stranger


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
        provider_sudo = self._find(token)
        if refusal := refuse_stranger(provider_sudo, provider_sudo):
            return refusal
        http_request = request.httprequest
        raw_body = http_request.get_data()
        provider_sudo._mpesa_receive_c2b(raw_body, read_headers(), http_request.remote_addr, self._read(raw_body))
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
        provider_sudo = self._find(token)
        if refusal := refuse_stranger(provider_sudo, provider_sudo):
            return refusal
        return request.make_json_response(provider_sudo._mpesa_validate_c2b(self._read(request.httprequest.get_data())))

    def _find(self, token):
        """:return: the provider whose address it is, as superuser: providers are not the public's to read"""
        return find_addressee(request.env["payment.provider"].sudo(), "mpesa_c2b_token", token)

    @staticmethod
    def _read(raw_body):
        """:return: the decoded JSON, None when it is none"""
        try:
            return json.loads(raw_body)
        except (ValueError, RecursionError):
            return None
