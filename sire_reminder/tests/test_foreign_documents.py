from odoo.tests import tagged

from odoo.addons.sire_access.const import ROLE_ACCOUNTANT
from odoo.addons.sire_billing.tests.test_foreign_documents import ForeignBillingCommon


@tagged("post_install", "-at_install")
class TestForeignDocuments(ForeignBillingCommon):
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

    def test_one_reads_ones_own_forms(self):
        other = self.make_role_user("sire_test_other_accountant", ROLE_ACCOUNTANT)
        tried = self.assertFormsAreOnesOwn(self.user_accountant, other)
        self.assertGreaterEqual(tried, {"sire.late.fee.waiver", "sire.reminder.pause.wizard"})
