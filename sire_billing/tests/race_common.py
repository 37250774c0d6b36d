"""A client in a database of which everybody sees what is committed, alone or with four quotations that were sent."""

from odoo import Command

from odoo.addons.sire_base.tests.together import TogetherCase

from .. import gate


class ClientRaceCase(TogetherCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            env.company._sire_setup_cash()
            self.partner_id = env["res.partner"].create({"name": "Race Traders"}).id

    def clean_up(self):
        """Other tests share the database."""
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            self.delete_documents(env)
            env["res.partner"].browse(self.partner_id).unlink()

    def delete_documents(self, env):
        env["sire.cash.payment.wizard"].search([("move_id.partner_id", "=", self.partner_id)]).unlink()
        env["account.payment.register"].search([("partner_id", "=", self.partner_id)]).unlink()
        payments = gate.opened(env["account.payment"].search([("partner_id", "=", self.partner_id)]))
        moves = gate.opened(env["account.move"].search([("partner_id", "=", self.partner_id)]))
        moves.line_ids.remove_move_reconcile()
        payments.unlink()
        moves = moves.exists()  # those of the payments went with them
        moves.filtered(lambda move: move.state == "posted").button_draft()
        moves.with_context(force_delete=True).unlink()


class QuotationRaceCase(ClientRaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
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

    def delete_documents(self, env):
        super().delete_documents(env)
        orders = gate.opened(env["sale.order"].search([("partner_id", "=", self.partner_id)]))
        orders.write({"state": "cancel"})
        revisions = orders.filtered("sire_previous_id")  # before what they replaced, which is sent again then
        revisions.unlink()
        (orders - revisions).write({"state": "cancel"})
        (orders - revisions).unlink()

    def approve(self, order_id, env):
        order = env["sale.order"].browse(order_id)
        return order._sire_approve("Jane Wanjiku", order.sire_sent_digest).name
