from odoo.tests import tagged

from odoo.addons.sire_access.const import ROLE_ACCOUNTANT
from odoo.addons.sire_billing.tests.test_foreign_documents import ForeignBillingCommon

from .common import WithholdingCommon


@tagged("post_install", "-at_install")
class TestForeignDocuments(ForeignBillingCommon, WithholdingCommon):
    # of what is given a certificate takes its invoice alone, and it is never changed
    passed_over = ForeignBillingCommon.passed_over | {
        (f"sire.withholding.certificate.{name}", way)
        for name in ("company_id", "invoice_id", "lead_id", "move_id", "part_ids", "partner_id")
        for way in ("create", "default", "write")
        if (name, way) != ("invoice_id", "create")
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.record(cls.make_bill(), 1700)  # a certificate of one's own

    @classmethod
    def make_foreign(cls, company):
        foreign = super().make_foreign(company)
        company._sire_setup_withholding()
        certificate = cls.record(foreign["account.move"], 77, user=cls.env.user, name="HIDDEN77")
        return {**foreign, certificate._name: certificate.with_env(cls.env)}

    def test_accountant(self):
        tried = self.assertFormsShowNothing(self.user_accountant, self.foreign)
        self.assertGreaterEqual(tried, {"sire.cash.payment.wizard.move_id", "sire.withholding.spread.line.invoice_id"})

    def test_rows(self):
        self.assertGreaterEqual(
            self.try_rows(),
            {"sire.order.instalment.milestone_id", "sire.withholding.certificate.invoice_id"},
        )

    def test_one_reads_ones_own_forms(self):
        other = self.make_role_user("sire_test_other_accountant", ROLE_ACCOUNTANT)
        tried = self.assertFormsAreOnesOwn(self.user_accountant, other)
        self.assertGreaterEqual(tried, {"sire.withholding.spread.wizard", "sire.withholding.void.wizard"})
