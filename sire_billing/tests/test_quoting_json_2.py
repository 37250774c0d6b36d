"""Choosing what to quote, without our screens."""

from odoo.tests import tagged

from odoo.addons.sire_base.tests.json_2 import Json2Case

from .common import BillingCommon


@tagged("post_install", "-at_install")
class TestQuotingJson2(BillingCommon, Json2Case):
    def test_who_may_choose(self):
        for user in (self.user_developer, self.user_viewer, self.user_accountant):
            for method in ("action_sire_choose_quotation", "action_sire_new_quotation"):
                with self.subTest(user=user.login, method=method):
                    self.assertForbidden(self.json_2(user, "project.project", method, ids=self.project.ids))
            vals = {"project_id": self.project.id, "company_id": self.company.id}
            response = self.json_2(user, "sire.quotation.wizard", "create", vals_list=[vals])
            self.assertForbidden(response)
        self.assertFalse(self.project.sire_order_ids)
        response = self.json_2(
            self.user_manager, "project.project", "action_sire_choose_quotation", ids=self.project.ids
        )
        self.assertEqual(response.status_code, 200, response.text)

    def test_what_is_taken_is_not_written(self):
        order = self.make_quotation(self.project, sent=False)
        work = order.sire_work_ids[0]
        for user in (self.user_manager, self.user_admin):
            for method, body in (
                ("write", {"ids": work.ids, "vals": {"held": False}}),
                ("unlink", {"ids": work.ids}),
                ("create", {"vals_list": [{"line_id": order.order_line[0].id, "task_id": work.task_id.id}]}),
            ):
                with self.subTest(user=user.login, method=method):
                    self.assertForbidden(self.json_2(user, "sire.quotation.work", method, **body))
            body = {"ids": order.ids, "vals": {"sire_work_ids": [[5, 0, 0]]}}
            self.assertForbidden(self.json_2(user, "sale.order", "write", **body))
            body = {"ids": order.order_line[0].ids, "vals": {"sire_work_ids": [[0, 0, {"task_id": work.task_id.id}]]}}
            self.assertForbidden(self.json_2(user, "sale.order.line", "write", **body))
            for method in ("_sire_take", "_sire_take_again"):
                self.assertForbidden(self.json_2(user, "sire.quotation.work", method, ids=work.ids))
        self.assertEqual(order.sire_work_ids.mapped("held"), [True, True])

    def test_forged_lists(self):
        project = self.project.with_user(self.user_manager)
        other = self.make_project(company_id=self.company_2.id)
        wizard = self.env["sire.quotation.wizard"].browse(project.action_sire_choose_quotation()["res_id"])
        vals = {
            "wizard_id": wizard.id,
            "kind": "task",
            "res_id": other.task_ids[0].id,
            "title": "Theirs",
            "ticked": True,
        }
        response = self.json_2(self.user_manager, "sire.quotation.wizard.line", "create", vals_list=[vals])
        self.assertEqual(response.status_code, 200, response.text)
        response = self.json_2(self.user_manager, "sire.quotation.wizard", "action_make", ids=wizard.ids)
        self.assertForbidden(response, "was changed or removed since this list was opened")
        vals = {"project_id": other.id, "company_id": self.company.id}
        response = self.json_2(self.user_manager, "sire.quotation.wizard", "create", vals_list=[vals])
        if response.status_code == 200:
            response = self.json_2(self.user_manager, "sire.quotation.wizard", "action_make", ids=response.json())
        self.assertForbidden(response)
        self.assertFalse(other.sire_order_ids | self.project.sire_order_ids)

    def test_numbers_that_are_none(self):
        order = self.make_quotation(self.project, sent=False)
        line = order.order_line[0]
        for vals in (
            {"discount": 150},
            {"discount": -5},
            {"discount": float("nan")},
            {"price_unit": float("nan")},
            {"price_unit": float("inf")},
            {"product_uom_qty": float("-inf")},
            {"price_unit": 1e300},
        ):
            with self.subTest(vals=vals):
                response = self.json_2(self.user_manager, "sale.order.line", "write", ids=line.ids, vals=vals)
                self.assertForbidden(
                    response,
                    "A discount is from" if "discount" in vals and vals["discount"] == vals["discount"] else "",
                )
                vals = {"order_line": [[1, line.id, vals]]}
                self.assertForbidden(self.json_2(self.user_manager, "sale.order", "write", ids=order.ids, vals=vals))
        self.assertEqual((line.price_unit, line.discount, order.amount_total), (5000, 0, 110200))
