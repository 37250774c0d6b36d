"""A certificate settles what was withheld, once, and is taken back by voiding."""

import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.sire_billing.controllers.client_page_content import ClientPage

from .common import PDF, WithholdingCommon


@tagged("post_install", "-at_install")
class TestCertificate(WithholdingCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self.make_bill()

    def test_paid_by_money_and_certificates(self):
        self.take_cash(self.invoice)
        vat = self.record(self.invoice, 1700)
        self.assertEqual((self.invoice.sire_status, self.invoice.amount_residual), ("partial", 4250))
        tax = self.record(self.invoice, 4250, "tax", "KRAWHT000001")
        self.assertEqual((self.invoice.sire_status, self.invoice.amount_residual), ("paid", 0))
        self.assertEqual((self.invoice.sire_awaited, self.invoice.sire_awaited_since), (0, False))
        account = self.env["account.chart.template"].with_company(self.company).ref("ke1120")
        for certificate, amount in ((vat, 1700), (tax, 4250)):
            entry = certificate.sudo().move_id
            self.assertEqual((entry.state, entry.journal_id.code, entry.date), ("posted", "WHC", self.day(0)))
            self.assertEqual(entry.line_ids.filtered(lambda line: line.account_id == account).balance, amount)
            self.assertEqual(sum(entry.line_ids.mapped("balance")), 0)
            self.assertEqual(entry.l10n_ke_wh_certificate_number, certificate.name)

    def test_credited_but_for_what_was_certified(self):
        """Part of it is at KRA for us: that is not taken back, and so the invoice is not called credited."""
        self.record(self.invoice, 1700)
        note = self.invoice._reverse_moves([{"invoice_date": self.day(0)}])
        note.invoice_line_ids.price_unit = 83534.48  # 96,900 with VAT
        note.action_post()
        self.assertEqual((self.invoice.amount_residual, self.invoice.sire_status), (0, "paid"))
        self.assertEqual(note.sire_status, "credited")
        page = ClientPage(self.env["sire.client.link"]._for(self.invoice))
        self.assertEqual((page.get_summary(), page.is_taken_back(page.invoices)), ("paid", False))

    def test_certificate_before_the_money(self):
        self.record(self.invoice, 1700)
        self.assertEqual(self.invoice.sire_awaited, 4250)
        payment = self.take_cash(self.invoice)
        self.assertEqual(payment.amount, 92650)

    def test_shortfall_stays_open(self):
        self.take_cash(self.invoice)
        self.record(self.invoice, 1500)
        self.assertEqual(self.invoice.sire_awaited, 4250)
        self.assertEqual(self.invoice.sire_cash_expected, 200)
        self.assertEqual(self.invoice.sire_next_due, self.day(30))

    def test_one_certificate_for_each_part_payment(self):
        self.record(self.invoice, 700, is_last=False)
        self.assertEqual(self.invoice.sire_awaited, 1000 + 4250)
        self.record(self.invoice, 1000, name="KRAWHV000002")
        self.assertEqual(self.invoice.sire_awaited, 4250)

    def test_more_than_expected_is_less_money(self):
        self.record(self.invoice, 2000)
        self.assertEqual((self.invoice.sire_awaited, self.invoice.sire_cash_expected), (4250, 98600 - 2000 - 4250))

    def test_never_more_than_is_open(self):
        self.take_cash(self.invoice, 98000)
        with self.assertRefused("Only KSh 600 is left"):
            self.record(self.invoice, 1700)
        self.assertFalse(self.invoice.sire_certificate_ids)
        self.assertFalse(self.env["account.move"].search([("ref", "like", "KRAWHV000001")]))

    def test_not_what_a_prompt_holds(self):
        self.patch(type(self.env["account.payment"]), "_sire_get_held", lambda one: (98000.0, one.currency_id))
        self.take_cash(self.invoice, 600)
        payment = self.invoice.sudo().matched_payment_ids | self.invoice.sudo().reconciled_payment_ids
        self.assertTrue(payment)
        with self.assertRefused("left to pay|can be paid"):
            self.record(self.invoice, 1700)

    def test_a_number_is_recorded_once(self):
        """Also for two clients: of a paper that was recorded for the wrong one first, the second would be money twice."""
        self.record(self.invoice, 100, is_last=False)
        stranger = self.env["res.partner"].create({"name": "Baobab Ltd"})
        for other in (self.make_bill(), self.make_bill(partner_id=stranger.id)):
            for name in ("KRAWHV000001", " krawhv000001 ", "KRAWHV 000 001"):
                with self.subTest(name=name), self.assertRefused("recorded already"), self.cr.savepoint():
                    self.record(other, 100, name=name)
            self.assertEqual(other.amount_residual, 98600)

    def test_where_a_number_was_recorded_twice_before(self):
        """Such a database has no index after its upgrade: what it has stays, and nothing is added to it."""
        self.env.flush_all()
        self.cr.execute("DROP INDEX sire_withholding_certificate_number_unique")
        first = self.record(self.invoice, 100, is_last=False)
        second = self.record(self.invoice, 100, name="KRAWHV000002", is_last=False)
        self.env.flush_all()
        self.cr.execute("UPDATE sire_withholding_certificate SET name = %s WHERE id = %s", (first.name, second.id))
        self.env.invalidate_all()
        for left in (2, 1):
            with self.subTest(left=left), self.assertRefused("recorded already"), self.cr.savepoint():
                self.record(self.make_bill(), 100, name=first.name.lower())
            self.void(second if left == 2 else first)
        self.record(self.make_bill(), 100, name=first.name)

    def test_void(self):
        self.take_cash(self.invoice)
        certificate = self.record(self.invoice, 1700)
        entry = certificate.sudo().move_id
        self.void(certificate)
        self.assertEqual((certificate.state, certificate.void_reason), ("void", "made out to another company"))
        self.assertEqual((self.invoice.amount_residual, self.invoice.sire_awaited), (5950, 5950))
        self.assertEqual(entry.state, "posted")
        self.assertEqual(sum((entry | entry.reversal_move_ids).line_ids.mapped("amount_residual")), 0)
        account = self.company.sire_withheld_vat_account_id
        lines = (entry | entry.reversal_move_ids).line_ids.filtered(lambda line: line.account_id == account)
        self.assertEqual((len(lines), sum(lines.mapped("balance"))), (2, 0))
        with self.assertRefused("void already"):
            self.void(certificate)
        self.record(self.invoice, 1700)  # the right one may have the same number

    def test_void_asks_for_a_reason(self):
        certificate = self.record(self.invoice, 1700)
        for reason in ("", "  ", "x", "x" * 251):
            with self.subTest(reason=reason), self.assertRefused("Write"):
                self.void(certificate, reason)
        wizard = self.env["sire.withholding.void.wizard"].with_user(self.user_accountant)
        wizard.create({"certificate_id": certificate.id, "reason": "wrong client"}).action_confirm()
        self.assertEqual(certificate.state, "void")

    def test_never_changed_or_deleted(self):
        certificate = self.record(self.invoice, 1700)
        for vals in ({"amount": 1}, {"state": "void"}, {"name": "X"}, {"file": PDF}, {"void_reason": "x"}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                certificate.with_user(self.user_accountant).write(vals)
            with self.subTest(vals=vals, su=True), self.assertRefused("not changed"):
                certificate.sudo().write(vals)
        with self.assertRefused("never deleted"):
            certificate.sudo().unlink()
        with self.assertRefused("cannot be copied"):
            certificate.sudo().copy()

    def test_entry_goes_with_its_certificate(self):
        entry = self.record(self.invoice, 1700).sudo().move_id
        for act in (
            entry.button_draft,
            entry.button_cancel,
            entry._reverse_moves,
            entry.line_ids.remove_move_reconcile,
            lambda: entry.with_context(force_delete=True).unlink(),
        ):
            with self.subTest(act=act), self.assertRefused("void the certificate|posted|Posted"), self.cr.savepoint():
                act()
        self.assertEqual(self.invoice.amount_residual, 96900)

    def test_bad_input(self):
        bad = [
            ({"name": " "}, "number"),
            ({"name": "x" * 65}, "at most 64"),
            ({"kind": "other"}, "VAT or income tax"),
            ({"date": self.day(1)}, "has not come"),
            ({"date": self.day(-1)}, "older"),
            ({"amount": 0}, "more than zero"),
            ({"amount": -5}, "more than zero"),
            ({"amount": float("nan")}, "must be a number"),
            ({"amount": True}, "must be a number"),
            ({"amount": 0.001}, "decimals"),
            ({"file": False}, "Choose the file"),
            ({"file": "###"}, "damaged"),
            ({"file": base64.b64encode(b"<html/>").decode()}, "not what its name says"),
            ({"file_name": "a.html"}, "not a kind of file"),
            ({"invoice_id": self.make_bill(post=False).id}, "not confirmed"),
            ({"invoice_id": False}, "Choose the invoice"),
        ]
        values = {"kind": "vat", "amount": 10, "name": "N1"}
        for vals, words in bad:
            with self.subTest(vals=vals), self.assertRefused(words), self.cr.savepoint():
                self.record(self.invoice, **(values | vals))
        self.assertFalse(self.env["sire.withholding.certificate"].search([("name", "=", "N1")]))
        self.assertEqual(self.invoice.amount_residual, 98600)

    def test_forged_values_do_not_count(self):
        other = self.make_bill()
        certificate = self.record(
            self.invoice,
            10,
            state="void",
            move_id=other.id,
            company_id=self.company_2.id,
            partner_id=1,
            void_reason="x",
        )
        self.assertEqual(
            (certificate.state, certificate.company_id, certificate.void_reason), ("recorded", self.company, False)
        )
        self.assertEqual(certificate.partner_id, self.client)
        self.assertNotEqual(certificate.sudo().move_id, other)

    def test_voided_invoice(self):
        certificate = self.record(self.invoice, 1700)
        with self.assertRefused(f"^Certificate KRAWHV000001 settles a part of {self.invoice.name}: void it first"):
            self.invoice._sire_void("billed twice")
        self.void(certificate)
        with self.cr.savepoint() as savepoint:
            self.take_cash(self.invoice, 100)
            with self.assertRefused("^Money was received"):
                self.invoice._sire_void("billed twice")
            savepoint.rollback()
        self.invoice._sire_void("billed twice")
        self.assertEqual((self.invoice.sire_status, self.invoice.sire_awaited), ("void", 0))

    def test_another_currency(self):
        dollar = self.use_dollars(129.5)
        invoice = self.make_bill(amount=1000.0, currency_id=dollar.id)
        self.assertEqual((invoice.sire_vat_withheld, invoice.sire_tax_withheld), (20, 50))
        self.record(invoice, 20, amount_company=2600)
        self.assertEqual(invoice.amount_residual, 1140)
        account = self.company.sire_withheld_vat_account_id
        line = invoice.sire_certificate_ids.sudo().move_id.line_ids.filtered(lambda line: line.account_id == account)
        self.assertEqual((line.balance, line.amount_currency), (2600, 20))
        self.record(invoice, 1140, "tax", "T1")
        self.assertEqual((invoice.amount_residual, invoice.amount_residual_signed), (0, 0))
        receivable = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual((receivable.amount_residual, receivable.amount_residual_currency), (0, 0))

    def test_two_companies(self):
        self.load_kenyan_chart(self.company_2)
        self.company_2._sire_setup_withholding()
        tax = self.company_2.account_sale_tax_id
        env = self.env(context={**self.env.context, "allowed_company_ids": self.company_2.ids})
        invoice = self.make_bill(env=env, tax=tax, company_id=self.company_2.id)
        self.record(self.invoice, 10)
        with self.assertRaises(AccessError):
            self.record(invoice, 10)
        both = self.make_role_user("sire_with_both", "sire_access.group_accountant", "Both")
        both.write({"company_ids": [Command.set((self.company | self.company_2).ids)]})
        found = self.record(invoice, 10, user=both)  # the same number, in another company
        self.assertEqual(found.sudo().move_id.company_id, self.company_2)
        mine = self.env["sire.withholding.certificate"].with_user(self.user_accountant).search([])
        self.assertEqual(mine.company_id, self.company)

    def test_statement_calls_it_by_its_number(self):
        self.record(self.invoice, 1700)
        statement = self.client._sire_get_statement(self.company, self.day(-1), self.day(0))[0]
        row = next(row for row in statement["rows"] if row["paid"])
        self.assertEqual(
            (row["kind"], row["name"], row["reference"], row["paid"]),
            ("VAT withholding certificate", "KRAWHV000001", self.invoice.name, 1700),
        )
        self.assertEqual(statement["closing"], 96900)
