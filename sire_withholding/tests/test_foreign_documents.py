from odoo.tests import tagged

from odoo.addons.sire_access.const import ROLE_ACCOUNTANT
from odoo.addons.sire_billing.tests.test_foreign_documents import ForeignBillingCommon

from .common import WithholdingCommon


@tagged("post_install", "-at_install")
class TestForeignDocuments(ForeignBillingCommon, WithholdingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.record(cls.make_bill(), 1700)  # a certificate of one's own

    def test_accountant(self):
        tried = self.assertFormsShowNothing(self.user_accountant, self.foreign)
        self.assertGreaterEqual(tried, {"sire.cash.payment.wizard.move_id", "sire.withholding.spread.line.invoice_id"})

    def test_one_reads_ones_own_forms(self):
        other = self.make_role_user("sire_test_other_accountant", ROLE_ACCOUNTANT)
        tried = self.assertFormsAreOnesOwn(self.user_accountant, other)
        self.assertGreaterEqual(tried, {"sire.withholding.spread.wizard", "sire.withholding.void.wizard"})
