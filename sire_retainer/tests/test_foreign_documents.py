from odoo import Command
from odoo.tests import tagged

from odoo.addons.sire_billing.tests.test_foreign_documents import ForeignBillingCommon


@tagged("post_install", "-at_install")
class TestForeignDocuments(ForeignBillingCommon):
    @classmethod
    def make_foreign(cls, company):
        foreign = super().make_foreign(company)
        line = Command.create({"name": "Work", "price_unit": 777, "tax_ids": [Command.clear()]})
        retainers = cls.env["sire.retainer"]
        retainers.create({"name": "Own retainer", "partner_id": cls.client.id, "line_ids": [line]})
        retainer = retainers.create(
            {
                "name": "Hidden retainer",
                "partner_id": foreign["res.partner"].id,
                "company_id": company.id,
                "line_ids": [line],
            }
        )
        period = cls.env["sire.retainer.period"].create(
            {"retainer_id": retainer.id, "number": 0, "date_from": cls.day(0), "date_to": cls.day(30)}
        )
        return {**foreign, **{rows._name: rows for rows in (retainer, retainer.line_ids, period)}}

    def test_rows(self):
        self.assertGreaterEqual(
            self.try_rows(),
            {
                "sire.retainer.company_id",
                "sire.retainer.line_ids",
                "sire.retainer.partner_id",
                "sire.retainer.project_id",
                "sire.retainer.line.product_id",
                "sire.retainer.line.retainer_id",
                "sire.retainer.line.tax_ids",
                "sire.retainer.period_ids",
            },
        )
