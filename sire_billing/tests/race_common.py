"""Four quotations that were sent, in a database of which everybody sees what is committed."""

from odoo import Command

from odoo.addons.sire_base.tests.together import TogetherCase

from .. import gate


class QuotationRaceCase(TogetherCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            env.company._sire_setup_cash()
            self.partner_id = env["res.partner"].create({"name": "Race Traders"}).id
            self.order_ids = [self.make_order(env).id for _index in range(4)]
            self.order_id = self.order_ids[0]

    def make_order(self, env):
        order = env["sale.order"].create(
            {
                "partner_id": self.partner_id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": env.ref("sire_billing.product_professional_services").id,
                            "price_unit": 1000,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_quotation_sent()
        return order

    def clean_up(self):
        """Other tests share the database."""
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            env["sire.cash.payment.wizard"].search([("move_id.partner_id", "=", self.partner_id)]).unlink()
            env["account.payment.register"].search([("partner_id", "=", self.partner_id)]).unlink()
            payments = gate.opened(env["account.payment"].search([("partner_id", "=", self.partner_id)]))
            payments.move_id.line_ids.remove_move_reconcile()
            payments.unlink()
            invoices = env["account.move"].search([("partner_id", "=", self.partner_id)])
            invoices.filtered(lambda move: move.state == "posted").button_draft()
            invoices.with_context(force_delete=True).unlink()
            orders = gate.opened(env["sale.order"].search([("partner_id", "=", self.partner_id)]))
            orders.write({"state": "cancel"})
            revisions = orders.filtered("sire_previous_id")  # before what they replaced, which is sent again then
            revisions.unlink()
            (orders - revisions).write({"state": "cancel"})
            (orders - revisions).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def approve(self, order_id, env):
        order = env["sale.order"].browse(order_id)
        return order._sire_approve("Jane Wanjiku", order.sire_sent_digest).name
