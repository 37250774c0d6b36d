"""*Pay all*, and any payment for several invoices: the money of each, not all of the earliest."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sire_billing.controllers.statement_page_content import StatementPage
from odoo.addons.sire_billing.tests.statement_page_common import StatementPageCommon


@tagged("post_install", "-at_install")
class TestStatementPage(StatementPageCommon):
    """KSh 1,000 late and KSh 500 not due yet; of both the client withholds 5 %: 50 and 25."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company._sire_setup_withholding()
        cls.both = cls.late | cls.open
        cls.both.sire_tax_withheld_rate = 5

    def get_left(self):
        return [invoice.amount_residual for invoice in self.both]

    def test_pay_all_asks_for_the_money(self):
        self.assertEqual(StatementPage(self.link.sudo()).get_scopes(), [("overdue", 950), ("all", 1425)])
        html = self.page()
        self.assertIn("All that is open, without what you withhold: KSh 1,425 (2)", html)
        self.assertIn("KSh 50 of it comes as your certificate", html)
        self.assertEqual(self.pay_all(seen="1500.00").status_code, 409)
        self.assertEqual(self.pay_all(seen="1425.00").status_code, 303)
        tx = self.transactions(self.late)
        self.assertEqual((tx.amount, tx.invoice_ids), (1425, self.both))
        self.assertEqual([invoice._sire_get_payable() for invoice in self.both], [50, 25])
        self.finish(tx)
        self.assertEqual(self.get_left(), [50, 25])
        self.assertEqual(self.both.mapped("sire_awaited"), [50, 25])
        self.assertEqual(set(self.both.mapped("sire_status")), {"partial"})
        self.assertEqual(len(self.both.line_ids.matched_credit_ids), 2)
        self.assertNotIn('name="phone"', self.page())
        self.assertEqual(self.pay_all(seen="75.00").status_code, 422)

    def test_pay_what_is_overdue(self):
        self.assertEqual(self.pay_all("overdue", "950.00").status_code, 303)
        tx = self.transactions(self.late)
        self.assertEqual((tx.amount, tx.invoice_ids), (950, self.late))
        self.finish(tx)
        self.assertEqual(self.get_left(), [50, 500])
        self.assertEqual(StatementPage(self.link.sudo()).get_scopes(), [("all", 475)])

    def test_each_amount_is_shared_to_the_cent(self):
        """Over all amounts, what the prompt holds before and what is matched after are the same, and no cent is lost."""
        for amount, held in (
            (400, [400, 0]),
            (951, [950, 1]),
            (1425, [950, 475]),
            (1450, [975, 475]),
            (1490, [1000, 490]),
            (1500, [1000, 500]),
        ):
            with self.subTest(amount=amount):
                savepoint = self.cr.savepoint(flush=True)
                tx = self.both._mpesa_request(amount, "0722 000 111")
                self.assertEqual(tx.invoice_ids, self.both if held[1] else self.late)
                holds = [self.both._sire_get_payables()[invoice.id] for invoice in self.both]
                self.assertEqual([whole - left for left, whole, _holders in holds], held)
                self.finish(tx)
                self.assertEqual(self.get_left(), [1000 - held[0], 500 - held[1]])
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_more_than_all_is_refused(self):
        with self.assertRaises(UserError):
            self.both._mpesa_request(1501, "0722 000 111")

    def test_the_hosts_wizard_for_both(self):
        """One payment for two invoices, typed by staff."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.both.ids
        )
        wizard.create({"group_payment": True, "amount": 1425})._create_payments()
        self.assertEqual(self.get_left(), [50, 25])

    def test_one_of_which_nothing_is_withheld(self):
        """It gets all of its own; of the other the certificate is still to come."""
        self.late.sire_tax_withheld_rate = 0
        tx = self.both._mpesa_request(1475, "0722 000 111")
        self.finish(tx)
        self.assertEqual(self.get_left(), [0, 25])
