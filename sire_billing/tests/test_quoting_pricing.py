"""What was typed stays to the cent: prices with VAT and without, discounts, templates."""

import random

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..controllers.client_page_content import ClientPage
from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestQuotingPricing(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env.ref("sire_billing.product_professional_services")
        taxes = cls.env["account.tax"].search(
            [("company_id", "=", cls.company.id), ("type_tax_use", "=", "sale"), ("amount_type", "=", "percent")]
        )
        cls.vat16 = cls.tax
        cls.vat8 = taxes.filtered(lambda tax: tax.amount == 8)[:1]
        cls.zero, cls.exempt = (taxes.filtered(lambda tax, name=name: tax.name == name) for name in ("0%", "0% EXEMPT"))

    def make_order(self, *lines, include=True, user=None, **values):
        """:param lines: price, taxes, and more values of a line"""
        order = (
            self.env["sale.order"]
            .with_user(user or self.user_manager)
            .create(
                {"partner_id": self.client.id, "company_id": self.company.id, "sire_price_include": include, **values}
            )
        )
        for price, taxes, more in lines:
            order.order_line = [
                Command.create(
                    {
                        "product_id": self.product.id,
                        "name": "Work",
                        "product_uom_qty": 1,
                        "price_unit": price,
                        **({"tax_ids": [Command.set(taxes.ids)]} if taxes is not None else {}),
                        **more,
                    }
                )
            ]
        return order

    def test_the_taxes_are_there(self):
        self.assertEqual([len(tax) for tax in (self.vat16, self.vat8, self.zero, self.exempt)], [1, 1, 1, 1])

    def test_98600_with_vat_stays_98600(self):
        order = self.make_order((98600, None, {}))
        self.assertEqual((order.amount_total, order.amount_untaxed, order.amount_tax), (98600, 85000, 13600))
        self.assertTrue(order.order_line.tax_ids.price_include)
        self.assertEqual(order.order_line.tax_ids.sire_twin_of_id, self.vat16)
        order = self.make_order((99999.99, None, {}), (0.01, None, {}))
        self.assertEqual(order.amount_total, 100000)
        order = self.make_order((98600, None, {}), include=False)
        self.assertEqual((order.amount_total, order.amount_untaxed), (114376, 98600))

    def test_every_vat_and_a_mix_of_them(self):
        for include in (True, False):
            order = self.make_order(
                (1160, self.vat16, {}),
                (1080, self.vat8, {}),
                (500, self.zero, {}),
                (300, self.exempt, {}),
                include=include,
            )
            expected = [1160, 1080, 500, 300] if include else [1345.6, 1166.4, 500, 300]
            self.assertEqual(order.order_line.mapped("price_total"), expected)
            self.assertEqual(order.amount_total, sum(expected))
            self.assertEqual(order.order_line.tax_ids.mapped("price_include")[:2], [include, include])
        # what no percent of VAT is has no twin
        self.assertEqual(self.make_order((5, self.zero, {})).order_line.tax_ids, self.zero)

    def test_totals_stay_over_any_lines(self):
        """Whatever lines, VAT, quantities and discounts: the total is what the typed prices say."""
        dice = random.Random(20261121)
        kinds = (self.vat16, self.vat8, self.zero, self.exempt)
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for _round in range(8):
                lines, total = [], 0
                for _line in range(dice.randint(1, 9)):
                    price, quantity = dice.randint(1, 999999) / 100, dice.choice((1, 1, 2, 3, 7.5))
                    discount = dice.choice((0, 0, 5, 10, 33.33))
                    lines.append((price, dice.choice(kinds), {"product_uom_qty": quantity, "discount": discount}))
                    total += self.company.currency_id.round(price * quantity * (1 - discount / 100))
                order = self.make_order(*lines)
                if method == "round_per_line":
                    self.assertAlmostEqual(order.amount_total, total, 2, lines)
                self.assertAlmostEqual(order.amount_untaxed + order.amount_tax, order.amount_total, 2)
                self.assertLessEqual(abs(order.amount_total - total), 0.005 * len(lines) + 1e-6, (method, lines))

    def test_the_invoice_has_the_same_total(self):
        order = self.make_order((98600, None, {}), (777.77, self.vat8, {"product_uom_qty": 3, "discount": 7}))
        total = order.amount_total
        order.action_sire_send()
        invoice = self.approve(order)
        self.assertEqual(invoice.amount_total, total)
        self.assertEqual(invoice.amount_tax, order.amount_tax)

    def test_vat_return_does_not_see_which_of_the_two_it_was(self):
        twin = self.vat16._sire_for_prices(True)
        self.assertEqual(twin._sire_for_prices(False), self.vat16)
        self.assertEqual(self.vat16._sire_for_prices(True), twin)
        for name in ("tax_group_id", "amount", "country_id", "company_id", "tax_label", "type_tax_use", "tax_scope"):
            self.assertEqual(twin[name], self.vat16[name], name)

        def parts(tax):
            return [
                (line.document_type, line.repartition_type, line.factor_percent, line.account_id, line.tag_ids)
                for line in tax.repartition_line_ids
            ]

        self.assertEqual(parts(twin), parts(self.vat16))
        twin.amount = 14
        with self.assertRefused("are one tax and must have one rate"):
            self.vat16._sire_for_prices(True)

    def test_shown_the_other_way_it_costs_the_same(self):
        order = self.make_quotation(self.project, sent=False)
        self.assertEqual((order.amount_total, order.sire_price_include), (110200, False))
        order.action_sire_switch_prices()
        self.assertEqual(order.order_line.mapped("price_unit"), [5800, 6960])
        self.assertEqual((order.amount_total, order.amount_untaxed), (110200, 95000))
        order.action_sire_switch_prices()
        self.assertEqual(order.order_line.mapped("price_unit"), [5000, 6000])
        self.assertEqual(order.order_line.tax_ids, self.vat16)
        self.assertEqual(order.amount_total, 110200)

    def test_a_line_typed_by_hand_is_as_the_quotation_says(self):
        order = self.make_order()
        with Form(order, "sire_billing.sale_order_view_form") as form:
            with form.order_line.new() as line:
                line.name = "Travel"
                line.price_unit = 98600
            with form.order_line.new() as line:
                line.name = "Hosting"
                line.price_unit = 1080
                line.tax_ids.clear()
                line.tax_ids.add(self.vat8)
        self.assertEqual(order.amount_total, 98600 + 1080)
        self.assertTrue(all(order.order_line.tax_ids.mapped("price_include")))

    def test_sent_or_approved_it_is_no_secret_change(self):
        order = self.make_quotation()
        order.action_sire_switch_prices()
        self.assertTrue(order.sire_changed)
        order.action_sire_send()
        self.approve(order)
        with self.assertRefused("stays as approved"):
            order.action_sire_switch_prices()
        with self.assertRefused("stays as approved"):
            order.write({"sire_price_include": False})
        with self.assertRefused("stays as approved"):
            order.action_sire_discount()

    def test_company_default_and_wizard(self):
        self.company.sire_price_include = True
        order = self.make_quotation(self.project, sent=False)
        self.assertEqual(order.order_line.mapped("price_unit"), [5800, 6960])
        self.assertEqual((order.amount_total, order.amount_untaxed), (110200, 95000))
        project = self.make_project().with_user(self.user_manager)
        wizard = self.env["sire.quotation.wizard"].with_user(self.user_manager)
        wizard = wizard.browse(project.action_sire_choose_quotation()["res_id"])
        self.assertTrue(wizard.price_include)
        wizard.price_include = False
        order = self.env["sale.order"].browse(wizard.action_make()["res_id"])
        self.assertEqual(order.order_line.mapped("price_unit"), [5000, 6000])
        self.assertFalse(order.sire_price_include)

    def test_said_on_paper_and_on_the_page(self):
        for include, words, price in ((True, "VAT included", "5,800.00"), (False, "plus VAT", "5,000.00")):
            order = self.make_quotation(sent=False)
            if include:
                order.action_sire_switch_prices()
            html = self.env["ir.actions.report"]._render_qweb_html("sale.report_saleorder", order.ids)[0].decode()
            self.assertIn(words, html)
            self.assertIn(price, html)
            self.assertIn("58,000.00" if include else "50,000.00", html)
            order.action_sire_send()
            invoice = self.approve(order)
            html = self.env["ir.actions.report"]._render_qweb_html("account.report_invoice", invoice.ids)[0].decode()
            self.assertIn(words, html)
            self.assertIn("58,000.00" if include else "50,000.00", html)
            page = self.env["ir.qweb"]._render("sire_billing.client_page_document", {"page": self.page(order)})
            self.assertIn(words, str(page))
            self.assertIn("KSh 58,000" if include else "KSh 50,000", str(page).replace("\N{NO-BREAK SPACE}", " "))

    def page(self, order):
        order._sire_get_client_url()
        return ClientPage(self.env["sire.client.link"].sudo().search([("order_id", "=", order.id)], limit=1))

    # === DISCOUNTS ===#

    def discount(self, order, kind, **values):
        action = order.action_sire_discount()
        wizard = self.env[action["res_model"]].with_user(self.user_manager).with_context(**action["context"])
        wizard.create({"discount_type": kind, **values}).action_apply_discount()
        return order.amount_total

    def test_discounts(self):
        self.assertFalse(self.company.sale_discount_product_id)
        for include in (True, False):
            total = 98600 if include else 114376
            for kind, values, expected in (
                ("sol_discount", {"discount_percentage": 0.1}, total * 0.9),
                ("so_discount", {"discount_percentage": 0.1}, total * 0.9),
                ("so_discount", {"discount_percentage": 1}, 0),
                ("amount", {"discount_amount": 600}, total - 600),
            ):
                with self.subTest(include=include, kind=kind):
                    order = self.make_order((48600, None, {}), (50000, None, {}), include=include)
                    self.assertAlmostEqual(self.discount(order, kind, **values), expected, 2)
            order = self.make_order(
                (1160, self.vat16, {}), (540, self.vat8, {}), (300, self.exempt, {}), include=include
            )
            total = order.amount_total
            self.assertAlmostEqual(self.discount(order, "so_discount", discount_percentage=0.25), total * 0.75, 2)

    def test_discounts_that_are_none(self):
        order = self.make_order((98600, None, {}))
        for kind, values in (
            ("sol_discount", {"discount_percentage": -0.1}),
            ("so_discount", {"discount_percentage": float("nan")}),
            ("amount", {"discount_amount": 98600.01}),
            ("amount", {"discount_amount": -5}),
            ("amount", {"discount_amount": float("nan")}),
        ):
            with self.subTest(kind=kind, **values), self.assertRefused("A discount is from 0 to"):
                self.discount(order, kind, **values)
        with self.assertRefused("A discount is from 0 to 100 %|Invalid discount amount"):
            self.discount(order, "sol_discount", discount_percentage=1.01)
        line = order.order_line
        for value in (100.01, -1, float("nan"), float("inf")):
            with self.subTest(value=value), self.assertRefused("A discount is from 0 to 100 %|is not a number"):
                line.write({"discount": value})
        for name in ("price_unit", "product_uom_qty"):
            for value in (float("nan"), float("inf"), 1e30):
                with self.subTest(name=name, value=value), self.assertRefused("is not a number that can be billed"):
                    line.write({name: value})
                with self.subTest(name=name, value=value), self.assertRefused("is not a number that can be billed"):
                    order.order_line = [self.line_vals(product_id=self.product.id, **{name: value})]
        self.assertEqual((order.amount_total, len(order.order_line)), (98600, 1))

    def test_a_total_below_zero_is_not_sent(self):
        order = self.make_order((1000, None, {}), (-1500, None, {}))
        self.assertEqual(order.amount_total, -500)
        with self.assertRefused("is below zero"):
            order.action_sire_send()
        with self.assertRefused("is below zero"):
            order.action_quotation_sent()
        order.order_line[1].price_unit = -1000
        with self.assertRefused("is zero"):
            order.action_sire_send()
        self.assertEqual(order.state, "draft")

    # === TEMPLATES, AND WITHOUT A PROJECT ===#

    def make_template(self, **values):
        care = self.env["product.product"].create(
            {"name": "Care plan", "type": "service", "list_price": 2000, "taxes_id": [Command.set(self.vat8.ids)]}
        )
        return self.env["sale.order.template"].create(
            {
                "name": "Care",
                "number_of_days": 7,
                "note": "<p>Cancel any month</p>",
                "sale_order_template_line_ids": [
                    Command.create({"display_type": "line_section", "name": "Every month"}),
                    Command.create({"product_id": care.id, "product_uom_qty": 3}),
                    Command.create({"product_id": self.product.id, "name": "Set-up", "product_uom_qty": 1}),
                ],
                **values,
            }
        )

    def test_template_without_a_project(self):
        template = self.make_template()
        form = Form(self.env["sale.order"].with_user(self.user_manager), "sire_billing.sale_order_view_form")
        form.partner_id = self.client
        form.sale_order_template_id = template
        order = form.save()
        self.assertFalse(order.project_id)
        self.assertEqual(order.order_line.sorted().mapped("price_total"), [0, 6480, 0])
        self.assertEqual(order.validity_date, self.day(7))
        order.action_sire_send()
        self.assertEqual(self.approve(order).amount_total, 6480)

    def test_template_with_vat_in_its_prices(self):
        self.company.sire_price_include = True
        template = self.make_template()
        form = Form(self.env["sale.order"].with_user(self.user_manager), "sire_billing.sale_order_view_form")
        form.partner_id = self.client
        form.sale_order_template_id = template
        order = form.save()
        self.assertEqual(order.order_line.sorted()[1].price_unit, 2160)
        self.assertEqual((order.amount_total, order.amount_untaxed), (6480, 6000))

    def test_template_before_the_tasks(self):
        template = self.make_template()
        for include in (False, True):
            project = self.make_project().with_user(self.user_manager)
            wizard = self.env["sire.quotation.wizard"].with_user(self.user_manager)
            wizard = wizard.browse(project.action_sire_choose_quotation()["res_id"])
            wizard.write({"template_id": template.id, "price_include": include})
            order = self.env["sale.order"].browse(wizard.action_make()["res_id"])
            self.assertEqual(
                [line.name.split("\n")[0] for line in order.order_line.sorted()],
                ["Every month", "Care plan", "Set-up", "Design", "Build"],
            )
            self.assertEqual((order.amount_untaxed, order.amount_total), (101000, 116680))
            self.assertEqual(order.validity_date, self.day(7))
            self.assertIn("Cancel any month", order.note)

    def test_templates_are_of_ones_company(self):
        self.load_kenyan_chart(self.company_2)
        template = self.make_template(company_id=self.company_2.id)
        project = self.make_project().with_user(self.user_manager)
        wizard = self.env["sire.quotation.wizard"].with_user(self.user_manager)
        wizard = wizard.browse(project.action_sire_choose_quotation()["res_id"])
        with self.assertRaises(AccessError), self.cr.savepoint():
            wizard.template_id = template
        companies = self.company | self.company_2
        self.user_manager.company_ids = companies
        with self.assertRefused("belongs to another company"):
            wizard.with_context(allowed_company_ids=companies.ids).template_id = template
            wizard.action_make()
