"""Two companies in one database: each by its own rule, in its own books."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .late_fee_common import NOVEMBER, LateFeeCommon


@tagged("post_install", "-at_install")
class TestLateFeeCompanies(LateFeeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load_kenyan_chart(cls.company_2)
        cls.company_2.write({
            "sire_late_fee_on": True, "sire_late_fee_kind": "fixed", "sire_late_fee_fixed": 300,
            "sire_late_fee_grace": 0, "sire_late_fee_most": 0,
        })  # fmt: skip
        cls.product = cls.env.ref("sire_reminder.product_late_fee")
        cls.product.taxes_id = cls.company.account_sale_tax_id | cls.company_2.account_sale_tax_id

    def bill_both(self):
        journal = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company_2.id)], limit=1
        )
        return self.bill(due=-40), self.bill(due=-40, company_id=self.company_2.id, journal_id=journal.id)

    def charge_both(self):
        return self.charge(), self.charge(company=self.company_2)

    def test_each_by_its_rule_in_its_books(self):
        first, second = self.bill_both()
        one, two = self.charge_both()
        for move, made, company, amount in ((first, one, self.company, 20), (second, two, self.company_2, 300)):
            self.assertEqual((made.company_id, made.journal_id.company_id), (company, company))
            self.assertEqual(made.invoice_line_ids.tax_ids, company.account_sale_tax_id)
            self.assertEqual(made.line_ids.account_id.company_ids & company, company)
            self.assertEqual((made.amount_untaxed, self.fee(move).amount), (amount, amount))
            self.assertEqual((self.fee(move).company_id, self.fee(move).fee_move_id), (company, made))
        self.assertFalse(self.charge_both()[0] | self.charge_both()[1])

    def test_numbers_are_the_companys(self):
        self.bill_both()
        self.rule(send=True)
        self.company_2.sire_late_fee_send = True
        one, two = self.charge_both()
        self.assertEqual((one.state, two.state), ("posted", "posted"))
        for made in (one, two):
            self.assertEqual(made.journal_id.company_id, made.company_id)
            self.assertEqual(made.sequence_number, max(self.env["account.move"].search(
                [("journal_id", "=", made.journal_id.id), ("move_type", "=", "out_invoice"), ("state", "=", "posted")]
            ).mapped("sequence_number")))  # fmt: skip

    def test_a_client_without_in_one_company_alone(self):
        self.client.with_company(self.company_2).sire_late_fee_off = True
        self.bill_both()
        one, two = self.charge_both()
        self.assertEqual((len(one), len(two)), (1, 0))

    def test_a_hold_of_one_company(self):
        self.env["sire.reminder.pause"]._pause(
            self.client, "hold", self.company_2, until=self.today + timedelta(days=30), reason="Moving"
        )
        self.bill_both()
        one, two = self.charge_both()
        self.assertEqual((len(one), len(two)), (1, 0))

    def test_credit_of_one_company_is_not_the_others(self):
        _first, second = self.bill_both()
        self.pay_on_account(1000)
        one, two = self.charge_both()
        self.assertEqual((len(one), len(two)), (0, 1))
        self.assertEqual(self.fee(second).base, 1000)

    def test_who_is_not_of_the_company_waives_nothing(self):
        _first, second = self.bill_both()
        fees = self.env["sire.late.fee"].with_user(self.user_accountant)
        with self.assertRaises(AccessError):
            fees._waive(second, NOVEMBER, "Friends")
        self.user_accountant.company_ids = [Command.link(self.company_2.id)]
        with self.assertRaises(AccessError):
            fees.with_context(allowed_company_ids=self.company.ids)._waive(second, NOVEMBER, "Friends")
        self.assertFalse(second.sire_late_fee_ids)
