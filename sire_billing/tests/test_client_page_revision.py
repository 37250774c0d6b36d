"""Versions on the client's page: the old link leads to the newer one, and nothing is approved from it."""

from odoo.fields import Command
from odoo.tests import tagged

from .. import gate
from .client_page_common import ClientPageCommon


@tagged("post_install", "-at_install")
class TestClientPageRevision(ClientPageCommon):
    def revise(self, order):
        return order.browse(order.action_sire_revise()["res_id"])

    def test_the_old_link_says_so_and_leads_to_the_newer_version(self):
        order = self.make_order()
        old = self.path(order)
        revision = self.revise(order)
        text = self.read(old)
        self.assertIn("is preparing a newer version", text)
        self.assertNotIn("Open the newer version", text)
        self.assertNotIn("/approve", text)
        self.assertIn("was replaced by a newer version", self.approve(order).text)
        revision.order_line.price_unit = 450
        revision.action_quotation_sent()
        new = self.path(revision)
        text = self.read(old)
        self.assertIn(f'href="{new}"', text)
        self.assertIn("takes its place", text)
        response = self.approve(order)
        self.assertEqual(response.status_code, 422)
        self.assertEqual((order.sire_state, revision.sire_state), ("superseded", "sent"))
        self.assertFalse(order.invoice_ids)
        self.assertEqual(self.approve(revision).status_code, 303)
        self.assertEqual(revision.invoice_ids.amount_total, 900)
        self.assertIn(f'href="{new}"', self.read(old), "also when it is approved")

    def test_through_several_versions(self):
        first = self.make_order()
        second = self.revise(first)
        second.action_quotation_sent()
        third = self.revise(second)
        new = self.path(second)
        self.assertIn(f'href="{new}"', self.read(self.path(first)))
        self.assertIn("is preparing a newer version", self.read(new))
        third.action_quotation_sent()
        for old in (first, second):
            self.assertIn(f'href="{self.path(third)}"', self.read(self.path(old)))

    def test_another_clients_version_is_not_shown(self):
        order = self.make_order()
        revision = self.revise(order)
        revision.partner_id = self.client_partner.copy({"name": "Somebody else"})
        revision.action_quotation_sent()
        path = self.path(revision)
        text = self.read(self.path(order))
        self.assertNotIn(path, text)
        self.assertNotIn("Open the newer version", text)

    def test_a_stopped_link_is_not_made_again(self):
        order = self.make_order()
        revision = self.revise(order)
        revision.action_quotation_sent()
        self.path(revision)
        revision.action_sire_stop_link()
        self.assertNotIn("Open the newer version", self.read(self.path(order)))
        self.assertFalse(revision._sire_find_client_link())

    def test_what_changed(self):
        order = self.make_order()
        revision = self.revise(order)
        line = revision.order_line
        line.price_unit = 450
        revision.write(
            {
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "name": "Hosting <b>", "price_unit": 100, "tax_ids": []}
                    )
                ]
            }
        )
        revision.action_quotation_sent()
        text = self.read(self.path(revision))
        self.assertIn("What changed since version 1", text)
        self.assertIn("<del>KSh 500</del>", text)
        self.assertIn("<ins>KSh 450</ins>", text)
        self.assertIn("Hosting &lt;b&gt;", text)
        self.assertLess(len(text), 20_000)
        self.assertNotIn("What changed", self.read(self.path(order)))

    def test_an_approval_that_is_void_says_so(self):
        order = self.make_order()
        self.approve(order)
        self.assertNotIn("not what was approved", self.read(self.path(order)))
        gate.opened(order.order_line).price_unit = 7
        self.assertIn("This is not what was approved", self.read(self.path(order)))
