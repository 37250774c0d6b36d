"""The stage of a quotation in a word: found, grouped and sorted as it is read, also at midnight in Nairobi."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestState(BillingCommon):
    def make_all(self):
        """:return: one quotation in each stage, by stage, valid for ten days"""
        sent = self.make_quotation()
        found = {"draft": self.make_quotation(sent=False), "sent": sent}
        found["viewed"] = self.make_quotation()
        found["viewed"]._sire_mark_opened()
        found["approved"] = self.make_quotation()
        self.approve(found["approved"])
        found["declined"] = self.make_quotation()
        found["declined"]._sire_decline("Too dear")
        found["cancelled"] = self.make_quotation()
        found["cancelled"].action_cancel()
        found["superseded"] = self.make_quotation()
        found["superseded"].action_sire_revise()
        return found

    def assertStages(self, expected):
        orders = self.env["sale.order"].browse([order.id for order in expected.values()])
        orders.invalidate_recordset(["sire_state"])
        self.assertEqual({stage: order.sire_state for stage, order in expected.items()}, {key: key for key in expected})
        mine = [("id", "in", orders.ids)]
        for stage, order in expected.items():
            self.assertEqual(orders.search([*mine, ("sire_state", "=", stage)]).ids, order.ids, stage)
            self.assertNotIn(order, orders.search([*mine, ("sire_state", "!=", stage)]))
        groups = dict(orders._read_group(mine, ["sire_state"], ["id:recordset"]))
        self.assertEqual({stage: order.ids for stage, order in groups.items()}, {k: v.ids for k, v in expected.items()})
        ordered = orders.search(mine, order="sire_state").mapped("sire_state")
        self.assertEqual(ordered, sorted(ordered))

    def test_every_stage(self):
        self.assertStages(self.make_all())

    def test_at_midnight_in_nairobi(self):
        order = self.make_quotation()
        last_day = order.validity_date
        with freeze_time(f"{last_day} 20:59:59"):
            self.assertStages({"sent": order})
        with freeze_time(f"{last_day} 21:00:00"):
            self.assertStages({"expired": order})
            order._sire_mark_opened()
            self.assertStages({"expired": order})
        with freeze_time(last_day - timedelta(days=1)):
            self.assertStages({"viewed": order})

    def test_sent_again_is_to_be_viewed_again(self):
        order = self.make_quotation()
        order._sire_mark_opened()
        self.assertEqual(order.sire_state, "viewed")
        self.assertEqual(order._sire_client_state(), "open")
        order.order_line[0].price_unit += 1
        self.assertEqual(order._sire_client_state(), "changed")
        order.action_sire_send()
        self.assertEqual(order.sire_state, "sent")

    def test_the_list_groups_by_it(self):
        orders = self.make_all()
        domain = [("id", "in", [order.id for order in orders.values()])]
        for user in (self.user_manager, self.user_viewer, self.user_accountant):
            groups = self.env["sale.order"].with_user(user).web_read_group(domain, ["sire_state"], ["__count"])
            self.assertEqual({group["sire_state"] for group in groups["groups"]}, set(orders), user.name)
        self.assertTrue(self.env["sale.order"].fields_get(["sire_state"])["sire_state"]["groupable"])
