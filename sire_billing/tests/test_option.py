"""Optional lines: beside the total until the client chooses, frozen with the choice, and never invoiced when left out."""

from odoo.fields import Command
from odoo.tests import tagged

from .client_page_common import ClientPageCommon


@tagged("post_install", "-at_install")
class TestOption(ClientPageCommon):
    def make_offer(self, sent=True, tax=None):
        """A line of 1,000, and two options: hosting for 300 and training for 2 × 99.99, with VAT of 16 % or without."""
        tax = [Command.set((tax or self.env["account.tax"]).ids)]
        order = self.make_order(sent=False)
        order.order_line.tax_ids = tax
        order.write(
            {
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "name": name, "product_uom_qty": qty, "price_unit": price}
                        | {"tax_ids": tax, "is_optional": True}
                    )
                    for name, qty, price in (("Hosting", 1, 300), ("Training", 2, 99.99))
                ]
            }
        )
        if sent:
            order.action_quotation_sent()
        return order, order.order_line.filtered(lambda line: line.name == "Hosting"), order.order_line[-1]

    def send(self, order, *chosen, digest=None, action="approve", **data):
        shown = order.order_line.browse([line.id for line in chosen])
        return self.fetch(
            f"{self.path(order)}/{action}",
            {
                "name": "Jane Wanjiku",
                "content": order._sire_digest(),
                "digest": digest or order._sire_offer_digest(shown),
                **{f"option-{line.id}": "on" for line in chosen},
                **data,
            },
            allow_redirects=False,
        )

    def test_not_in_the_total_until_chosen(self):
        order, hosting, training = self.make_offer()
        self.assertEqual(order.amount_total, 1000)
        self.assertEqual(order.tax_totals["total_amount_currency"], 1000)
        self.assertEqual(order._sire_get_totals(hosting | training)["total_amount_currency"], 1499.98)
        self.assertEqual(order.tax_totals["total_amount_currency"], 1000, "asking changes nothing")
        text = self.read(self.path(order))
        self.assertIn("Optional: add it", text)
        self.assertIn(f'name="option-{hosting.id}"', text)
        self.assertLess(len(text), 20_000)

    def test_chosen_without_a_script(self):
        order, hosting, training = self.make_offer()
        response = self.send(order, hosting, preview="1", digest="x")
        self.assertEqual(response.status_code, 200)
        self.assertIn("KSh 1,300", response.text)
        self.assertIn("with what you ticked: Hosting", response.text)
        self.assertIn(order._sire_offer_digest(hosting), response.text)
        self.assertIn('value="Jane Wanjiku"', response.text, "what was typed is kept")
        self.assertEqual(order.state, "sent")
        self.assertEqual(self.send(order, hosting).status_code, 303)
        self.assertEqual(order.invoice_ids.amount_total, 1300)
        self.assertEqual(order.amount_total, 1300)
        self.assertEqual(order.invoice_ids.invoice_line_ids.sale_line_ids, order.order_line[0] | hosting)
        self.assertEqual((hosting.sire_chosen, training.sire_chosen), (True, False))
        self.assertEqual((training.product_uom_qty, training.sire_offered_qty), (0, 2))
        self.assertFalse(order.sire_approval_void)
        text = self.read(self.path(order))
        self.assertIn("Hosting", text)
        self.assertNotIn("Training", text)

    def test_ticked_and_approved_without_having_seen_the_total(self):
        order, hosting, _training = self.make_offer()
        response = self.send(order, hosting, digest=order._sire_offer_digest())
        self.assertEqual(response.status_code, 422)
        self.assertIn("With what you ticked the total is KSh 1,300", response.text)
        self.assertIn(order._sire_offer_digest(hosting), response.text)
        self.assertFalse(order.invoice_ids)

    def test_none_and_all_with_vat_to_the_cent(self):
        tax = self.env["account.tax"].create({"name": "VAT 16", "amount": 16, "company_id": self.company.id})
        for taken in (0, 1, 2):
            order, *options = self.make_offer(tax=tax)
            chosen = options[2 - taken :]
            expected = order._sire_get_totals(order.order_line.browse([line.id for line in chosen]))
            self.assertEqual(self.send(order, *chosen).status_code, 303)
            self.assertEqual(order.invoice_ids.amount_total, expected["total_amount_currency"])
            self.assertEqual(order.invoice_ids.amount_total, order.amount_total)

    def test_forged_choices(self):
        order, hosting, _training = self.make_offer()
        other, others, _more = self.make_offer()
        response = self.fetch(
            f"{self.path(order)}/approve",
            {
                "name": "Jane Wanjiku",
                "digest": order._sire_offer_digest(),
                f"option-{others.id}": "on",
                f"option-{order.order_line[0].id}": "on",
                "option-x": "on",
                "option-99999999999999999999": "on",
                "option--1": "on",
            },
            allow_redirects=False,
        )
        self.assertEqual(response.status_code, 303, "what is no option of this quotation counts for nothing")
        self.assertEqual(order.invoice_ids.amount_total, 1000)
        with self.assertRaisesRegex(Exception, "changed after it was sent|is not offered"):
            other._sire_approve("Jane", other._sire_offer_digest(hosting), chosen=hosting)
        self.assertFalse(other.invoice_ids)

    def test_everything_is_optional(self):
        order, hosting, _training = self.make_offer(sent=False)
        order.order_line.is_optional = True
        order.action_quotation_sent()
        self.assertEqual(order.amount_total, 0)
        response = self.send(order)
        self.assertIn("Choose at least one", response.text)
        self.assertEqual((order.state, order.order_line.filtered("sire_offered_qty").ids), ("sent", []))
        self.assertEqual(self.send(order, hosting).status_code, 303)
        self.assertEqual(order.invoice_ids.amount_total, 300)

    def test_a_section_of_options_as_the_host_has_it(self):
        order, hosting, training = self.make_offer(sent=False)
        (hosting | training).is_optional = False
        section = order.order_line.create(
            {
                "order_id": order.id,
                "display_type": "line_section",
                "name": "Extras",
                "is_optional": True,
                "sequence": 11,
            }
        )
        (hosting | training).sequence = 12
        self.assertEqual(order._sire_get_options(), hosting | training)
        order.action_quotation_sent()
        self.assertEqual(self.send(order, training).status_code, 303)
        self.assertEqual(order.invoice_ids.amount_total, 1199.98)
        self.assertIn(section.name, order.invoice_ids.invoice_line_ids.mapped("name"))

    def test_the_choice_is_not_written_by_hand(self):
        order, hosting, _training = self.make_offer()
        for vals in ({"sire_chosen": True}, {"sire_offered_qty": 5}):
            with self.assertRaisesRegex(Exception, "comes with the approval"):
                hosting.write(vals)
            with self.assertRaisesRegex(Exception, "comes with the approval"), self.env.cr.savepoint():
                hosting.create({"order_id": order.id, "product_id": self.product.id, **vals})
        digest = order._sire_digest()
        hosting.is_optional = False
        self.assertNotEqual(order._sire_digest(), digest)
        self.assertEqual(order._sire_client_state(), "changed")
        hosting.is_optional = True
        self.assertEqual(self.send(order, hosting).status_code, 303)
        with self.assertRaisesRegex(Exception, "stays as approved"):
            hosting.is_optional = False

    def test_a_copy_offers_again_what_was_left_out(self):
        order, _hosting, _training = self.make_offer()
        self.send(order)
        self.assertEqual(order.copy().order_line.mapped("product_uom_qty"), [2, 1, 2])

    def test_marked_approved_with_a_choice(self):
        order, hosting, _training = self.make_offer()
        wizard = self.env["sire.quotation.approve.wizard"]
        wizard.create(
            {"order_id": order.id, "name": "Jane Wanjiku", "note": "by phone", "chosen_ids": hosting.ids}
        ).action_confirm()
        self.assertEqual(order.invoice_ids.amount_total, 1300)
