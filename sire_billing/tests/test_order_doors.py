"""The host's route that pays an order: whatever the order is and whatever is sent, no money is taken beside an invoice."""

import json

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestOrderDoors(BillingCommon, HttpCase):
    def test_orders_are_paid_by_their_invoice(self):
        provider = self.env["payment.provider"].create(
            {"name": "Test", "code": "none", "state": "test", "is_published": True}
        )
        names = ("sent", "unsigned", "expired", "cancelled", "declined", "approved")
        orders = {name: self.make_quotation() for name in names}
        orders["draft"] = self.make_quotation(sent=False)
        for name in ("unsigned", "draft"):
            orders[name].sudo().write({"require_signature": True, "require_payment": True})
        orders["expired"].sudo().validity_date = self.day(-1)
        orders["declined"].sudo()._sire_decline("Too dear")
        orders["cancelled"].sudo().action_cancel()
        invoice = self.approve(orders["approved"])
        for name, order in orders.items():
            for amount in (order.amount_total, 1, -500, 0, 0.001, 1e30, float("nan"), float("inf"), True):
                with self.subTest(order=name, amount=amount), mute_logger("odoo.http"):
                    params = {
                        "access_token": order.sudo()._portal_ensure_token(),
                        "provider_id": provider.id,
                        "payment_method_id": self.env.ref("payment.payment_method_mpesa").id,
                        "token_id": None,
                        "amount": amount,
                        "flow": "direct",
                        "tokenization_requested": False,
                        "landing_route": "/my",
                    }
                    body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
                    answer = self.url_open(
                        f"/my/orders/{order.id}/transaction", data=body, headers={"Content-Type": "application/json"}
                    ).json()
                    error = answer["error"]["data"]
                    self.assertRegex(error["name"], "UserError|ValidationError")
                    self.assertRegex(error["message"], r"^[A-Z][^\n]+\.$")
            self.env.invalidate_all()
            self.assertFalse(order.sudo().transaction_ids)
            self.assertEqual(order.sudo().invoice_ids, invoice if name == "approved" else invoice.browse())
        self.assertEqual(invoice.amount_residual, orders["approved"].amount_total)
