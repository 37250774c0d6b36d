from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.payment import utils as payment_utils
from odoo.addons.payment.logging import get_payment_logger
from odoo.addons.sire_base.utils.net import ip_allowed

from .. import const

_logger = get_payment_logger(__name__, sensitive_keys=const.SENSITIVE_KEYS)


class SireMpesaController(http.Controller):
    # auth=public: Safaricom has no account here; the unguessable token in the address is the only key it has.
    # csrf=False: a machine posts, there is no session to protect.
    @http.route(
        f"{const.CALLBACK_PATH}<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def stk_callback(self, token, **_kwargs):
        """Keep what Safaricom says and answer: the worker believes it or not."""
        # Transactions are not the public's to read; a wrong token and a wrong sender learn the same: nothing.
        txs_sudo = request.env["payment.transaction"].sudo()
        domain = [("mpesa_callback_token", "=", token)]
        tx_sudo = txs_sudo.search_fetch(domain, ["provider_id", "company_id"], limit=1)  # no more than is looked at
        remote_addr = request.httprequest.remote_addr
        if not tx_sudo:
            return request.make_response("", status=404)
        if not ip_allowed(remote_addr, tx_sudo.provider_id._mpesa_get_source_addresses()):
            _logger.warning("Callback for %s from %s, which is not in the list", tx_sudo.reference, remote_addr)
            return request.make_response("", status=404)
        if (request.httprequest.content_length or 0) > const.MAX_CALLBACK_BYTES:
            return request.make_response("", status=413)
        headers = {"Content-Type": request.httprequest.content_type or ""}
        tx_sudo._mpesa_receive_callback(request.httprequest.get_data(), headers, remote_addr)
        return request.make_json_response({"ResultCode": 0, "ResultDesc": "Accepted"})

    # auth=public: clients pay without an account; the access token that came with the transaction is the key.
    @http.route("/sire/pay/start", type="jsonrpc", auth="public")
    def start(self, reference, access_token, phone):
        """Ask for the PIN, from the host's payment form.

        :return: the status of the transaction
        :rtype: dict
        """
        # Transactions are not the public's to read.
        tx_sudo = request.env["payment.transaction"].sudo().search([("reference", "=", reference)], limit=1)
        if not tx_sudo or not payment_utils.check_access_token(
            access_token, "mpesa", tx_sudo.reference, tx_sudo.partner_id.id
        ):
            raise UserError(request.env._("This payment is not known. Reload the page and try again."))
        number = tx_sudo._mpesa_parse_phone(phone)
        tx_sudo.provider_id._mpesa_check_wait(number, tx_sudo.amount, tx_sudo.invoice_ids)
        tx_sudo._mpesa_request_payment(number)
        return tx_sudo._mpesa_status()
