"""Valid until an East African day, at 23:30 and at 00:30 in Nairobi, by every door and for whoever is where."""

from freezegun import freeze_time

from odoo.tests import Form, tagged

from .common import BillingCommon

LATE = "2026-11-20 20:30:00"  # 23:30 in Nairobi on 20 November
EARLY = "2026-11-20 21:30:00"  # 00:30 in Nairobi on 21 November, still the 20th in Greenwich
ZONES = ("Africa/Nairobi", "UTC", "America/Los_Angeles", "Pacific/Auckland", False)


@tagged("post_install", "-at_install")
class TestQuotingValidity(BillingCommon):
    def everywhere(self):
        """Every moment in every time zone of the user: 30 days later as Nairobi counts."""
        for moment, last in ((LATE, "2026-12-20"), (EARLY, "2026-12-21")):
            for zone in ZONES:
                with self.subTest(moment=moment, zone=zone), freeze_time(moment):
                    self.env.invalidate_all()
                    self.user_manager.tz = zone
                    manager = self.env["sale.order"].with_user(self.user_manager).with_context(tz=zone or None)
                    yield manager, last

    def test_form(self):
        for orders, last in self.everywhere():
            form = Form(orders, "sire_billing.sale_order_view_form")
            form.partner_id = self.client
            self.assertEqual(str(form.validity_date), last)
            self.assertEqual(str(form.save().validity_date), last)

    def test_one_click_and_choosing(self):
        for orders, last in self.everywhere():
            order = self.make_quotation(self.make_project().with_context(orders.env.context), sent=False)
            self.assertEqual(str(order.validity_date), last)
            project = self.make_project().with_user(self.user_manager).with_context(orders.env.context)
            wizard = orders.env["sire.quotation.wizard"].browse(project.action_sire_choose_quotation()["res_id"])
            self.assertEqual(str(orders.browse(wizard.action_make()["res_id"]).validity_date), last)

    def test_template(self):
        template = self.env["sale.order.template"].create({"name": "A month", "number_of_days": 30})
        self.company.quotation_validity_days = 5
        for orders, last in self.everywhere():
            form = Form(orders, "sire_billing.sale_order_view_form")
            form.partner_id = self.client
            form.sale_order_template_id = template
            self.assertEqual(str(form.save().validity_date), last)
            order = orders.create({"partner_id": self.client.id, "sale_order_template_id": template.id})
            self.assertEqual(str(order.validity_date), last)

    def test_last_day_ends_in_nairobi(self):
        with freeze_time(LATE):
            order = self.make_quotation(self.make_project(), sent=False)
            order.validity_date = "2026-11-20"
            order.action_sire_send()
        page = order.with_user(self.env.ref("base.public_user")).sudo()
        for zone in ZONES:
            for moment, expired in (
                (LATE, False),
                ("2026-11-20 20:59:59", False),
                ("2026-11-20 21:00:00", True),
                (EARLY, True),
            ):
                with self.subTest(zone=zone, moment=moment), freeze_time(moment):
                    self.env.invalidate_all()
                    self.user_manager.tz = zone
                    for one in (order.with_context(tz=zone or None), page.with_context(tz=zone or None)):
                        state = "expired" if expired else "open"
                        self.assertEqual((one._sire_client_state(), one.is_expired), (state, expired))
                        self.assertEqual(one.sire_state, "expired" if expired else "sent")
                        found = one.search([("sire_state", "=", "expired"), ("id", "=", one.id)])
                        self.assertEqual(bool(found), expired)
                        self.assertEqual(one._sire_holds_work(), not expired)

    def test_approved_and_sent_in_the_last_half_hour(self):
        for moment, refused in ((LATE, False), (EARLY, True)):
            with freeze_time(LATE):
                order = self.make_quotation(self.make_project(), sent=False)
                order.validity_date = "2026-11-20"
                order.action_sire_send()
            with self.subTest(moment=moment), freeze_time(moment):
                self.env.invalidate_all()
                if refused:
                    with self.assertRefused("was valid until .* and has expired"):
                        self.approve(order)
                    with self.assertRefused("was valid until .*: set a later date first"):
                        order.action_sire_send()
                else:
                    self.assertEqual(self.approve(order).amount_total, 110200)

    def test_for_ever(self):
        self.company.quotation_validity_days = 0
        order = self.make_quotation(self.make_project())
        self.assertFalse(order.validity_date)
        with freeze_time(self.day(4000)):
            self.env.invalidate_all()
            self.assertEqual((order.sire_state, order.is_expired), ("sent", False))
