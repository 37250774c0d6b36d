from odoo import Command
from odoo.tests import tagged

from odoo.addons.sire_access.const import ROLE_ACCOUNTANT
from odoo.addons.sire_billing.tests.test_foreign_documents import ForeignBillingCommon


@tagged("post_install", "-at_install")
class TestForeignDocuments(ForeignBillingCommon):
    @classmethod
    def make_foreign(cls, company):
        ladders = cls.env["sire.reminder.ladder"]
        ladders.create({"name": "Own ladder", "company_id": cls.company.id, "step_ids": [Command.create({"days": 3})]})
        ladder = ladders.create(
            {"name": "Hidden ladder", "company_id": company.id, "step_ids": [Command.create({"days": 1})]}
        )
        return {**super().make_foreign(company), ladder._name: ladder, ladder.step_ids._name: ladder.step_ids}

    def test_accountant(self):
        tried = self.assertFormsShowNothing(self.user_accountant, self.foreign)
        self.assertGreaterEqual(
            tried,
            {
                "sire.late.fee.waiver.move_id",
                "sire.reminder.pause.wizard.partner_id",
                "sire.reminder.pause.wizard.project_id",
            },
        )

    def test_rows(self):
        self.assertGreaterEqual(
            self.try_rows(),
            {
                "sire.reminder.holiday.company_id",
                "sire.reminder.ladder.company_id",
                "sire.reminder.ladder.step_ids",
                "sire.reminder.step.ladder_id",
            },
        )

    def test_one_reads_ones_own_forms(self):
        other = self.make_role_user("sire_test_other_accountant", ROLE_ACCOUNTANT)
        tried = self.assertFormsAreOnesOwn(self.user_accountant, other)
        self.assertGreaterEqual(tried, {"sire.late.fee.waiver", "sire.reminder.pause.wizard"})
