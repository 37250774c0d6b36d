from odoo import Command
from odoo.tests import tagged

from odoo.addons.sire_access.const import ROLE_ACCOUNTANT
from odoo.addons.sire_billing.tests.test_foreign_documents import ForeignBillingCommon


@tagged("post_install", "-at_install")
class TestForeignDocuments(ForeignBillingCommon):
    @classmethod
    def make_foreign(cls, company):
        foreign = super().make_foreign(company)
        company._sire_setup_cash()
        drawer = cls.env["account.journal"].search([("type", "=", "cash"), ("company_id", "=", company.id)], limit=1)
        cashier = cls.make_role_user(
            "sire_test_elsewhere", ROLE_ACCOUNTANT, company_id=company.id, company_ids=[Command.set(company.ids)]
        )
        sessions = cls.env["sire.cashier.session"].with_user(cashier)
        session = sessions.browse(sessions.action_sire_open(drawer.id, 777))
        return {**foreign, "sire.cashier.session": session.with_env(cls.env)}

    def test_accountant(self):
        tried = self.assertFormsShowNothing(self.user_accountant, self.foreign)
        self.assertGreaterEqual(
            tried,
            {"sire.cash.payment.wizard.move_id", "sire.cashier.wizard.journal_id", "sire.cashier.wizard.session_id"},
        )
