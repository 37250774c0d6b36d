from odoo import http
from odoo.http import request

from odoo.addons.sire_base.controllers.webhook import read_webhook_body, receive_webhook


class ResilienceProbe(http.Controller):
    # auth public, no csrf: stands for a payment service; the module exists in tests only
    @http.route("/resilience/webhook", type="http", auth="public", methods=["POST"], csrf=False, save_session=False)
    def webhook(self, key=None):
        event = receive_webhook("probe", key, read_webhook_body())
        return request.make_json_response({"id": event.id})

    # auth public, no csrf: as above; works on the inbox beside the cron threads
    @http.route("/resilience/work", type="http", auth="public", methods=["POST"], csrf=False, save_session=False)
    def work(self):
        inbox_sudo = request.env["sire.webhook.event"].sudo()  # as the cron does
        return request.make_json_response({"begun": inbox_sudo._process_due()})
