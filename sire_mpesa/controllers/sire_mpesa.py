from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.payment import utils as payment_utils
from odoo.addons.sire_base.utils.text import storable

from .. import const
from .sender import find_addressee, read_headers, refuse_stranger


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
        # Transactions are not the public's to read.
        txs_sudo = request.env["payment.transaction"].sudo()
        names = ("provider_id", "company_id")  # no more than is looked at
        tx_sudo = find_addressee(txs_sudo, "mpesa_callback_token", token, names)
        if refusal := refuse_stranger(tx_sudo, tx_sudo.provider_id):
            return refusal
        http_request = request.httprequest
        tx_sudo._mpesa_receive_callback(http_request.get_data(), read_headers(), http_request.remote_addr)
        return request.make_json_response({"ResultCode": 0, "ResultDesc": "Accepted"})

    # auth=public: clients pay without an account; the access token that came with the transaction is the key.
    @http.route("/sire/pay/start", type="jsonrpc", auth="public")
    def start(self, reference, access_token, phone):
        """Ask for the PIN, from the host's payment form.

        :return: the status of the transaction
        :rtype: dict
        """
        # Transactions are not the public's to read.
        txs_sudo = request.env["payment.transaction"].sudo()
        is_text = isinstance(reference, str) and isinstance(access_token, str) and access_token.isascii()
        tx_sudo = txs_sudo
        if is_text and reference == storable(reference):
            tx_sudo = txs_sudo.search([("reference", "=", reference)], limit=1)
        if not tx_sudo or not payment_utils.check_access_token(
            access_token, "mpesa", tx_sudo.reference, tx_sudo.partner_id.id
        ):
            raise UserError(request.env._("This payment is not known. Reload the page and try again."))
        number = tx_sudo._mpesa_parse_phone(phone)
        tx_sudo.provider_id._mpesa_check_wait(number, tx_sudo.amount, tx_sudo.invoice_ids)
        tx_sudo._mpesa_request_payment(number)
        return tx_sudo._mpesa_status()
